//! What a night came to, as a table in Markdown, and a document that has it in a marked place.

use super::model::Night;
use super::numbers::{percent, time, whole};
use super::verdict::{Peak, books_are_exact};

const BEGIN: &str = "<!-- begin: night -->\n";
const END: &str = "<!-- end: night -->";

/// The document with this night's table between its marks. `None`: it has no marks.
pub(crate) fn with_table(document: &str, night: &Night) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{}{END}{after}", table(night)))
}

fn table(night: &Night) -> String {
    let peak = |is_protected| night.run(is_protected).map(|run| Peak::of(night, run)).unwrap_or_default();
    let (with, without) = (peak(true), peak(false));
    let rate = |rate: f64| whole(rate.round() as u64);
    let capacity = rate(night.setting.capacity);
    let books = if books_are_exact(night) { "exact" } else { "NOT exact" };
    let mut text = format!(
        "| at the peak: {} shakes a second, where {capacity} can be answered | with protection | without |\n|---|---|---|\n",
        rate(with.shakes)
    );
    let mut row = |what: &str, of: &dyn Fn(&Peak) -> String| {
        text += &format!("| {what} | {} | {} |\n", of(&with), of(&without));
    };
    row("packets that people wanted to open, a second", &|peak| rate(peak.opens));
    row("opened in time", &|peak| percent(peak.in_time));
    row("99 of a hundred of them within", &|peak| time(peak.open_p99_ms));
    row("shakes answered, a second", &|peak| rate(peak.answered));
    row("shakes refused at once", &|peak| percent(peak.refused));
    row("shakes that were waited for in vain", &|peak| percent(peak.in_vain));
    row("the books", &|_| books.into());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_has_the_table_in_its_marked_place() {
        let document = "before\n<!-- begin: night -->\nold\n<!-- end: night -->\nafter\n";
        let new = with_table(document, &Night::default()).unwrap();
        assert!(new.starts_with("before\n<!-- begin: night -->\n| at the peak: 0 shakes"), "{new}");
        assert!(
            new.ends_with("| the books | NOT exact | NOT exact |\n<!-- end: night -->\nafter\n"),
            "{new}"
        );
        assert_eq!(with_table(&new, &Night::default()), Some(new));
        assert_eq!(with_table("no marks", &Night::default()), None);
    }
}
