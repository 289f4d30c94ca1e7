//! The words inside `#[tlv(…)]`, `#[error_code(…)]` and `#[metric(…)]`, before anything knows whether they make sense together.

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, LitFloat, LitInt, LitStr, Path, Token, parenthesized};

use crate::faults::Faults;
use crate::hint;

/// One word of the attribute.
pub(crate) enum Word {
    /// `3`, `-3`: a tag or a number.
    Number(Number),
    /// `zigzag`
    Flag(Ident),
    /// `name = "shop.Order"`
    Setting(Ident, Setting),
    /// `oneof(7, 8)`
    Numbers(Ident, Vec<Number>),
    /// `ensure("even", is_even)`
    Judged(Ident, Judged),
}

/// What a function judges, and what it is called.
pub(crate) struct Judged {
    pub(crate) text: LitStr,
    pub(crate) by: Path,
}

/// What a word is set to.
pub(crate) enum Setting {
    /// `"shop.Order"`
    Text(LitStr),
    /// `-5`
    Number(Number),
    /// `10.5`
    Float(Float),
    /// `zigzag`
    Word(Ident),
}

/// An integer, of any size: the range is a rule's matter.
#[derive(Clone, Copy)]
pub(crate) struct Number {
    pub(crate) value: i128,
    pub(crate) place: Span,
}

/// A number with a fraction.
#[derive(Clone, Copy)]
pub(crate) struct Float {
    pub(crate) value: f64,
    pub(crate) place: Span,
}

/// All words of the attributes called `name` in `attributes`; `None` if they cannot be read, which is then a fault.
pub(crate) fn words(name: &str, attributes: &[Attribute], faults: &mut Faults) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    let mut is_readable = true;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
        match attribute.parse_args_with(Punctuated::<Word, Token![,]>::parse_terminated) {
            Ok(parsed) => words.extend(parsed),
            Err(error) => {
                is_readable = false;
                faults.add(error);
            }
        }
    }
    is_readable.then_some(words)
}

/// Keeps `value` as what `word` says, or reports that the word was there before.
pub(crate) fn once<T>(place: &mut Option<T>, word: &Ident, value: T, faults: &mut Faults) {
    if place.is_some() {
        faults.at(word.span(), format_args!("`{word}` is written twice"));
    } else {
        *place = Some(value);
    }
}

impl Word {
    /// Reports a word that has no meaning where it stands, with the nearest of `known`; one that has a meaning, but
    /// not in this form, with the form out of `forms`.
    pub(crate) fn refuse(&self, known: &[&str], forms: &[(&str, &str)], faults: &mut Faults) {
        let word = match self {
            Self::Number(number) => {
                let known = hint::list(known);
                faults.at(number.place, format_args!("no number stands here, known are {known}"));
                return;
            }
            Self::Flag(word) | Self::Setting(word, _) | Self::Numbers(word, _) | Self::Judged(word, _) => {
                word
            }
        };
        let name = word.to_string();
        match forms.iter().find(|(form, _)| *form == name && known.contains(form)) {
            Some((_, form)) => {
                faults.at(word.span(), format_args!("`{name}` is written like this: `{form}`"))
            }
            None => faults.at(word.span(), hint::hint(&name, known)),
        }
    }
}

impl Word {
    /// Where the word stands.
    pub(crate) fn place(&self) -> Span {
        match self {
            Self::Number(number) => number.place,
            Self::Flag(word) | Self::Setting(word, _) | Self::Numbers(word, _) | Self::Judged(word, _) => {
                word.span()
            }
        }
    }
}

impl Parse for Word {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let ahead = input.lookahead1();
        if ahead.peek(LitInt) || ahead.peek(Token![-]) {
            return input.parse().map(Self::Number);
        }
        if !ahead.peek(Ident) {
            return Err(ahead.error());
        }
        let word: Ident = input.parse()?;
        if input.parse::<Option<Token![=]>>()?.is_some() {
            return Ok(Self::Setting(word, input.parse()?));
        }
        if input.peek(syn::token::Paren) {
            let inside;
            parenthesized!(inside in input);
            if inside.peek(LitStr) {
                return Ok(Self::Judged(word, inside.parse()?));
            }
            let numbers = Punctuated::<Number, Token![,]>::parse_terminated(&inside)?;
            return Ok(Self::Numbers(word, numbers.into_iter().collect()));
        }
        Ok(Self::Flag(word))
    }
}

impl Parse for Judged {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let text: LitStr = input.parse()?;
        if input.is_empty() {
            return Err(syn::Error::new(text.span(), "behind the text stands the function that judges"));
        }
        input.parse::<Token![,]>()?;
        let by = input.parse()?;
        input.parse::<Option<Token![,]>>()?;
        if input.is_empty() {
            Ok(Self { text, by })
        } else {
            Err(input.error("one text and one function stand here"))
        }
    }
}

impl Parse for Setting {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let ahead = input.lookahead1();
        let is_negative = ahead.peek(Token![-]);
        if ahead.peek(LitFloat) || is_negative && input.peek2(LitFloat) {
            input.parse().map(Self::Float)
        } else if ahead.peek(LitInt) || is_negative {
            input.parse().map(Self::Number)
        } else if ahead.peek(LitStr) {
            input.parse().map(Self::Text)
        } else if ahead.peek(Ident) {
            input.parse().map(Self::Word)
        } else {
            Err(ahead.error())
        }
    }
}

impl Parse for Number {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let minus: Option<Token![-]> = input.parse()?;
        let digits: LitInt = input.parse()?;
        let value: i128 = digits.base10_parse()?;
        Ok(Self { value: if minus.is_some() { -value } else { value }, place: digits.span() })
    }
}

impl Parse for Float {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let minus: Option<Token![-]> = input.parse()?;
        let digits: LitFloat = input.parse()?;
        let value: f64 = digits.base10_parse()?;
        if !value.is_finite() {
            return Err(syn::Error::new(digits.span(), "no number is that large"));
        }
        Ok(Self { value: if minus.is_some() { -value } else { value }, place: digits.span() })
    }
}

/// A full name, package first, as `name = "…"` gives it; a fault if it is none.
pub(crate) fn full_name(name: &LitStr, faults: &mut Faults) -> String {
    let text = name.value();
    let is_part = |part: &str| syn::parse_str::<Ident>(&format!("_{part}")).is_ok() && !part.is_empty();
    if !text.split('.').all(is_part) {
        faults.at(name.span(), format_args!("`{text}` is no full name, which looks like `shop.Order`"));
    }
    text
}
