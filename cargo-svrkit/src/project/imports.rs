//! `use` declarations whose order and width depend on the project's name, as rustfmt writes them.

/// The longest line that rustfmt leaves whole: its `max_width` is 100, and it breaks imports one earlier.
const LINE_WIDTH: usize = 99;

/// `use path::{items};`, on more lines where one does not hold it.
pub(super) fn use_declaration(path: &str, items: &[&str]) -> String {
    let mut items = items.to_vec();
    items.sort_unstable();
    let line = format!("use {path}::{{{}}};", items.join(", "));
    if line.len() <= LINE_WIDTH {
        return line;
    }
    format!("use {path}::{{\n    {},\n}};", items.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_sorted_and_broken_at_the_width() {
        assert_eq!(
            use_declaration("zoo::zoo", &["ZooClient", "GreetRequest"]),
            "use zoo::zoo::{GreetRequest, ZooClient};"
        );
        let path = "p".repeat(LINE_WIDTH - "use ::{A, B};".len());
        assert_eq!(use_declaration(&path, &["B", "A"]), format!("use {path}::{{A, B}};"));
        assert_eq!(
            use_declaration(&format!("{path}p"), &["B", "A"]),
            format!("use {path}p::{{\n    A, B,\n}};")
        );
    }
}
