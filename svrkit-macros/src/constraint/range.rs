//! `min` and `max`: the numbers between which a number lies.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;

use crate::attribute::Number;
use crate::faults::Faults;
use crate::field::{ConstraintWords, Limit};
use crate::rust_type;

pub(super) struct Range {
    place: Span,
    min: Option<Limit>,
    max: Option<Limit>,
}

impl Range {
    /// The range that `words` ask for; what is wrong with it is in `faults`.
    pub(super) fn of(words: &ConstraintWords, ty: &Type, faults: &mut Faults) -> Option<Self> {
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
        Some(Self { place: first.0, min, max })
    }

    pub(super) fn check(&self, value: impl Fn(Span) -> TokenStream) -> TokenStream {
        let value = value(self.place);
        let (min, max) = (limit(self.min), limit(self.max));
        quote_spanned! {self.place=>
            ::svrkit_runtime::wire::tlv::Ranged::check_range(#value, #min, #max, violations);
        }
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
