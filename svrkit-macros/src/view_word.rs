//! The word `view` on a struct or an enum, and what the view is called.

use quote::format_ident;
use syn::{Ident, LitStr};

use crate::attribute::{Setting, Word};
use crate::faults::Faults;

/// `view`, or `view = "OrderBorrowed"`.
#[derive(Default)]
pub(crate) struct ViewWord {
    name: Option<Ident>,
}

impl ViewWord {
    /// Gives back what is no such word.
    pub(crate) fn read(word: Word, faults: &mut Faults) -> Result<(Ident, Self), Word> {
        match word {
            Word::Flag(word) if word == "view" => Ok((word, Self::default())),
            Word::Setting(word, Setting::Text(name)) if word == "view" => {
                let name = identifier(&name, faults);
                Ok((word, Self { name }))
            }
            other => Err(other),
        }
    }

    /// What the view of `shown` is called: `OrderView` unless said otherwise.
    pub(crate) fn ident(&self, shown: &Ident) -> Ident {
        self.name.clone().unwrap_or_else(|| format_ident!("{shown}View"))
    }
}

fn identifier(name: &LitStr, faults: &mut Faults) -> Option<Ident> {
    let ident = name.parse().ok();
    if ident.is_none() {
        faults.at(name.span(), format_args!("`{}` is no name of a type", name.value()));
    }
    ident
}
