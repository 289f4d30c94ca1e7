//! The table and the picture as the documents have them.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::picture::svg;
use super::row::{Row, table};

const PICTURE: &str = "docs/goodput.svg";
const DOCUMENT: &str = "docs/protection.md";
/// Between these lines the document has what was measured.
const BEGIN: &str = "<!-- begin: overload -->\n";
const END: &str = "<!-- end: overload -->\n";

/// Writes both, in the repository at `root`.
pub(super) fn publish(root: &Path, rows: &[Row]) -> Result<()> {
    let picture = root.join(PICTURE);
    fs::write(&picture, svg(rows)).with_context(|| format!("cannot write {}", picture.display()))?;
    let path = root.join(DOCUMENT);
    let document = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let document = with_table(&document, &table(rows).to_string())
        .with_context(|| format!("{} has no place for the table", path.display()))?;
    fs::write(&path, document).with_context(|| format!("cannot write {}", path.display()))
}

/// The document with another table; `None`: it has no place for one.
fn with_table(document: &str, table: &str) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{table}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_takes_the_place_of_the_one_before() {
        let document = format!("text\n{BEGIN}| old |\n{END}more\n");
        assert_eq!(
            with_table(&document, "| new |").unwrap(),
            format!("text\n{BEGIN}| new |\n{END}more\n")
        );
        assert_eq!(with_table("text\n", "| new |"), None);
    }
}
