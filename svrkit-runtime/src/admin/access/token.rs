//! The token, and how it is compared.

use std::fmt;
use std::hint::black_box;

/// Fewest bytes of a token: whoever can try one after the other must not find it.
pub(crate) const TOKEN_LEN_MIN: usize = 16;

/// What opens the pages of a server. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token(String);

impl Token {
    pub(crate) fn new(token: impl Into<String>) -> Self {
        Self(token.into())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether `shown` is the token. How long this takes says how long `shown` is, and nothing of the token.
    pub(super) fn is(&self, shown: &str) -> bool {
        same(self.0.as_bytes(), shown.as_bytes())
    }
}

/// Whether two texts are the same, in a time that does not depend on where they differ.
pub(super) fn same(secret: &[u8], shown: &[u8]) -> bool {
    let mut difference = u8::from(secret.len() != shown.len());
    for (at, byte) in shown.iter().enumerate() {
        let expected = secret.get(at % secret.len().max(1)).copied().unwrap_or_default();
        // So that no optimizer ends the loop at the first difference.
        difference |= black_box(expected ^ byte);
    }
    difference == 0
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_texts_are_the_same_and_no_others() {
        assert!(same(b"abc", b"abc") && same(b"", b""));
        for (secret, shown) in
            [("abc", "abd"), ("abc", "xbc"), ("abc", "ab"), ("abc", "abca"), ("abc", ""), ("", "a")]
        {
            assert!(!same(secret.as_bytes(), shown.as_bytes()), "{secret} {shown}");
        }
    }
}
