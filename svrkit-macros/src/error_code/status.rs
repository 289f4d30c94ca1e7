//! The framework's codes by their words.

use quote::{ToTokens, format_ident, quote};
use syn::LitStr;

use crate::faults::Faults;
use crate::hint;

/// One row: the word, the variant of the runtime's `Code`, and who can mend what ended so.
pub(super) struct StatusCode {
    word: &'static str,
    code: &'static str,
    party: &'static str,
}

impl StatusCode {
    /// What an error without a word has.
    pub(super) const DEFAULT: &'static Self = &ALL[0];

    /// The code that `word` names, or a fault.
    pub(super) fn named(word: &LitStr, faults: &mut Faults) -> &'static Self {
        let text = word.value();
        let known = ALL.iter().find(|row| row.word == text);
        known.unwrap_or_else(|| {
            if text == "OK" {
                faults.at(word.span(), "what ends with `OK` is no error");
            } else {
                let words: Vec<&str> = ALL.iter().map(|row| row.word).collect();
                faults.at(word.span(), hint::hint(&text, &words));
            }
            Self::DEFAULT
        })
    }
}

/// The words are those of `svrkit_runtime::Code`, the parties those of the constructors of its `Status`.
const ALL: &[StatusCode] = &[
    row("FAILED_PRECONDITION", "FailedPrecondition", "Caller"),
    row("CANCELLED", "Cancelled", "Caller"),
    row("UNKNOWN", "Unknown", "Unknown"),
    row("INVALID_ARGUMENT", "InvalidArgument", "Caller"),
    row("DEADLINE_EXCEEDED", "DeadlineExceeded", "Callee"),
    row("NOT_FOUND", "NotFound", "Caller"),
    row("ALREADY_EXISTS", "AlreadyExists", "Caller"),
    row("PERMISSION_DENIED", "PermissionDenied", "Caller"),
    row("RESOURCE_EXHAUSTED", "ResourceExhausted", "Callee"),
    row("ABORTED", "Aborted", "Unknown"),
    row("OUT_OF_RANGE", "OutOfRange", "Caller"),
    row("UNIMPLEMENTED", "Unimplemented", "Caller"),
    row("INTERNAL", "Internal", "Callee"),
    row("UNAVAILABLE", "Unavailable", "Callee"),
    row("DATA_LOSS", "DataLoss", "Callee"),
    row("UNAUTHENTICATED", "Unauthenticated", "Caller"),
];

const fn row(word: &'static str, code: &'static str, party: &'static str) -> StatusCode {
    StatusCode { word, code, party }
}

/// Two arguments: the code, and the party.
impl ToTokens for StatusCode {
    fn to_tokens(&self, tokens: &mut proc_macro2::TokenStream) {
        let (code, party) = (format_ident!("{}", self.code), format_ident!("{}", self.party));
        tokens.extend(quote!(::svrkit_runtime::Code::#code, ::svrkit_runtime::Party::#party));
    }
}
