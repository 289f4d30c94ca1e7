//! What stands in for a oneof that broke a rule.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput};

/// The error, and an impl that never runs: it spares the user "TlvOneof is not implemented" at every use. A message
/// around it takes a oneof without tags for one that was refused.
pub(super) fn oneof(input: &DeriveInput, error: &syn::Error) -> TokenStream {
    let error = error.to_compile_error();
    // Elsewhere the impl could not hold what the trait asks for, and would be an error more.
    if !matches!(input.data, Data::Enum(_)) || !input.generics.params.is_empty() {
        return error;
    }
    let ident = &input.ident;
    quote! {
        #error

        #[automatically_derived]
        impl ::svrkit_runtime::wire::tlv::TlvOneof for #ident {
            const TAGS: &'static [::core::primitive::u32] = &[];

            const MEMBERS: &'static [::svrkit_runtime::wire::tlv::FieldShape] = &[];

            fn tag(&self) -> ::core::primitive::u32 {
                ::core::unreachable!()
            }

            fn encode_member<'b>(
                &self,
                _: &'b mut [::core::primitive::u8],
            ) -> ::core::option::Option<&'b mut [::core::primitive::u8]> {
                ::core::unreachable!()
            }

            fn merge_member(
                _: &mut ::core::option::Option<Self>,
                _: ::svrkit_runtime::wire::tlv::Key,
                _: &mut ::svrkit_runtime::wire::tlv::Decoder<'_>,
            ) -> ::core::result::Result<(), ::svrkit_runtime::wire::tlv::DecodeError> {
                ::core::unreachable!()
            }

            type View<'a> = ();

            fn has_key(_: ::svrkit_runtime::wire::tlv::Key) -> ::core::primitive::bool {
                ::core::unreachable!()
            }

            fn see_member<'a>(
                _: &::svrkit_runtime::wire::tlv::MemberPart<'a>,
                _: &::svrkit_runtime::wire::tlv::Source<'a>,
            ) -> ::core::result::Result<::core::option::Option<()>, ::svrkit_runtime::wire::tlv::DecodeError> {
                ::core::unreachable!()
            }
        }
    }
}
