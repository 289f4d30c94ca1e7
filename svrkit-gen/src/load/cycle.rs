//! Files that import one another in a circle. No recursion: how long a chain is, the files decide.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};

use super::{File, quoted_path};
use crate::components::components;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// Most files of a circle that are named: a longer one is shown by its start.
const SHOWN_MAX: usize = 8;

/// Reports one circle for each set of files that all import one another, directly or not: many circles may lead through
/// the same files, and who opens one will look at the others.
pub(super) fn report(files: &[File], found: &mut Diagnostics) {
    let targets = |file: &File| file.imports.iter().map(|import| import.file.index()).collect();
    let edges: Vec<Vec<usize>> = files.iter().map(targets).collect();
    let component = components(&edges);
    let mut seen = vec![false; files.len()];
    for start in 0..files.len() {
        if std::mem::replace(&mut seen[component[start]], true) {
            continue;
        }
        if let Some(way) = shortest_circle(&edges, &component, start) {
            found.push(finding(files, &way));
        }
    }
}

/// The shortest way from a file back to itself, as the files that are passed.
fn shortest_circle(edges: &[Vec<usize>], component: &[usize], start: usize) -> Option<Vec<usize>> {
    // Not a list of all files: each of them may be a component of its own.
    let mut reached_from = HashMap::new();
    let mut todo = VecDeque::from([start]);
    while let Some(file) = todo.pop_front() {
        for next in edges[file].iter().copied().filter(|next| component[*next] == component[start]) {
            if next == start {
                let before = |file: &usize| reached_from.get(file).copied();
                let mut way: Vec<usize> = std::iter::successors(Some(file), before).collect();
                way.reverse();
                return Some(way);
            }
            if let Entry::Vacant(entry) = reached_from.entry(next) {
                entry.insert(file);
                todo.push_back(next);
            }
        }
    }
    None
}

fn finding(files: &[File], way: &[usize]) -> Diagnostic {
    let name = |file: &usize| quoted_path(&files[*file].path);
    let mut names: Vec<String> = way.iter().take(SHOWN_MAX).map(name).collect();
    if SHOWN_MAX < way.len() {
        names.push(format!("{} more", way.len() - SHOWN_MAX));
    }
    names.push(name(&way[0]));
    let message = format!("imports go in a circle: {}", names.join(" → "));
    let step = |at: usize| {
        let next = way[(at + 1) % way.len()];
        files[way[at]].imports.iter().find(|import| import.file.index() == next)
    };
    let span_of = |at| step(at).map(|import| import.span).unwrap_or_default();
    let mut diagnostic = Diagnostic::new(Code::IMPORT_CYCLE, span_of(way.len() - 1), message);
    for earlier in 0..(way.len() - 1).min(SHOWN_MAX) {
        diagnostic = diagnostic.also(span_of(earlier), "leads here");
    }
    diagnostic.help("move what both need into a file of its own")
}
