//! Whether a mechanism of protection acts.

use std::fmt;

use crate::config::Key;

/// Whether a mechanism of protection acts: each can be tried out on living traffic before it may change anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// It decides nothing: `off`.
    Off,
    /// It decides, and its decisions are counted and told of, and nothing comes of them: `watch`.
    Watching,
    /// It decides, and that is what happens: `on`.
    #[default]
    On,
}

impl Mode {
    /// The words of a configuration.
    const WORDS: &'static [&'static str] = &["off", "watch", "on"];

    /// A key for it; it is on by default.
    pub(crate) fn key(name: &'static str, doc: &'static str) -> Key {
        Key::choice(name, doc, Self::WORDS).with_default(Self::On.as_str())
    }

    /// What a configuration says; `None`: nothing.
    pub(crate) fn from_word(word: Option<&str>) -> Option<Self> {
        [Self::Off, Self::Watching, Self::On].into_iter().find(|mode| Some(mode.as_str()) == word)
    }

    /// The word of a configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Watching => "watch",
            Self::On => "on",
        }
    }

    /// Whether what it decides happens.
    #[must_use]
    pub fn is_on(self) -> bool {
        self == Self::On
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_words_are_those_of_a_configuration() {
        for word in Mode::WORDS {
            assert_eq!(Mode::from_word(Some(word)).unwrap().to_string(), *word);
        }
        assert_eq!((Mode::from_word(Some("maybe")), Mode::from_word(None)), (None, None));
        assert_eq!(Mode::default(), Mode::On);
    }
}
