//! The constraints of one field: their rules, and the calls that check them. One file a kind.
//!
//! Whether a type has the constraint at all is the compiler's to say, by the traits of the runtime: an alias hides
//! nothing from it. Here is judged what the words say by themselves.

mod count;
mod ensure;
mod range;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;

use self::count::{Count, Counts};
pub(crate) use self::ensure::Ensure;
use self::range::Range;
use crate::faults::Faults;
use crate::field::ConstraintWords;
use crate::rust_type;

/// The constraints of one field, sound by themselves.
#[derive(Default)]
pub(crate) struct Constraints {
    range: Option<Range>,
    len: Option<Count>,
    items: Option<Count>,
    required: Option<Span>,
    /// In the order in which they are written.
    pub(crate) ensured: Vec<Ensure>,
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
            range: Range::of(words, ty, faults),
            len: Count::of(Counts::LEN, words.min_len, words.max_len, faults),
            items: Count::of(Counts::ITEMS, words.min_items, words.max_items, faults),
            required: words.required,
            ensured: words.ensure.iter().map(|(_, judged)| Ensure::of(judged, faults)).collect(),
        }
    }

    /// Is there nothing to check?
    pub(crate) fn is_empty(&self) -> bool {
        let Self { range, len, items, required, ensured } = self;
        range.is_none() && len.is_none() && items.is_none() && required.is_none() && ensured.is_empty()
    }

    /// The calls that check `value`, an expression for a reference, which is made with the place of each word. What is
    /// [ensured](Self::ensured) is not among them: who holds the value says how it is looked at.
    pub(crate) fn checks(&self, value: impl Fn(Span) -> TokenStream) -> TokenStream {
        let required = self.required.map(|place| {
            let value = value(place);
            quote_spanned!(place=> ::svrkit_runtime::wire::tlv::require(#value, violations);)
        });
        let range = self.range.as_ref().map(|range| range.check(&value));
        let counts = [&self.len, &self.items].into_iter().flatten().map(|count| count.check(&value));
        quote!(#required #range #(#counts)*)
    }
}

/// The call that keeps to itself what was found: the field is sensitive.
pub(crate) fn withheld() -> TokenStream {
    quote!(violations.withhold(mark);)
}

/// `ident` as if it stood at `place`, so that what is wrong with its type is shown there.
pub(crate) fn at(ident: &Ident, place: Span) -> Ident {
    let mut ident = ident.clone();
    ident.set_span(place);
    ident
}
