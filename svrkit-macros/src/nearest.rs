//! Guessing which known word an unknown one was meant to be.

/// The one of `known` that `word` was probably meant to be.
pub(crate) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let (distance, near) = known.iter().map(|known| (distance(word, known), *known)).min()?;
    (distance <= near.len().div_ceil(3)).then_some(near)
}

/// What to say of `word`, which is none of `known`: `means nothing here` and the nearest, or all.
pub(crate) fn hint(word: &str, known: &[&str]) -> String {
    match nearest(word, known) {
        Some(near) => format!("`{word}` means nothing here, did you mean `{near}`?"),
        None => format!("`{word}` means nothing here, known are {}", list(known)),
    }
}

/// All of `known` in one line.
pub(crate) fn list(known: &[&str]) -> String {
    known.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// How many letters are to be inserted, removed or replaced (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, letter) in from.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (column, other) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
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
    fn the_nearest_word_is_found() {
        let known = ["zigzag", "fixed", "unpacked", "unknown"];
        for (word, expected) in [
            ("zigzg", Some("zigzag")),
            ("zig_zag", Some("zigzag")),
            ("fix", Some("fixed")),
            ("packed", Some("unpacked")),
            ("unknwon", Some("unknown")),
            ("default", None),
        ] {
            assert_eq!(nearest(word, &known), expected, "{word}");
        }
    }
}
