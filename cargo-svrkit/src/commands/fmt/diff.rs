//! What changed between two texts, line by line, in the form of `diff -u`.
//!
//! Looks for the next common line within a window and takes the nearest: always right, linear in time, and not always
//! the shortest. Formatting keeps the order of things, so common lines are near.

use std::fmt::Write as _;
use std::ops::Range;

/// Lines shown around a change.
const CONTEXT: usize = 3;

/// How far the next common line is looked for, in lines of both texts together.
const WINDOW: usize = 200;

/// The changes that make `new` of `old`, under the name of the file. Empty if there are none.
pub(super) fn unified(name: &str, old: &str, new: &str) -> String {
    let (old, new): (Vec<_>, Vec<_>) =
        (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let changes = changes(&old, &new);
    if changes.is_empty() {
        return String::new();
    }
    let mut out = format!("--- {name}\n+++ {name}\n");
    // Changes that would show the same lines around them are shown together.
    for near in changes.chunk_by(|one, next| next.old.start - one.old.end <= 2 * CONTEXT) {
        hunk(near, &old, &new, &mut out);
    }
    out
}

/// Lines of the old text, and those of the new one that stand in their place.
struct Change {
    old: Range<usize>,
    new: Range<usize>,
}

fn changes(old: &[&str], new: &[&str]) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    let (mut at_old, mut at_new) = (0, 0);
    while at_old < old.len() || at_new < new.len() {
        if at_old < old.len() && old.get(at_old) == new.get(at_new) {
            (at_old, at_new) = (at_old + 1, at_new + 1);
            continue;
        }
        let (mut gone, mut come) = next_common(&old[at_old..], &new[at_new..]);
        // Blank lines that both have before it.
        while 0 < gone && 0 < come && old[at_old + gone - 1] == new[at_new + come - 1] {
            (gone, come) = (gone - 1, come - 1);
        }
        let change = Change { old: at_old..at_old + gone, new: at_new..at_new + come };
        (at_old, at_new) = (change.old.end, change.new.end);
        match changes.last_mut() {
            Some(last) if last.old.end == change.old.start && last.new.end == change.new.start => {
                (last.old.end, last.new.end) = (change.old.end, change.new.end);
            }
            _ => changes.push(change),
        }
    }
    changes
}

/// How many lines of both texts come before their nearest common line that is not blank. Where none is near: a window's worth.
fn next_common(old: &[&str], new: &[&str]) -> (usize, usize) {
    let end = (old.len() + new.len()).min(WINDOW);
    for lines in 1..end {
        for gone in lines.saturating_sub(new.len())..=lines.min(old.len()) {
            let common = old.get(gone).filter(|line| new.get(lines - gone) == Some(*line));
            if common.is_some_and(|line| !line.trim().is_empty()) {
                return (gone, lines - gone);
            }
        }
    }
    (old.len().min(WINDOW / 2), new.len().min(WINDOW / 2))
}

fn hunk(changes: &[Change], old: &[&str], new: &[&str], out: &mut String) {
    let (Some(first), Some(last)) = (changes.first(), changes.last()) else { return };
    let before = first.old.start.min(CONTEXT);
    let after = (old.len() - last.old.end).min(CONTEXT);
    let shown_old = first.old.start - before..last.old.end + after;
    let shown_new = first.new.start - before..last.new.end + after;
    let _infallible = writeln!(out, "@@ -{} +{} @@", place(&shown_old), place(&shown_new));
    let mut at = shown_old.start;
    for change in changes {
        lines(' ', &old[at..change.old.start], out);
        lines('-', &old[change.old.clone()], out);
        lines('+', &new[change.new.clone()], out);
        at = change.old.end;
    }
    lines(' ', &old[at..shown_old.end], out);
}

/// `first line,how many`; of no lines the line before them is named.
fn place(lines: &Range<usize>) -> String {
    let first = if lines.is_empty() { lines.start } else { lines.start + 1 };
    format!("{first},{}", lines.len())
}

fn lines(mark: char, lines: &[&str], out: &mut String) {
    for line in lines {
        out.push(mark);
        out.push_str(line);
        if !line.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(old: &str, new: &str, expected: &str) {
        assert_eq!(unified("a", old, new), expected, "{old:?} to {new:?}");
    }

    #[test]
    fn changes_are_shown_with_three_lines_around_them() {
        check("a\nb\n", "a\nb\n", "");
        check("a\nb", "a\nb\n", "--- a\n+++ a\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n");
        check("", "a\n", "--- a\n+++ a\n@@ -0,0 +1,1 @@\n+a\n");
        check("a\n", "", "--- a\n+++ a\n@@ -1,1 +0,0 @@\n-a\n");
        check(
            "1\n2\n3\n4\nx\n5\n6\n7\n8\n9\n10\n11\n",
            "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\ny\n",
            "--- a\n+++ a\n@@ -2,7 +2,6 @@\n 2\n 3\n 4\n-x\n 5\n 6\n 7\n@@ -10,3 +9,4 @@\n 9\n 10\n 11\n+y\n",
        );
        check("a\n\nb\n", "c\n\nb\n", "--- a\n+++ a\n@@ -1,3 +1,3 @@\n-a\n+c\n \n b\n");
        check(
            "x\n1\n2\n3\n4\n5\n6\ny\n",
            "1\n2\n3\n4\n5\n6\n",
            "--- a\n+++ a\n@@ -1,8 +1,6 @@\n-x\n 1\n 2\n 3\n 4\n 5\n 6\n-y\n",
        );
    }

    /// What `patch` does.
    fn patched(old: &str, diff: &str) -> String {
        let old: Vec<_> = old.split_inclusive('\n').collect();
        let (mut new, mut at) = (String::new(), 0);
        let mut lines = diff.split_inclusive('\n').skip(2).peekable();
        while let Some(line) = lines.next() {
            let (mark, rest) = line.split_at(1);
            let cut = lines.next_if(|next| next.starts_with('\\')).is_some();
            let rest = if cut { rest.trim_end_matches('\n') } else { rest };
            if mark == "@" {
                let start = rest.split(['-', ',']).nth(1).unwrap().parse::<usize>().unwrap();
                let is_empty = rest.split([',', ' ']).nth(2) == Some("0");
                let start = if is_empty { start } else { start - 1 };
                new.push_str(&old[at..start].concat());
                at = start;
                continue;
            }
            if mark != "+" {
                assert_eq!(old[at], rest);
                at += 1;
            }
            if mark != "-" {
                new.push_str(rest);
            }
        }
        new + &old[at..].concat()
    }

    #[test]
    fn a_diff_makes_the_new_text_of_the_old_one() {
        let text = |step: usize, odd: &str| -> String {
            let line = |at: usize| {
                if at.is_multiple_of(step) { format!("{odd}{at}\n") } else { format!("{}\n", at / 7) }
            };
            (0..900).map(line).collect()
        };
        let long = |word: &str| format!("{word}\n").repeat(WINDOW);
        for (old, new) in [
            (text(10, "x"), text(11, "")),
            (text(2, "x"), text(3, "y\n")),
            (text(40, ""), text(50, "\n\n")),
            (long("a") + "b\n", long("c") + "b\nd"),
            (long("a"), String::new()),
            (String::new(), long("a")),
        ] {
            assert_eq!(patched(&old, &unified("a", &old, &new)), new);
        }
    }
}
