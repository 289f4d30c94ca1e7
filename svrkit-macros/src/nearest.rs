//! The nearest known word: what somebody probably meant.
//!
//! The same text stands in `svrkit-gen`, `svrkit-macros` and `svrkit-runtime`: none of them may depend on another for it, and each has to
//! be published whole. A test of `svrkit-golden` holds the three together.
#![allow(unreachable_pub, reason = "one of the crates hands it on to others of the kit")]

/// Longer words are not compared: the work grows with the length.
const WORD_LEN_MAX: usize = 64;

/// At most this many known words are looked at.
const CANDIDATES_MAX: usize = 1_024;

/// More slips than this are another word.
const EDITS_MAX: usize = 3;

/// The candidate that takes the fewest edits to come from `word`, if it is near enough to be meant.
///
/// Near enough is one edit for each three letters, at least one and at most three. Of equals, the first wins.
pub fn nearest<T: AsRef<str>>(word: &str, candidates: impl IntoIterator<Item = T>) -> Option<T> {
    let letters = letters(word)?;
    let mut edits_max = (letters.len() / 3).clamp(1, EDITS_MAX);
    let mut nearest = None;
    for candidate in candidates.into_iter().take(CANDIDATES_MAX) {
        let near = self::letters(candidate.as_ref()).and_then(|other| edits(&letters, &other, edits_max));
        match near {
            Some(0) => return Some(candidate),
            // From here on only fewer are of interest.
            Some(edits) => (nearest, edits_max) = (Some(candidate), edits - 1),
            None => {}
        }
    }
    nearest
}

/// Case is no difference worth an edit. `None`: too many.
fn letters(word: &str) -> Option<Vec<char>> {
    let letters: Vec<char> = word.chars().take(WORD_LEN_MAX + 1).map(|it| it.to_ascii_lowercase()).collect();
    (letters.len() <= WORD_LEN_MAX).then_some(letters)
}

/// Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other, if they are no
/// more than `edits_max` (optimal string alignment, Damerau 1964). Only cells that near to the diagonal are looked at.
fn edits(from: &[char], to: &[char], edits_max: usize) -> Option<usize> {
    if edits_max < from.len().abs_diff(to.len()) {
        return None;
    }
    let far = edits_max + 1;
    let mut before_previous = vec![far; to.len() + 1];
    let mut previous: Vec<usize> = (0..=to.len()).map(|edits| edits.min(far)).collect();
    let mut current = vec![far; to.len() + 1];
    let mut least_before = 0;
    for (row, letter) in from.iter().enumerate() {
        let band = row.saturating_sub(edits_max)..(row + edits_max + 1).min(to.len());
        // The cells beside the band are read with it, here and in the next row.
        current[band.start] = if band.start == 0 { (row + 1).min(far) } else { far };
        if let Some(after) = current.get_mut(band.end + 1) {
            *after = far;
        }
        let mut least = current[band.start];
        for column in band {
            let other = to[column];
            let replaced = previous[column] + usize::from(*letter != other);
            let mut best = replaced.min(previous[column + 1] + 1).min(current[column] + 1);
            let swapped = row > 0 && column > 0 && from[row - 1] == other && *letter == to[column - 1];
            if swapped {
                best = best.min(before_previous[column - 1] + 1);
            }
            current[column + 1] = best.min(far);
            least = least.min(best);
        }
        // A swap reaches over one row and no further.
        if edits_max < least.min(least_before) {
            return None;
        }
        least_before = least;
        std::mem::swap(&mut before_previous, &mut previous);
        std::mem::swap(&mut previous, &mut current);
    }
    (previous[to.len()] <= edits_max).then_some(previous[to.len()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_word_and_a_stranger_finds_none() {
        let known = ["field", "message", "optional", "repeated", "id"];
        let rows = [
            ("feild", Some("field")),
            ("Field", Some("field")),
            ("mesage", Some("message")),
            ("optinal", Some("optional")),
            ("reapeted", Some("repeated")),
            ("ids", Some("id")),
            ("oneof", None),
            ("", None),
        ];
        for (word, expected) in rows {
            assert_eq!(nearest(word, known), expected, "{word}");
        }
    }

    #[test]
    fn edits_are_counted_up_to_the_most_that_matter() {
        for (from, to, expected) in [
            ("", "", Some(0)),
            ("", "abc", Some(3)),
            ("abcd", "", None),
            ("abcdef", "bcdefg", Some(2)),
            ("abcdef", "badcfe", Some(3)),
            ("abcdefgh", "abXdYfZh", Some(3)),
            ("abcdefgh", "aXcYeZgW", None),
            ("aaaaaaaaaa", "aaaaaaa", Some(3)),
            ("xyzabc", "abcxyz", None),
        ] {
            let letters = |word: &str| word.chars().collect::<Vec<_>>();
            assert_eq!(edits(&letters(from), &letters(to), 3), expected, "{from} {to}");
            assert_eq!(edits(&letters(to), &letters(from), 3), expected, "{to} {from}");
        }
    }

    #[test]
    fn words_beyond_the_limits_are_not_compared() {
        let long = "a".repeat(WORD_LEN_MAX);
        assert_eq!(nearest(&long, [long.as_str()]), Some(long.as_str()));
        let longer = "a".repeat(WORD_LEN_MAX + 1);
        assert_eq!(nearest(&longer, [longer.as_str()]), None);
        let mut many = vec!["zzzz"; CANDIDATES_MAX - 1];
        many.push("word");
        assert_eq!(nearest("word", many.iter().copied()), Some("word"));
        many.insert(0, "zzzz");
        assert_eq!(nearest("word", many.iter().copied()), None);
    }
}
