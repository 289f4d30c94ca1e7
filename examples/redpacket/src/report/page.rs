//! The page: all of a night in one file of HTML that loads nothing.

use std::fmt::Write as _;

use super::figures::{self, Figure};
use super::model::{Night, Run};
use super::numbers::{percent, short, time, whole};
use super::plot::frame::escaped;
use super::tables::{self, Table};
use super::verdict::{Peak, Wild, books_are_exact};

/// Colours and layout: light and dark by what the reader's system prefers, one column on a phone.
pub(crate) const STYLE: &str = include_str!("style.css");

/// A card of the headline.
struct Card {
    /// Whether it is as it should be.
    is_good: bool,
    title: &'static str,
    figure: String,
    text: String,
}

pub(crate) fn html(night: &Night) -> String {
    let mut page = String::from(concat!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
        "<meta name=\"color-scheme\" content=\"light dark\">\n<title>The red packet night</title>\n<style>\n"
    ));
    page.push_str(STYLE);
    page.push_str("</style>\n</head>\n<body>\n<main>\n<h1>The red packet night</h1>\n");
    write(&mut page, format_args!("<p class=\"lead\">{}</p>\n", escaped(&lead(night))));
    page.push_str("<div class=\"cards\">\n");
    for card in cards(night) {
        let class = if card.is_good { "good" } else { "bad" };
        write(
            &mut page,
            format_args!(
                "<section class=\"card {class}\"><h2>{}</h2><p class=\"figure\">{}</p><p>{}</p></section>\n",
                escaped(card.title),
                escaped(&card.figure),
                escaped(&card.text)
            ),
        );
    }
    page.push_str("</div>\n");
    page.push_str("<div class=\"figures\">\n");
    for shown in figures::of(night) {
        figure(&mut page, &shown);
    }
    page.push_str("</div>\n");
    for shown in tables::of(night) {
        table(&mut page, &shown);
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn lead(night: &Night) -> String {
    let setting = &night.setting;
    format!(
        "New Year's Eve on one machine of {} cores: {} people shake their phones for red packets, at the peak (shaded) {} times as often as \
         the services can answer. Three services, each a process, with real sockets and stores; {} connections stand for all phones. The same \
         night once with what svrkit does by default, and once without.",
        setting.cores,
        whole(setting.users),
        short(setting.peak),
        setting.connections,
    )
}

fn cards(night: &Night) -> Vec<Card> {
    let mut cards = vec![books(night)];
    let peak = |is_protected| night.run(is_protected).map(|run| Peak::of(night, run));
    let without = peak(false).unwrap_or_default();
    if let Some(with) = peak(true) {
        cards.push(Card {
            is_good: with.keeps_opens(),
            title: "Packets opened in time at the peak",
            figure: percent(with.in_time),
            text: format!(
                "{} a second, 99 of a hundred within {}. Without protection {} of {} a second.",
                short(with.opened.round()),
                time(with.open_p99_ms),
                percent(without.in_time),
                short(without.opens.round()),
            ),
        });
        cards.push(Card {
            is_good: with.heard() > without.heard(),
            title: "Shakes that were heard at once at the peak",
            figure: percent(with.heard()),
            text: format!(
                "{} a second: {} were answered, {} of all with less than usual, {} were refused. Without protection {} of all waited in vain.",
                whole(with.shakes.round() as u64),
                whole(with.answered.round() as u64),
                percent(with.degraded),
                percent(with.refused),
                percent(without.in_vain),
            ),
        });
    }
    if let Some(run) = night.run(true) {
        cards.push(loops(night, run));
    }
    cards
}

fn books(night: &Night) -> Card {
    let is_good = books_are_exact(night);
    let faults: Vec<_> = night.runs.iter().flat_map(|run| &run.books.faults).map(String::as_str).collect();
    let text = match (is_good, faults.split_first()) {
        (true, _) => "Issued is opened and left, to the fen, every credit was done once, and nobody opened a packet twice: in both runs.".into(),
        (false, None) => "They were not made in each run.".into(),
        (false, Some((fault, others))) => format!("{fault}; {} more", others.len()),
    };
    let figure = if is_good { "exact" } else { "NOT exact" };
    Card { is_good, title: "The books", figure: figure.into(), text }
}

fn loops(night: &Night, run: &Run) -> Card {
    let wild = Wild::of(run);
    let share = (wild.made > 0).then(|| wild.kept_out as f64 / wild.made as f64 * 100.0);
    let blocked = match wild.first {
        Some(first) => format!(
            "{} clients in an endless loop were blocked {} times, first in second {first}; what they know to be refused they do not send.",
            night.setting.wild, wild.blocks
        ),
        None => format!("{} clients in an endless loop, and none was blocked.", night.setting.wild),
    };
    Card {
        is_good: wild.blocks > 0 || night.setting.wild == 0,
        title: "Calls of wild clients kept out",
        figure: percent(share),
        text: blocked,
    }
}

fn figure(page: &mut String, figure: &Figure) {
    if figure.panels.is_empty() {
        return;
    }
    let class = if figure.panels.len() > 1 { "wide" } else { "half" };
    write(
        page,
        format_args!(
            "<figure class=\"{class}\">\n<h2>{}</h2>\n<figcaption>{}</figcaption>\n<p class=\"legend\">",
            escaped(figure.title),
            escaped(&figure.caption)
        ),
    );
    for (class, word) in &figure.legend {
        write(page, format_args!("<span><i class=\"{class}\"></i>{}</span> ", escaped(word)));
    }
    page.push_str("</p>\n<div class=\"panels\">\n");
    for panel in &figure.panels {
        write(page, format_args!("<div><h3>{}</h3>{}</div>\n", escaped(&panel.title), panel.svg));
    }
    page.push_str("</div>\n</figure>\n");
}

fn table(page: &mut String, table: &Table) {
    write(
        page,
        format_args!("<h2>{}</h2>\n<div class=\"scroll\"><table>\n<thead><tr>", escaped(&table.title)),
    );
    for head in &table.head {
        write(page, format_args!("<th>{}</th>", escaped(head)));
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        page.push_str("<tr>");
        for cell in row {
            write(page, format_args!("<td>{}</td>", escaped(cell)));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table></div>\n");
}

fn write(page: &mut String, part: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = page.write_fmt(part);
}
