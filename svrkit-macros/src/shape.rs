//! What the runtime is told of fields and members beyond how to write and read them: their shapes, and the messages inside.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Type;

/// The shape of one field or member, whose form is the constant `form`.
pub(crate) fn field(tag: u32, name: &str, form: &TokenStream, is_sensitive: bool) -> TokenStream {
    let sensitive = is_sensitive.then(|| quote!(.sensitive()));
    quote!(::svrkit_runtime::wire::tlv::FieldShape::new(#tag, #name, #form)#sensitive)
}

/// The method `inside` for the messages in `parts`, types each as what it is in the message. The trait's own method
/// names none.
pub(crate) fn inside(parts: &[(&Type, TokenStream)]) -> TokenStream {
    if parts.is_empty() {
        return TokenStream::new();
    }
    let tree = tree(parts);
    // Inline: never called, it is then never compiled to code either.
    quote! {
        #[inline]
        fn inside() -> ::core::marker::PhantomData<impl ::svrkit_runtime::wire::tlv::Reach> {
            #tree
        }
    }
}

/// Pairs of pairs, so that whoever walks it goes down few steps.
fn tree(parts: &[(&Type, TokenStream)]) -> TokenStream {
    match parts {
        [] => quote!(::core::marker::PhantomData::<()>),
        [(ty, part)] => {
            // What is wrong with the type is told once, and at the type, if the call ends where the type does.
            let end =
                ty.to_token_stream().into_iter().last().map_or_else(Span::call_site, |token| token.span());
            let call = quote_spanned!(end=> ::inside());
            quote!(#part #call)
        }
        _ => {
            let (left, right) = parts.split_at(parts.len() / 2);
            let (left, right) = (tree(left), tree(right));
            quote!(::svrkit_runtime::wire::tlv::both(#left, #right))
        }
    }
}
