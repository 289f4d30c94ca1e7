//! The picture for a README: what became of shakes and openings, in one SVG that stands by itself and can be read on white and on black.

use std::fmt::Write as _;

use super::figures::{Figure, opens, shakes};
use super::model::Night;
use super::page::STYLE;
use super::plot::frame::escaped;

/// Text and lines in the middle between white and black: a README's page does not say which it is.
const COLOURS: &str = ":root, :root:root { --ink: #808890; --soft: #808890; --rule: #80889055; --shade: #8d7bd426; --kept: #93b6e8; }";

const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 178.0;
const GAP: f64 = 24.0;
/// Of a legend and the titles beneath it.
const HEAD: f64 = 44.0;

pub(crate) fn picture(night: &Night) -> String {
    let rows = [shakes::figure(night), opens::figure(night)];
    let (width, height) = (2.0 * WIDTH + GAP, rows.len() as f64 * (HEAD + HEIGHT));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"system-ui, sans-serif\" \
         font-size=\"11\">\n<title>The red packet night, with protection and without</title>\n<style>\n{STYLE}{COLOURS}\n</style>\n"
    );
    for (row, figure) in rows.iter().enumerate() {
        row_of(&mut svg, figure, row as f64 * (HEAD + HEIGHT));
    }
    svg.push_str("</svg>\n");
    svg
}

fn row_of(svg: &mut String, figure: &Figure, top: f64) {
    let mut left = 0.0;
    for (class, word) in &figure.legend {
        // Writing to a string cannot fail.
        let _ = write!(
            svg,
            r#"<rect class="area {class}" x="{left:.0}" y="{:.0}" width="10" height="10" rx="2"/><text class="tick" x="{:.0}" y="{:.0}">{}</text>"#,
            top + 6.0,
            left + 15.0,
            top + 15.0,
            escaped(word)
        );
        left += 34.0 + 6.0 * word.len() as f64;
    }
    for (column, panel) in figure.panels.iter().enumerate() {
        let left = column as f64 * (WIDTH + GAP);
        let place = format!(r#"<svg x="{left}" y="{}" width="{WIDTH}" height="{HEIGHT}" "#, top + HEAD);
        let _ = writeln!(
            svg,
            "<text class=\"tick\" font-weight=\"600\" x=\"{left}\" y=\"{}\">{}: {}</text>{}",
            top + HEAD - 8.0,
            escaped(figure.title),
            escaped(&panel.title),
            panel.svg.replacen("<svg ", &place, 1)
        );
    }
}
