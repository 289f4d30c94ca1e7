//! How a field is written, as its words say.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

use crate::faults::Faults;
use crate::field::FieldWords;
use crate::hint;

#[derive(Clone, Copy)]
pub(crate) enum Encoding {
    /// One value, or many packed where they can be.
    Values(NumberEncoding),
    /// Many, each in a record of its own.
    Unpacked(NumberEncoding),
    /// The entries of a map.
    Entries { key: NumberEncoding, value: NumberEncoding },
}

#[derive(Clone, Copy)]
pub(crate) enum NumberEncoding {
    Plain,
    Zigzag,
    Fixed,
}

impl Encoding {
    /// What the words say; a contradiction is a fault.
    pub(crate) fn of(words: &FieldWords, faults: &mut Faults) -> Self {
        if words.key.is_some() || words.value.is_some() {
            for place in Self::places(words) {
                faults.at(place, "a map has the encodings of its `key` and of its `value`");
            }
            let key = words.key.as_ref().map_or(NumberEncoding::Plain, |(_, word)| named(word, faults));
            let value = words.value.as_ref().map_or(NumberEncoding::Plain, |(_, word)| named(word, faults));
            return Self::Entries { key, value };
        }
        let number = match (words.zigzag, words.fixed) {
            (Some(_), Some(fixed)) => {
                faults.at(fixed, "a number is `zigzag` or `fixed`, not both");
                NumberEncoding::Fixed
            }
            (Some(_), None) => NumberEncoding::Zigzag,
            (None, Some(_)) => NumberEncoding::Fixed,
            (None, None) => NumberEncoding::Plain,
        };
        if words.unpacked.is_some() { Self::Unpacked(number) } else { Self::Values(number) }
    }

    /// Where words about the encoding of values stand.
    pub(crate) fn places(words: &FieldWords) -> impl Iterator<Item = Span> {
        [words.zigzag, words.fixed, words.unpacked].into_iter().flatten()
    }

    /// The marker of the runtime.
    pub(crate) fn marker(self) -> TokenStream {
        match self {
            Self::Values(number) => number.marker(),
            Self::Unpacked(number) => {
                let number = number.marker();
                quote!(::svrkit_runtime::wire::tlv::Unpacked<#number>)
            }
            Self::Entries { key, value } => {
                let (key, value) = (key.marker(), value.marker());
                quote!(::svrkit_runtime::wire::tlv::Entries<#key, #value>)
            }
        }
    }
}

impl NumberEncoding {
    fn marker(self) -> TokenStream {
        match self {
            Self::Plain => quote!(::svrkit_runtime::wire::tlv::Plain),
            Self::Zigzag => quote!(::svrkit_runtime::wire::tlv::Zigzag),
            Self::Fixed => quote!(::svrkit_runtime::wire::tlv::Fixed),
        }
    }
}

fn named(word: &Ident, faults: &mut Faults) -> NumberEncoding {
    let name = word.to_string();
    match name.as_str() {
        "zigzag" => NumberEncoding::Zigzag,
        "fixed" => NumberEncoding::Fixed,
        _ => {
            faults.at(word.span(), hint::hint(&name, &["zigzag", "fixed"]));
            NumberEncoding::Plain
        }
    }
}
