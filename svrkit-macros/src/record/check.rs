//! The method that checks the constraints of a message.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::{Field, Oneof, Record, expand};
use crate::constraint;
use crate::rust_type;

/// Nothing where nothing is declared and no message can be inside: the trait's own does nothing either.
pub(super) fn check(record: &Record<'_>) -> TokenStream {
    let mut checks: Vec<_> =
        record.fields.iter().filter_map(|field| Some((field.tag, self::field(field)?))).collect();
    checks.extend(record.oneofs.iter().map(|each| (each.tags.first().copied().unwrap_or(0), oneof(each))));
    if checks.is_empty() {
        return TokenStream::new();
    }
    checks.sort_by_key(|(tag, _)| *tag);
    let checks = checks.iter().map(|(_, check)| check);
    quote! {
        #[inline]
        fn check(&self, violations: &mut ::svrkit_runtime::wire::tlv::Violations) {
            #(#checks)*
        }
    }
}

fn field(field: &Field<'_>) -> Option<TokenStream> {
    let Field { ident, ty, constraints, .. } = field;
    let may_hold_messages = !rust_type::holds_no_message(ty);
    if constraints.is_empty() && !may_hold_messages {
        return None;
    }
    let checks = constraints.checks(|place| {
        let ident = constraint::at(ident, place);
        quote_spanned!(place=> &self.#ident)
    });
    let as_field = expand::as_field(field);
    let reference = quote!(&self.#ident);
    let ensured = constraints.ensured.iter().map(|each| each.check_field(&reference, &as_field));
    let inside = may_hold_messages
        .then(|| quote_spanned!(ty.span()=> #as_field::check_field(&self.#ident, violations);));
    let withheld = field.is_sensitive.then(constraint::withheld);
    let name = ident.unraw().to_string();
    Some(quote! {
        let mark = violations.mark();
        #checks
        #(#ensured)*
        #inside
        #withheld
        violations.in_field(mark, #name);
    })
}

fn oneof(oneof: &Oneof<'_>) -> TokenStream {
    let Oneof { ident, ty, constraints, .. } = oneof;
    let checks = constraints.checks(|place| {
        let ident = constraint::at(ident, place);
        quote_spanned!(place=> &self.#ident)
    });
    let name = ident.unraw().to_string();
    quote_spanned! {ty.span()=>
        let mark = violations.mark();
        #checks
        <#ty as ::svrkit_runtime::wire::tlv::OneofField>::check_member(&self.#ident, violations);
        violations.in_field(mark, #name);
    }
}
