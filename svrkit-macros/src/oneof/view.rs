//! The view of a oneof: the member that is set, as the view of its message shows it.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

use super::expand::{as_value, key_name};
use super::{Oneof, View};
use crate::written;

/// `PayerView<'a>`, or the oneof itself where there is no view.
pub(super) fn type_of(oneof: &Oneof<'_>) -> TokenStream {
    match &oneof.view {
        Some(View { ident, .. }) => quote!(#ident<'a>),
        None => quote!(Self),
    }
}

pub(super) fn view(oneof: &Oneof<'_>, view: &View<'_>) -> TokenStream {
    let Oneof { ident: shown, members, .. } = oneof;
    let View { ident, vis } = view;
    let doc = format!(" [`{}`] where it stands in the bytes of its message.", shown.unraw());
    let variants = members.iter().map(|member| {
        let attributes =
            written::attributes(&member.written.attrs, &format!(" The member `{}`.", member.name));
        let variant = member.ident;
        let as_value = as_value(member);
        quote!(#attributes #variant(#as_value::Seen<'a>),)
    });
    let names: Vec<_> = members.iter().map(|member| member.ident).collect();
    quote! {
        #[doc = #doc]
        #[derive(::core::clone::Clone, ::core::marker::Copy)]
        #[allow(dead_code, reason = "not everyone looks at everything")]
        #vis enum #ident<'a> {
            #(#variants)*
        }

        /// Without the value: it may be sensitive.
        #[automatically_derived]
        impl ::core::fmt::Debug for #ident<'_> {
            fn fmt(&self, out: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                out.write_str(match self {
                    #(Self::#names(_) => ::core::stringify!(#names),)*
                })
            }
        }
    }
}

pub(super) fn see_member(oneof: &Oneof<'_>) -> TokenStream {
    let body = match &oneof.view {
        None => quote!(member.decode(source)),
        Some(View { ident, .. }) => {
            let arms = oneof.members.iter().map(|member| {
                let variant = member.ident;
                let key = key_name(member);
                let name = &member.name;
                let as_value = as_value(member);
                let withheld = member.is_sensitive.then(|| quote!(.withhold()));
                quote! {
                    #key => match #as_value::see_member(member, source) {
                        ::core::result::Result::Ok(value) => {
                            ::core::result::Result::Ok(::core::option::Option::Some(#ident::#variant(value)))
                        }
                        ::core::result::Result::Err(error) => {
                            ::core::result::Result::Err(error #withheld .in_field(#name))
                        }
                    },
                }
            });
            quote! {
                match member.key() {
                    #(#arms)*
                    _ => ::core::result::Result::Ok(::core::option::Option::None),
                }
            }
        }
    };
    quote! {
        fn see_member<'a>(
            member: &::svrkit_runtime::wire::tlv::MemberPart<'a>,
            source: &::svrkit_runtime::wire::tlv::Source<'a>,
        ) -> ::core::result::Result<
            ::core::option::Option<Self::View<'a>>,
            ::svrkit_runtime::wire::tlv::DecodeError,
        > {
            #body
        }
    }
}
