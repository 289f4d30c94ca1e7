//! The constraints of one field: their rules, and the calls that check them.
//!
//! Whether a type has the constraint at all is the compiler's to say, by the traits of the runtime: an alias hides
//! nothing from it. Here is judged what the words say by themselves.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;

use crate::attribute::Number;
use crate::faults::Faults;
use crate::field::{ConstraintWords, Limit};
use crate::rust_type;

/// The most that can be demanded of a length or a number of items.
const COUNT_MAX: i128 = u32::MAX as i128;

/// The constraints of one field, sound by themselves.
#[derive(Default)]
pub(crate) struct Constraints {
    range: Option<Range>,
    len: Option<Count>,
    items: Option<Count>,
    required: Option<Span>,
}

struct Range {
    place: Span,
    min: Option<Limit>,
    max: Option<Limit>,
}

struct Count {
    place: Span,
    min: u32,
    max: Option<u32>,
}

impl Constraints {
    /// What is sound of `words` on a field of type `ty`; the rest is in `faults`.
    pub(crate) fn of(words: &ConstraintWords, ty: &Type, faults: &mut Faults) -> Self {
        if rust_type::is_vec_of_bytes(ty) {
            for (place, _) in [words.min_items, words.max_items].into_iter().flatten() {
                faults.at(place, "`Vec<u8>` is one value, `min_len` and `max_len` count its bytes");
            }
            if let Some(place) = words.required {
                faults.at(place, "`Vec<u8>` is one value, which is always there: use `min_len = 1`");
            }
        }
        Self {
            range: range(words, ty, faults),
            len: count(words.min_len, words.max_len, ["min_len", "max_len"], faults),
            items: count(words.min_items, words.max_items, ["min_items", "max_items"], faults),
            required: words.required,
        }
    }

    /// The calls that check `value`, an expression for a reference, which is made with the place of each word.
    pub(crate) fn checks(&self, value: impl Fn(Span) -> TokenStream) -> TokenStream {
        let required = self.required.map(|place| {
            let value = value(place);
            quote_spanned!(place=> ::svrkit_runtime::wire::tlv::require(#value, violations);)
        });
        let range = self.range.as_ref().map(|Range { place, min, max }| {
            let value = value(*place);
            let (min, max) = (limit(*min), limit(*max));
            quote_spanned! {*place=>
                ::svrkit_runtime::wire::tlv::Ranged::check_range(#value, #min, #max, violations);
            }
        });
        let len = self.len.as_ref().map(|count| {
            let (value, range) = (value(count.place), count.range());
            quote_spanned! {count.place=>
                ::svrkit_runtime::wire::tlv::Measured::check_len(#value, &#range, violations);
            }
        });
        let items = self.items.as_ref().map(|count| {
            let (value, range) = (value(count.place), count.range());
            quote_spanned! {count.place=>
                ::svrkit_runtime::wire::tlv::Counted::check_items(#value, &#range, violations);
            }
        });
        quote!(#required #range #len #items)
    }
}

impl Count {
    fn range(&self) -> TokenStream {
        let min = self.min as usize;
        let max = self.max.map_or(quote!(::core::primitive::usize::MAX), |max| {
            let max = max as usize;
            quote!(#max)
        });
        quote!(::core::ops::RangeInclusive::new(#min, #max))
    }
}

impl Limit {
    fn place(self) -> Span {
        match self {
            Self::Integer(number) => number.place,
            Self::Float(number) => number.place,
        }
    }

    fn float(self) -> f64 {
        match self {
            Self::Integer(number) => number.value as f64,
            Self::Float(number) => number.value,
        }
    }
}

fn range(words: &ConstraintWords, ty: &Type, faults: &mut Faults) -> Option<Range> {
    let first = words.min.as_ref().or(words.max.as_ref())?;
    let (min, max) = (words.min.map(|(_, limit)| limit), words.max.map(|(_, limit)| limit));
    for limit in [min, max].into_iter().flatten() {
        fits(limit, ty, faults);
    }
    if let (Some(min), Some(max)) = (min, max) {
        let is_upside_down = match (min, max) {
            (Limit::Integer(min), Limit::Integer(max)) => min.value > max.value,
            (min, max) => min.float() > max.float(),
        };
        if is_upside_down {
            faults.at(max.place(), "`max` is below `min`: no number is within both");
        }
    }
    Some(Range { place: first.0, min, max })
}

/// A limit that the type cannot reach would be no limit.
fn fits(limit: Limit, ty: &Type, faults: &mut Faults) {
    let Some(number) = rust_type::innermost(ty) else {
        return;
    };
    let range = match number.to_string().as_str() {
        "u32" => 0..=i128::from(u32::MAX),
        "u64" => 0..=i128::from(u64::MAX),
        "i32" => i128::from(i32::MIN)..=i128::from(i32::MAX),
        "i64" => i128::from(i64::MIN)..=i128::from(i64::MAX),
        _ => return,
    };
    match limit {
        Limit::Integer(Number { value, .. }) if range.contains(&value) => {}
        Limit::Integer(_) => {
            let (from, to) = (range.start(), range.end());
            faults.at(limit.place(), format_args!("a `{number}` lies between {from} and {to}"));
        }
        Limit::Float(_) => faults.at(limit.place(), format_args!("a `{number}` has no fraction")),
    }
}

fn count(
    min: Option<(Span, Number)>,
    max: Option<(Span, Number)>,
    [min_word, max_word]: [&str; 2],
    faults: &mut Faults,
) -> Option<Count> {
    let (place, _) = min.or(max)?;
    for (_, Number { value, place }) in [min, max].into_iter().flatten() {
        if !(0..=COUNT_MAX).contains(&value) {
            faults.at(place, format_args!("lengths and numbers of items lie between 0 and {COUNT_MAX}"));
        }
    }
    if let (Some((_, min)), Some((_, max))) = (min, max)
        && min.value > max.value
    {
        faults.at(max.place, format_args!("`{max_word}` is below `{min_word}`: nothing is within both"));
    }
    let value = |number: (Span, Number)| u32::try_from(number.1.value).ok();
    Some(Count { place, min: min.and_then(value).unwrap_or(0), max: max.and_then(value) })
}

fn limit(limit: Option<Limit>) -> TokenStream {
    let bound = match limit {
        None => return quote!(::core::option::Option::None),
        Some(Limit::Integer(Number { value, .. })) => {
            quote!(::svrkit_runtime::wire::tlv::Bound::Integer(#value))
        }
        Some(Limit::Float(number)) => {
            let value = number.value;
            quote!(::svrkit_runtime::wire::tlv::Bound::Float(#value))
        }
    };
    quote!(::core::option::Option::Some(#bound))
}

/// `ident` as if it stood at `place`, so that what is wrong with its type is shown there.
pub(crate) fn at(ident: &Ident, place: Span) -> Ident {
    let mut ident = ident.clone();
    ident.set_span(place);
    ident
}
