//! Whose word a server takes.

use std::fmt;

use crate::config::Key;

/// Of whom a server believes how important calls are, for which user, and by which name they come. What is taken is inherited by all calls
/// beneath; where it is not, a call is no more important than the schema says of its method.
///
/// ```
/// use svrkit_runtime::{Server, Trust};
///
/// // It stands behind a gateway on another machine, and nobody else reaches it.
/// let server = Server::new().trust(Trust::Inherit);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Trust {
    /// Of who has proved by a certificate who it is, and of who is on this machine (Unix sockets, loopback); all others are strangers: `auto`.
    #[default]
    Auto,
    /// Of nobody, as where requests come in from outside: `entry`.
    Entry,
    /// Of everybody, as where nobody else reaches the server than those who are known: `inherit`.
    Inherit,
}

/// What is known of who connects.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    /// It has proved who it is.
    pub(crate) is_proved: bool,
    /// It is on this machine.
    pub(crate) is_near: bool,
}

impl Trust {
    const WORDS: &'static [&'static str] = &["auto", "entry", "inherit"];

    /// A key for it.
    pub(crate) fn key(name: &'static str, doc: &'static str) -> Key {
        Key::choice(name, doc, Self::WORDS).with_default(Self::Auto.as_str())
    }

    /// What a configuration says; by default by who connects.
    pub(crate) fn from_word(word: Option<&str>) -> Self {
        let all = [Self::Auto, Self::Entry, Self::Inherit];
        all.into_iter().find(|trust| Some(trust.as_str()) == word).unwrap_or_default()
    }

    /// The word of a configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Entry => "entry",
            Self::Inherit => "inherit",
        }
    }

    /// Whether the word of one that stands so is taken.
    pub(crate) fn believes(self, standing: Standing) -> bool {
        match self {
            Self::Auto => standing.is_proved || standing.is_near,
            Self::Entry => false,
            Self::Inherit => true,
        }
    }
}

impl fmt::Display for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_itself_a_server_believes_who_has_proved_itself_and_who_is_on_its_machine() {
        for (is_proved, is_near, expected) in
            [(false, false, false), (true, false, true), (false, true, true), (true, true, true)]
        {
            let standing = Standing { is_proved, is_near };
            assert_eq!(Trust::Auto.believes(standing), expected, "{standing:?}");
            assert!(Trust::Inherit.believes(standing) && !Trust::Entry.believes(standing));
        }
    }

    #[test]
    fn its_words_are_those_of_a_configuration() {
        for word in Trust::WORDS {
            assert_eq!(Trust::from_word(Some(word)).to_string(), *word);
        }
        assert_eq!((Trust::from_word(Some("maybe")), Trust::from_word(None)), (Trust::Auto, Trust::Auto));
    }
}
