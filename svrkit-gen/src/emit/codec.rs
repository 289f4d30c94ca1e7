//! How messages are coded: with views or without, fast or small.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Name;
use crate::names::ViewNames;

/// What is wanted of every message of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Codec {
    pub(crate) views: bool,
    pub(crate) small: bool,
}

impl Codec {
    /// The words for `#[tlv(…)]` at a message.
    pub(super) fn of_message(self, message: &Name, views: &ViewNames) -> TokenStream {
        let view = self.view(message, views).map(|view| quote!(, #view));
        let small = self.small.then(|| quote!(, small));
        quote!(#view #small)
    }

    /// The attribute at a oneof.
    pub(super) fn at_oneof(self, oneof: &Name, views: &ViewNames) -> Option<TokenStream> {
        self.view(oneof, views).map(|view| quote!(#[tlv(#view)]))
    }

    fn view(self, shown: &Name, views: &ViewNames) -> Option<TokenStream> {
        self.views.then(|| match views.unusual(shown) {
            Some(name) => quote!(view = #name),
            None => quote!(view),
        })
    }
}
