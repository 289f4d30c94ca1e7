//! The impls of errors.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::{Errors, Variant};

pub(super) fn errors(errors: &Errors<'_>) -> TokenStream {
    let Errors { ident, name, variants, unknown } = errors;
    let codes = variants.iter().map(|Variant { ident, code, .. }| quote!(Self::#ident { .. } => #code,));
    let messages =
        variants.iter().map(|Variant { ident, message, .. }| quote!(Self::#ident { .. } => #message,));
    let into_status = variants.iter().map(into_status);
    let from_status = variants.iter().map(|variant| from_status(variant, errors));
    let conversions = conversions(ident);
    let unknown_text = format!("error {{code}} of {name}, which this version does not know");
    quote! {
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl ::svrkit_runtime::ErrorCode for #ident {
            const NAME: &'static ::core::primitive::str = #name;

            fn code(&self) -> ::core::primitive::u32 {
                match self {
                    #(#codes)*
                    Self::#unknown(code) => *code,
                }
            }

            fn into_status(self) -> ::svrkit_runtime::Status {
                let message = ::std::string::ToString::to_string(&self);
                let code = ::svrkit_runtime::ErrorCode::code(&self);
                let status = |status, party| {
                    ::svrkit_runtime::Status::new(status, message).party(party).error_code(code)
                };
                match self {
                    #(#into_status)*
                    Self::#unknown(_) => status(
                        ::svrkit_runtime::Code::FailedPrecondition,
                        ::svrkit_runtime::Party::Unknown,
                    ),
                }
            }

            fn from_status(status: &::svrkit_runtime::Status) -> ::core::option::Option<Self> {
                ::core::option::Option::Some(match status.facts().error_code {
                    0 => return ::core::option::Option::None,
                    #(#from_status)*
                    code => Self::#unknown(code),
                })
            }
        }

        #[automatically_derived]
        impl ::core::fmt::Display for #ident {
            fn fmt(&self, out: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                out.write_str(match self {
                    #(#messages)*
                    Self::#unknown(code) => return ::core::write!(out, #unknown_text),
                })
            }
        }

        #conversions
    }
}

/// What follows from the two, whatever the errors are.
pub(super) fn conversions(ident: &syn::Ident) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl ::core::error::Error for #ident {}

        #[automatically_derived]
        impl ::core::convert::From<#ident> for ::svrkit_runtime::Status {
            fn from(error: #ident) -> Self {
                ::svrkit_runtime::ErrorCode::into_status(error)
            }
        }
    }
}

fn into_status(variant: &Variant<'_>) -> TokenStream {
    let Variant { ident, detail, status, retry, .. } = variant;
    let retry = retry.map(|retry| quote!(.retry(#retry)));
    match detail {
        None => quote!(Self::#ident => status(#status)#retry,),
        Some(ty) => {
            let encode = quote_spanned!(ty.span()=> <#ty as ::svrkit_runtime::Tlv>::encode);
            quote! {
                Self::#ident(detail) => status(#status)
                    #retry
                    .with_detail(#encode(&detail).unwrap_or_default()),
            }
        }
    }
}

fn from_status(variant: &Variant<'_>, errors: &Errors<'_>) -> TokenStream {
    let Variant { ident, detail, code, .. } = variant;
    let unknown = errors.unknown;
    match detail {
        None => quote!(#code => Self::#ident,),
        Some(ty) => {
            let decode = quote_spanned!(ty.span()=> <#ty as ::svrkit_runtime::Tlv>::decode);
            quote! {
                #code => match #decode(status.detail()) {
                    ::core::result::Result::Ok(detail) => Self::#ident(detail),
                    ::core::result::Result::Err(_) => Self::#unknown(#code),
                },
            }
        }
    }
}
