//! `min_len` and `max_len`, `min_items` and `max_items`: how many bytes, how many items.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::attribute::Number;
use crate::faults::Faults;

/// The most that can be demanded of a length or a number of items.
const COUNT_MAX: i128 = u32::MAX as i128;

/// What is counted: the two words for it, and who checks it.
#[derive(Clone, Copy)]
pub(super) struct Counts {
    min_word: &'static str,
    max_word: &'static str,
    checker: &'static str,
    check: &'static str,
}

impl Counts {
    pub(super) const LEN: Self =
        Self { min_word: "min_len", max_word: "max_len", checker: "Measured", check: "check_len" };
    pub(super) const ITEMS: Self =
        Self { min_word: "min_items", max_word: "max_items", checker: "Counted", check: "check_items" };
}

pub(super) struct Count {
    counts: Counts,
    place: Span,
    min: u32,
    max: Option<u32>,
}

impl Count {
    /// What the two words ask for; what is wrong with it is in `faults`.
    pub(super) fn of(
        counts: Counts,
        min: Option<(Span, Number)>,
        max: Option<(Span, Number)>,
        faults: &mut Faults,
    ) -> Option<Self> {
        let (place, _) = min.or(max)?;
        for (_, Number { value, place }) in [min, max].into_iter().flatten() {
            if !(0..=COUNT_MAX).contains(&value) {
                faults.at(place, format_args!("lengths and numbers of items lie between 0 and {COUNT_MAX}"));
            }
        }
        if let (Some((_, min)), Some((_, max))) = (min, max)
            && min.value > max.value
        {
            let Counts { min_word, max_word, .. } = counts;
            faults.at(max.place, format_args!("`{max_word}` is below `{min_word}`: nothing is within both"));
        }
        let value = |number: (Span, Number)| u32::try_from(number.1.value).ok();
        Some(Self { counts, place, min: min.and_then(value).unwrap_or(0), max: max.and_then(value) })
    }

    pub(super) fn check(&self, value: impl Fn(Span) -> TokenStream) -> TokenStream {
        let word = |word| Ident::new(word, self.place);
        let (checker, check) = (word(self.counts.checker), word(self.counts.check));
        let value = value(self.place);
        let min = self.min as usize;
        let max = self.max.map_or(quote!(::core::primitive::usize::MAX), |max| {
            let max = max as usize;
            quote!(#max)
        });
        quote_spanned! {self.place=>
            ::svrkit_runtime::wire::tlv::#checker::#check(
                #value, &::core::ops::RangeInclusive::new(#min, #max), violations,
            );
        }
    }
}
