//! Texts held to a length.

/// The longest beginning of `text` of at most `len_max` bytes that ends between two characters.
pub(crate) fn prefix(text: &str, len_max: usize) -> &str {
    let longest = text.len().min(len_max);
    let end = (0..=longest).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_character_is_cut_in_two() {
        for (len_max, expected) in [(0, ""), (1, "a"), (2, "a"), (3, "aü"), (4, "aüb"), (9, "aüb")] {
            assert_eq!(prefix("aüb", len_max), expected, "{len_max}");
        }
    }
}
