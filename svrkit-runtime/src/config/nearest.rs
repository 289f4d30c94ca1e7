//! The nearest known name: what somebody probably meant.

/// Longer names are not compared: the work grows with the length.
const NAME_LEN_MAX: usize = 64;

/// The candidate that takes the fewest edits to come from `name`, if it is near enough to be meant: at most one edit for
/// each three letters, and at most three. Case is no difference. Of equals, the first wins.
pub(super) fn nearest(name: &str, candidates: impl IntoIterator<Item = String>) -> Option<String> {
    if name.len() > NAME_LEN_MAX {
        return None;
    }
    let edits_max = (name.len() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (edits(name.as_bytes(), candidate.as_bytes()), candidate))
        .filter(|(edits, _)| *edits <= edits_max)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions and replacements that lead from one name to the other (Levenshtein, 1965), by the row-wise
/// recurrence of Wagner and Fischer.
fn edits(from: &[u8], to: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, letter) in from.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, other) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(!letter.eq_ignore_ascii_case(other));
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_name_and_a_stranger_finds_none() {
        let known = || ["message.in", "message.out", "decode.depth"].map(String::from);
        for (name, expected) in [
            ("message.inn", Some("message.in")),
            ("mesage.out", Some("message.out")),
            ("MESSAGE.IN", Some("message.in")),
            ("decode_depth", Some("decode.depth")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, known()).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn names_beyond_the_limit_are_not_compared() {
        let long = "a".repeat(NAME_LEN_MAX);
        assert_eq!(nearest(&long, [long.clone()]), Some(long.clone()));
        let longer = format!("{long}a");
        assert_eq!(nearest(&longer, [longer.clone()]), None);
    }
}
