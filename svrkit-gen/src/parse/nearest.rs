//! The nearest known word: what somebody probably meant.

/// Longer words are not compared: the work grows with the square of the length.
const WORD_LEN_MAX: usize = 64;

/// At most this many known words are looked at.
const CANDIDATES_MAX: usize = 4_096;

/// The candidate that takes the fewest edits to come from `word`, if it is near enough to be meant.
///
/// Near enough is one edit for each three letters, at least one. Of equals, the first wins.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters = letters(word);
    if WORD_LEN_MAX < letters.len() {
        return None;
    }
    let edits_max = (letters.len() / 3).max(1);
    let near = candidates.into_iter().take(CANDIDATES_MAX).filter_map(|candidate| {
        let other = self::letters(candidate);
        if other.len().abs_diff(letters.len()) > edits_max {
            return None;
        }
        let edits = edits(&letters, &other);
        (edits <= edits_max).then_some((edits, candidate))
    });
    near.min_by_key(|(edits, _)| *edits).map(|(_, candidate)| candidate)
}

/// Case is no difference worth an edit.
fn letters(word: &str) -> Vec<char> {
    word.chars().flat_map(char::to_lowercase).collect()
}

/// Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other.
fn edits(from: &[char], to: &[char]) -> usize {
    let mut before_previous = vec![0; to.len() + 1];
    let mut previous: Vec<usize> = (0..=to.len()).collect();
    for (row, letter) in from.iter().enumerate() {
        let mut current = vec![row + 1; to.len() + 1];
        for (column, other) in to.iter().enumerate() {
            let replaced = previous[column] + usize::from(letter != other);
            let mut best = replaced.min(previous[column + 1] + 1).min(current[column] + 1);
            let swapped = row > 0 && column > 0 && from[row - 1] == *other && *letter == to[column - 1];
            if swapped {
                best = best.min(before_previous[column - 1] + 1);
            }
            current[column + 1] = best;
        }
        before_previous = std::mem::replace(&mut previous, current);
    }
    previous[to.len()]
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
