//! What to say of a word that means nothing.

use crate::nearest::nearest;

/// What to say of `word`, which is none of `known`: `means nothing here` and the nearest, or all.
pub(crate) fn hint(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("`{word}` means nothing here, did you mean `{near}`?"),
        None => format!("`{word}` means nothing here, known are {}", list(known)),
    }
}

/// All of `known` in one line.
pub(crate) fn list(known: &[&str]) -> String {
    known.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
