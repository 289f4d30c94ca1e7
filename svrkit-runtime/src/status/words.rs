//! What happened, in words for people.

use std::ops::Deref;
use std::sync::OnceLock;

/// What happened, for people: made for this once, or the same each time.
#[derive(Clone)]
pub(super) enum Words {
    Own(String),
    Fixed(&'static FixedWords),
}

/// Words of the kit in which nothing changes. To refuse calls has to cost less than to serve them: these are neither copied nor encoded each time.
#[derive(Debug)]
pub(crate) struct FixedWords {
    text: &'static str,
    /// The body of a response that says nothing else.
    body: OnceLock<Vec<u8>>,
}

impl FixedWords {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self { text, body: OnceLock::new() }
    }

    /// The body of a response that says nothing else, which `encode` makes once.
    pub(super) fn body(&'static self, encode: impl FnOnce(&str) -> Vec<u8>) -> &'static [u8] {
        self.body.get_or_init(|| encode(self.text))
    }
}

impl Words {
    /// The same with something behind them.
    pub(super) fn append(&mut self, text: &str) {
        let mut words = match self {
            Self::Own(words) => std::mem::take(words),
            Self::Fixed(fixed) => fixed.text.to_owned(),
        };
        words.push_str(text);
        *self = Self::Own(words);
    }
}

impl Deref for Words {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Own(words) => words,
            Self::Fixed(fixed) => fixed.text,
        }
    }
}
