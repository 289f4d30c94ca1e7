//! The report of a night that is made up, of one in which nothing happened, and of one that went wrong.

use std::time::Duration;

use super::model::{Ask, Books, Calls, Night, Outcome, Part, Reading, Run, Second, Setting, Sum};
use super::{html, json, picture, text};
use crate::fleet::Tier;

fn calls(outcomes: &[(Outcome, u64)], ms: u64) -> Calls {
    let mut calls = Calls { outcomes: outcomes.iter().copied().collect(), ..Calls::default() };
    calls.took.add(Duration::from_millis(ms));
    calls
}

fn second(at: u64, is_protected: bool) -> Second {
    let is_peak = (2..4).contains(&at);
    let mut second = Second::default();
    let shakes = match (is_peak, is_protected) {
        (false, _) => calls(&[(Outcome::Answered, 600)], 10),
        (true, true) => {
            calls(&[(Outcome::Answered, 1_100), (Outcome::Refused, 8_000), (Outcome::Kept, 1_900)], 20)
        }
        (true, false) => calls(&[(Outcome::Answered, 30), (Outcome::Late, 10_970)], 500),
    };
    second.calls.insert(Ask::Shake, shakes);
    let opens = match (is_peak, is_protected) {
        (true, false) => calls(&[(Outcome::Answered, 20), (Outcome::Late, 80)], 1_000),
        _ => calls(&[(Outcome::Answered, 1_000)], 25),
    };
    second.calls.insert(Ask::Open, opens);
    second.calls.insert(Ask::Loop, calls(&[(Outcome::Answered, 1), (Outcome::Kept, 9)], 5));
    second.made_late.add(Duration::from_micros(300));
    let reading = Reading {
        load: if is_peak { 3 } else { 0 },
        level: Some(if is_peak { 0x8010 } else { u16::MAX }),
        refused: [("level".to_owned(), 8_000), ("<strange>".to_owned(), 1)].into(),
        jobs: at * 100,
        blocked: u64::from(at == 1),
        ..Reading::default()
    };
    second.services.insert(Tier::Access, reading);
    second
}

fn night() -> Night {
    let parts = [("calm", 0.0, 2.0), ("peak", 2.0, 4.0), ("tail", 4.0, 6.0)];
    let run = |is_protected| Run {
        is_protected,
        seconds: (0..6).map(|at| second(at, is_protected)).collect(),
        books: Books {
            sums: vec![Sum { what: "opened & <left>", count: 1_234, fen: 567_805 }],
            faults: Vec::new(),
        },
    };
    Night {
        setting: Setting {
            seed: 7,
            users: 1_000_000,
            capacity: 1_100.0,
            peak: 10.0,
            parts: parts.map(|(name, from, to)| Part { name, from, to }).into(),
            wild: 3,
            connections: 8,
            cores: 2,
        },
        runs: vec![run(true), run(false)],
    }
}

/// Whether every element is closed by its own end, and every attribute is quoted.
fn is_well_formed(html: &str) -> Result<(), String> {
    let mut open = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let tag = &rest[at + 1..];
        let end = tag.find('>').ok_or("a tag without an end")?;
        let (inside, name) = (&tag[..end], tag[..end].split([' ', '/', '\n']).find(|it| !it.is_empty()));
        if inside.matches('"').count() % 2 == 1 {
            return Err(format!("quotes of <{inside}>"));
        }
        match (inside.starts_with('/'), name.unwrap_or_default()) {
            (true, name) if open.pop() != Some(name) => return Err(format!("</{name}>")),
            (true, _) | (false, "!DOCTYPE" | "meta") => {}
            (false, _) if inside.ends_with('/') => {}
            (false, name) => open.push(name),
        }
        rest = &tag[end + 1..];
    }
    if open.is_empty() { Ok(()) } else { Err(format!("{open:?} stay open")) }
}

#[track_caller]
fn check_is_sound(night: &Night) -> String {
    let page = html(night);
    assert_eq!(is_well_formed(&page), Ok(()), "{page}");
    for bad in ["NaN", "inf", "http:", "https:", "src=", "href=", "url(", "@import", "<script"] {
        assert!(!page.contains(bad), "{bad} is in {page}");
    }
    page
}

#[test]
fn the_page_says_what_the_night_came_to() {
    let page = check_is_sound(&night());
    for part in [
        r#"<section class="card good"><h2>The books</h2><p class="figure">exact</p>"#,
        r#"<p class="figure">100 %</p><p>1k a second, 99 of a hundred within 25.6 ms. Without protection 20.0 % of 100 a second."#,
        r#"<p class="figure">100 %</p><p>11,000 a second: 1,100 were answered, 0.0 % of all with less than usual, 90.0 % were refused."#,
        "99.72 % of all waited in vain",
        r#"<p class="figure">90.0 %</p><p>3 clients in an endless loop were blocked 1 times, first in second 1"#,
        "<td>opened &amp; &lt;left&gt; with protection</td><td>1,234</td><td>5,678.05</td>",
        "&lt;strange&gt;",
    ] {
        assert!(page.contains(part), "{part} is missing in {page}");
    }
    assert_eq!(page.matches("<svg").count(), 2 + 2 + 2 + 2 + 1 + 1 + 2);
}

#[test]
fn the_picture_stands_by_itself() {
    for night in [night(), Night::default()] {
        let svg = picture(&night);
        assert_eq!(is_well_formed(&svg), Ok(()), "{svg}");
        for bad in ["NaN", "inf", "href=", "url(", "@import", "<script"] {
            assert!(!svg.contains(bad), "{bad} is in {svg}");
        }
        assert_eq!(svg.matches("<svg").count(), 1 + 2 + night.runs.len());
    }
}

#[test]
fn a_night_in_which_nothing_happened_has_a_report_as_well() {
    let page = check_is_sound(&Night::default());
    assert!(page.contains("NOT exact") && page.contains("They were not made in each run"), "{page}");
    let quiet = Night { runs: vec![Run { is_protected: true, ..Run::default() }, Run::default()], ..night() };
    check_is_sound(&quiet);
    text(&quiet);
    let one_second = Run { is_protected: true, seconds: vec![Second::default()], ..Run::default() };
    check_is_sound(&Night { runs: vec![one_second], ..night() });
}

#[test]
fn what_does_not_hold_is_in_the_headline_and_in_the_last_lines() {
    let mut night = night();
    night.runs[1].books.faults.push("a fen is <missing>".into());
    let page = check_is_sound(&night);
    assert!(
        page.contains(r#"<section class="card bad"><h2>The books</h2><p class="figure">NOT exact</p>"#),
        "{page}"
    );
    let late = calls(&[(Outcome::Answered, 9_989), (Outcome::Late, 11)], 30);
    night.runs[0].seconds[2].calls.insert(Ask::Open, late);
    let said = text(&night);
    for part in [
        "the books are NOT EXACT",
        "99.90 % of 5500 opens a second in time (goal: 99.9 %, met)",
        "WRONG without protection: a fen is <missing>",
    ] {
        assert!(said.contains(part), "{part} is missing in {said}");
    }
    night.runs[0].seconds[3].calls.clear();
    assert!(
        text(&night).contains("99.89 % of 5000 opens a second in time (goal: 99.9 %, MISSED)"),
        "{}",
        text(&night)
    );
}

#[test]
fn json_has_each_second() {
    let json = json(&night());
    assert!(json.starts_with(r#"{"seed":7,"users":1000000,"capacity_per_s":1100,"peak":10,"#), "{json}");
    assert_eq!(json.matches(r#""made_late_ms""#).count(), 12);
    assert!(json.contains(r#""level":32784,"refused":{"<strange>":1,"level":8000}"#), "{json}");
    for (open, close) in [('{', '}'), ('[', ']')] {
        assert_eq!(json.matches(open).count(), json.matches(close).count());
    }
}
