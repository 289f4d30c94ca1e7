//! The picture: goodput against load, a panel for each handler, a line for each peer. SVG written by hand, in colours that can be told apart on white and on
//! black, and by who sees few colours.

use std::fmt::Write as _;

use super::row::Row;

/// A peer's line: its name, how it is drawn, what it is called.
const LINES: &[(&str, &str, &str)] = &[
    ("svrkit", r##"stroke="#1f9d72" stroke-width="3""##, "svrkit"),
    (
        "svrkit-off",
        r##"stroke="#1f9d72" stroke-width="2" stroke-dasharray="2 5""##,
        "svrkit without protection",
    ),
    (
        "tonic",
        r##"stroke="#d9822b" stroke-width="2" stroke-dasharray="9 4""##,
        "tonic",
    ),
    (
        "tarpc",
        r##"stroke="#8a6fd1" stroke-width="2" stroke-dasharray="6 3 1 3""##,
        "tarpc",
    ),
];

/// The panels: the row, and its title.
const PANELS: &[(&str, &str)] = &[
    ("steady-cpu", "handlers compute for 1 ms"),
    ("steady-wait", "handlers wait for 20 ms, 32 places"),
];

const WIDTH: f64 = 300.0;
const HEIGHT: f64 = 180.0;
const LEFT: f64 = 52.0;
const TOP: f64 = 56.0;
const GAP: f64 = 48.0;

/// Text, axes and grid: in the middle between white and black.
const INK: &str = "#808890";

/// The picture of the steady rows among `rows`.
pub(super) fn svg(rows: &[Row]) -> String {
    let loads = rows.iter().filter(|row| row.row.starts_with("steady"));
    let most = loads.map(|row| row.load).fold(1.0, f64::max);
    let mut svg = format!(
        concat!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" "#,
            r#"font-family="system-ui, sans-serif" font-size="12">"#,
            "\n<title>Goodput as a share of the capacity, by load</title>\n"
        ),
        width = LEFT + PANELS.len() as f64 * (WIDTH + GAP),
        height = TOP + HEIGHT + 50.0,
    );
    legend(&mut svg);
    for (index, (row, title)) in PANELS.iter().enumerate() {
        let left = LEFT + index as f64 * (WIDTH + GAP);
        panel(&mut svg, left, title, most);
        for (peer, style, _) in LINES {
            let points: Vec<String> = rows
                .iter()
                .filter(|found| found.row == *row && found.peer == *peer)
                .map(|found| (found.load, found.goodput))
                // What is asked of it is answered up to the capacity: that is how it was found.
                .fold(vec![(0.0, 0.0), (1.0, 1.0)], |mut points, point| {
                    points.push(point);
                    points
                })
                .into_iter()
                .map(|(load, goodput)| format!("{:.1},{:.1}", x(left, load, most), y(goodput)))
                .collect();
            if points.len() > 2 {
                push(
                    &mut svg,
                    format_args!(r#"<polyline fill="none" {style} points="{}"/>"#, points.join(" ")),
                );
            }
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn legend(svg: &mut String) {
    let mut left = LEFT;
    for (_, style, name) in LINES {
        push(
            svg,
            format_args!(
                r#"<line x1="{left}" y1="14" x2="{}" y2="14" {style}/><text x="{}" y="18" fill="{INK}">{name}</text>"#,
                left + 32.0,
                left + 38.0
            ),
        );
        left += 62.0 + 7.0 * name.len() as f64;
    }
}

fn panel(svg: &mut String, left: f64, title: &str, most: f64) {
    let (right, bottom) = (left + WIDTH, TOP + HEIGHT);
    push(
        svg,
        format_args!(
            r#"<text x="{left}" y="{}" fill="{INK}" font-weight="600">{title}</text>"#,
            TOP - 14.0
        ),
    );
    for goodput in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let y = y(goodput);
        push(
            svg,
            format_args!(
                r#"<line x1="{left}" y1="{y:.1}" x2="{right}" y2="{y:.1}" stroke="{INK}" stroke-opacity="0.3"/><text x="{}" y="{:.1}" fill="{INK}" text-anchor="end">{:.0} %</text>"#,
                left - 6.0,
                y + 4.0,
                goodput * 100.0
            ),
        );
    }
    for load in [1.0, 2.0, 5.0, 10.0].into_iter().filter(|load| *load <= most) {
        push(
            svg,
            format_args!(
                r#"<text x="{:.1}" y="{}" fill="{INK}" text-anchor="middle">{load}×</text>"#,
                x(left, load, most),
                bottom + 18.0
            ),
        );
    }
    push(
        svg,
        format_args!(
            r#"<text x="{}" y="{}" fill="{INK}" text-anchor="middle">calls made, as a multiple of the capacity</text>"#,
            left + WIDTH / 2.0,
            bottom + 38.0
        ),
    );
}

fn x(left: f64, load: f64, most: f64) -> f64 {
    left + load / most * WIDTH
}

fn y(goodput: f64) -> f64 {
    TOP + HEIGHT * (1.0 - goodput / 1.1)
}

fn push(svg: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(svg, "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_peer_that_was_measured_has_a_line_in_its_panel() {
        let rows = [
            Row::new("steady-cpu", "svrkit", 2.0, 1.0, None),
            Row::new("steady-cpu", "svrkit", 10.0, 0.5, None),
            Row::new("steady-wait", "tonic", 10.0, 0.0, None),
            Row::new("priority", "svrkit", 3.0, 1.0, None),
        ];
        let svg = svg(&rows);
        assert_eq!(svg.matches("<polyline").count(), 2, "{svg}");
        let half = format!("{:.1},{:.1}", LEFT + WIDTH, y(0.5));
        assert!(svg.contains(&half), "{half} is missing in: {svg}");
        assert_eq!(svg.matches('<').count(), svg.matches('>').count());
    }
}
