//! Every status that the framework itself gives: one row each, in the table of the part that gives it.
//!
//! No other code of the runtime makes one. So there is one place that says what a status says of itself, a list of all of
//! them ([`Status::catalogue`]), and `docs/errors.md`, for which a test provokes each row and holds what arrives to it.

pub(crate) mod admitting;
pub(crate) mod calling;
pub(crate) mod connecting;
pub(crate) mod handling;
#[cfg(feature = "tower")]
pub(crate) mod layering;
pub(crate) mod queueing;
#[cfg(feature = "tls")]
pub(crate) mod securing;
pub(crate) mod streaming;

use super::{Cause, Code, Layer, Party, Retry, Status};

/// A status that the framework itself gives.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CatalogueEntry {
    /// Its name in `docs/errors.md`.
    pub name: &'static str,
    /// How the call ends.
    pub code: Code,
    /// Where it fails.
    pub layer: Layer,
    /// Who can mend it.
    pub party: Party,
    /// Why it is refused, where it is.
    pub cause: Cause,
    /// Whether trying again can help.
    pub retry: Retry,
    /// The message, with `{names}` for what differs from case to case.
    pub text: &'static str,
    /// The key of the limit that causes it, where one does; the message names it.
    pub key: Option<&'static str>,
    /// When it is given.
    pub when: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
}

/// Makes, of each row, a function that gives the status, and an entry of `ENTRIES`:
/// `name(what differs) = code, layer, party, cause, retry, "message" [limit "key"] => "what to do";`
macro_rules! catalogue {
    ($(
        $(#[doc = $when:literal])+
        $name:ident($($arg:ident),*) = $code:ident, $layer:ident, $party:ident, $cause:ident, $retry:ident,
            $text:literal $(limit $key:literal)? => $remedy:literal;
    )+) => {
        $(
            $(#[doc = $when])+
            #[cold]
            pub(crate) fn $name($($arg: impl std::fmt::Display),*) -> $crate::status::Status {
                use $crate::status::{Cause, Code, Layer, Party, Retry, Status};
                $crate::status::catalogue::catalogue!(@status Code::$code, $text, $($arg),*)
                    .layer(Layer::$layer)
                    .party(Party::$party)
                    .cause(Cause::$cause)
                    .retry(Retry::$retry)
            }
        )+

        pub(super) const ENTRIES: &[super::CatalogueEntry] = {
            use $crate::status::{Cause, Code, Layer, Party, Retry};
            &[$(super::CatalogueEntry {
                name: stringify!($name),
                code: Code::$code,
                layer: Layer::$layer,
                party: Party::$party,
                cause: Cause::$cause,
                retry: Retry::$retry,
                text: $text,
                key: super::catalogue!(@key $($key)?),
                when: concat!($($when),+).trim_ascii(),
                remedy: $remedy,
            }),+]
        };
    };
    (@status $code:expr, $text:literal,) => {{
        static WORDS: $crate::status::FixedWords = $crate::status::FixedWords::new($text);
        Status::fixed($code, &WORDS)
    }};
    (@status $code:expr, $text:literal, $($arg:ident),+) => { Status::new($code, format!($text)) };
    (@key) => { None };
    (@key $key:literal) => { Some($key) };
}
use catalogue;

impl Status {
    /// Every status that the framework itself gives, as `docs/errors.md` lists them. Those of handlers, and what a status
    /// gathers on its way (the endpoint, the system's error beneath it), are not in it.
    pub fn catalogue() -> impl Iterator<Item = &'static CatalogueEntry> {
        let parts = [
            connecting::ENTRIES,
            calling::ENTRIES,
            admitting::ENTRIES,
            handling::ENTRIES,
            streaming::ENTRIES,
            queueing::ENTRIES,
        ];
        #[cfg(feature = "tls")]
        let parts = parts.into_iter().chain([securing::ENTRIES]);
        #[cfg(feature = "tower")]
        let parts = parts.into_iter().chain([layering::ENTRIES]);
        parts.into_iter().flatten()
    }
}
