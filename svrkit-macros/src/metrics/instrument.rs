//! What a field counts, by the name of its type.
//!
//! Only the metric's name follows from it. Whether the type is what its name says, the compiler finds out.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Type;

use crate::rust_type;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Counter,
    Gauge,
    Distribution,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    None,
    Seconds,
    Bytes,
}

/// What is counted, and whether it is times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Instrument {
    pub(super) kind: Kind,
    pub(super) is_time: bool,
}

impl Instrument {
    /// That of a type. `None`: it is none that is known.
    pub(super) fn of(ty: &Type) -> Option<Self> {
        let name = rust_type::last(ty)?;
        if name == "Family" {
            return rust_type::arguments(ty).nth(1).filter(|member| !is(member, "Family")).and_then(Self::of);
        }
        let kinds =
            [("Counter", Kind::Counter), ("Gauge", Kind::Gauge), ("Distribution", Kind::Distribution)];
        let (_, kind) = kinds.into_iter().find(|(known, _)| name == known)?;
        let is_time = rust_type::arguments(ty).any(|values| is(values, "Duration"));
        Some(Self { kind, is_time })
    }
}

fn is(ty: &Type, name: &str) -> bool {
    rust_type::last(ty).is_some_and(|ident| ident == name)
}

impl Unit {
    /// What a name says of it.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Seconds => "_seconds",
            Self::Bytes => "_bytes",
        }
    }
}

impl ToTokens for Unit {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(match self {
            Self::None => quote!(::svrkit_runtime::metrics::Unit::None),
            Self::Seconds => quote!(::svrkit_runtime::metrics::Unit::Seconds),
            Self::Bytes => quote!(::svrkit_runtime::metrics::Unit::Bytes),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_known_by_their_names() {
        let of = |kind, is_time| Some(Instrument { kind, is_time });
        for (ty, expected) in [
            ("Counter", of(Kind::Counter, false)),
            ("Counter<u64>", of(Kind::Counter, false)),
            ("metrics::Counter<Duration>", of(Kind::Counter, true)),
            ("::svrkit_runtime::metrics::Gauge", of(Kind::Gauge, false)),
            ("Distribution<std::time::Duration>", of(Kind::Distribution, true)),
            ("Family<Payment, Counter>", of(Kind::Counter, false)),
            ("Family<Duration, Gauge>", of(Kind::Gauge, false)),
            ("Family<Payment, Distribution<Duration>>", of(Kind::Distribution, true)),
            ("Family<Payment>", None),
            ("Family<Payment, Family<Payment, Counter>>", None),
            ("u64", None),
            ("[Counter; 2]", None),
        ] {
            assert_eq!(Instrument::of(&syn::parse_str(ty).unwrap()), expected, "{ty}");
        }
    }
}
