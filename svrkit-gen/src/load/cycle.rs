//! Files that import one another in a circle. No recursion: how long a chain is, the files decide.

use super::{File, quoted_path};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span};

/// Reports each import that leads back to a file it came from.
pub(super) fn report(files: &[File], found: &mut Diagnostics) {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        Fresh,
        Entered,
        Left,
    }
    let mut marks = vec![Mark::Fresh; files.len()];
    for root in 0..files.len() {
        if marks[root] != Mark::Fresh {
            continue;
        }
        marks[root] = Mark::Entered;
        // The way from the root: files, and how many of their imports were followed.
        let mut way = vec![(root, 0)];
        while let Some((file, followed)) = way.last_mut() {
            let Some(import) = files[*file].imports.get(*followed) else {
                marks[*file] = Mark::Left;
                way.pop();
                continue;
            };
            *followed += 1;
            let next = import.file.index();
            match marks[next] {
                Mark::Fresh => {
                    marks[next] = Mark::Entered;
                    way.push((next, 0));
                }
                Mark::Entered => {
                    let start = way.iter().position(|(file, _)| *file == next).unwrap_or(0);
                    found.push(cycle(files, &way[start..]));
                }
                Mark::Left => {}
            }
        }
    }
}

/// `way`: the files of the circle, each with the number of its import that leads on.
fn cycle(files: &[File], way: &[(usize, usize)]) -> Diagnostic {
    let step = |(file, followed): &(usize, usize)| &files[*file].imports[followed - 1];
    let names: Vec<_> =
        way.iter().chain(way.first()).map(|(file, _)| quoted_path(&files[*file].path)).collect();
    let message = format!("imports go in a circle: {}", names.join(" → "));
    let closing = way.last().map_or_else(Span::default, |last| step(last).span);
    let mut diagnostic = Diagnostic::new(Code::ImportCycle, closing, message);
    for earlier in way.iter().rev().skip(1).rev() {
        diagnostic = diagnostic.also(step(earlier).span, "leads here");
    }
    diagnostic.help("move what both need into a file of its own")
}
