//! Layout by example, and what holds for every schema there is: the same meaning, the same order, and no further change.

mod layout;
mod properties;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::*;

/// What a schema is parsed to, without places; `None` if it does not parse.
fn meaning(text: &str) -> Option<String> {
    let mut found = Diagnostics::default();
    let (protocol, _) = parse::parse(FileId::default(), text, &mut parse::Shared::default(), &mut found);
    if found.errors() > 0 {
        return None;
    }
    let shown = format!("{protocol:?}");
    let mut parts = shown.split("Span { ");
    let mut meaning = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        meaning.push_str(part.split_once(" }").map_or(part, |(_, rest)| rest));
    }
    Some(meaning)
}

/// Tags and comments in order, comments word for word and without blanks.
fn skeleton(text: &str) -> Vec<String> {
    let mut reader = Reader::from_str(text.trim_start_matches(MARK));
    let mut skeleton = Vec::new();
    loop {
        let name = |name: &str| name.trim_end_matches('/').to_owned();
        match reader.read_event().unwrap() {
            Event::Start(tag) => skeleton.push(name(tag.name().0)),
            Event::Empty(tag) => skeleton.extend([name(tag.name().0), "/".to_owned()]),
            Event::End(_) => skeleton.push("/".to_owned()),
            Event::Comment(comment) => skeleton.push(comment.split_whitespace().collect()),
            Event::Eof => return skeleton,
            _ => {}
        }
    }
}

/// Formats a sound schema and holds the result to what must be true of every one.
#[track_caller]
fn formatted(text: &str) -> String {
    let formatted = format("a.xml", text).unwrap_or_else(|report| panic!("{text}\n{report}"));
    assert_eq!(
        meaning(&formatted),
        meaning(text.trim_start_matches(MARK)),
        "meaning of:\n{text}\nin:\n{formatted}"
    );
    assert_eq!(skeleton(&formatted), skeleton(text), "order of:\n{text}\nin:\n{formatted}");
    assert_eq!(format("a.xml", &formatted).unwrap(), formatted, "again:\n{text}");
    formatted
}
