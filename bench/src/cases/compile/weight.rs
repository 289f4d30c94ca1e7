//! weight: bytes of machine code for each generated message, of ours and of prost.
//!
//! A program that decodes and encodes every message of a corpus is built in release, for a smaller and a larger corpus.
//! The difference of their code, by the difference of messages, is what a message weighs: the libraries themselves and
//! the standard library are in both. Data, symbols and tables for unwinding do not count.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::library::{Library, PROST, SVRKIT, SVRKIT_SMALL, SVRKIT_VIEWS};
use super::plan::{Code, Plan, Profile};
use super::row::{Row, Weight, rounded};
use super::workspace::Workspace;

/// In the order of the rows.
const LIBRARIES: [Library; 4] = [SVRKIT, SVRKIT_SMALL, SVRKIT_VIEWS, PROST];

/// Which message is chosen when the program runs, so that the linker drops none.
const MAIN: &str = "fn main() {
    let bytes = std::env::args().nth(1).unwrap_or_default().into_bytes();
    let again = generated::round_trip(bytes.len(), &bytes);
    println!(\"{}\", again.map_or(0, |bytes| bytes.len()));
}
";

/// Weighs the messages of each library.
pub(super) fn weigh(plan: &Plan, keep: &mut impl FnMut(Row) -> Result<()>) -> Result<()> {
    let workspace = Workspace::new(&LIBRARIES)?;
    let [smaller, larger] = plan.weighed;
    let messages = larger.messages() - smaller.messages();
    for library in &LIBRARIES {
        workspace.add_program(library, MAIN)?;
        let text = |corpus| {
            workspace.build(library, Profile::Release, &library.whole(corpus, Code::Called)?)?;
            text_bytes(&workspace.program(library, Profile::Release))
        };
        let text = |corpus| text(corpus).with_context(|| format!("the program of {}", library.name));
        let (smaller_text, larger_text) = (text(smaller)?, text(larger)?);
        ensure!(
            smaller_text < larger_text,
            "{}: {larger_text} bytes of code are not more than {smaller_text} with fewer messages",
            library.name
        );
        keep(Row::Weight(Weight {
            case: "compile",
            op: "weight",
            lib: library.name,
            messages,
            fields: larger.fields() - smaller.fields(),
            text_bytes_per_message: rounded((larger_text - smaller_text) as f64 / messages as f64),
        }))?;
    }
    Ok(())
}

/// Of the sections `.text` and `.text.…`, as `size` of binutils tells them.
fn text_bytes(program: &Path) -> Result<u64> {
    let output = Command::new("size")
        .args(["-A", "-d"])
        .arg(program)
        .output()
        .context("cannot start `size`: install binutils")?;
    ensure!(
        output.status.success(),
        "`size -A {}` failed: {}",
        program.display(),
        String::from_utf8_lossy(&output.stderr).trim_end()
    );
    let listing = String::from_utf8_lossy(&output.stdout);
    text_in(&listing).with_context(|| format!("`size -A {}` names no .text section", program.display()))
}

/// The sum of such lines of the listing; none if there is none.
fn text_in(listing: &str) -> Option<u64> {
    listing
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let section = words.next()?;
            let is_text = section == ".text" || section.starts_with(".text.");
            words.next().filter(|_| is_text)?.parse::<u64>().ok()
        })
        .reduce(|sum, bytes| sum + bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sections_of_code_count() {
        for (listing, expected) in [
            (
                "a.out  :\nsection  size  addr\n.init  27  4096\n.text  500  4160\n.rodata  70  8192\nTotal  597\n",
                Some(500),
            ),
            (
                ".text  500  4160\n.text.unlikely  20  5000\n.textual  3  0\n",
                Some(520),
            ),
            ("a.out  :\nsection  size  addr\n.data  8  0\nTotal  8\n", None),
            ("", None),
        ] {
            assert_eq!(text_in(listing), expected, "{listing}");
        }
    }
}
