//! The words inside `#[tlv(…)]`, before anything knows whether they make sense together.

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, LitInt, LitStr, Token};

use crate::faults::Faults;

/// One word of the attribute.
pub(crate) enum Word {
    /// `3`, `-3`: a tag or a number.
    Number(Number),
    /// `zigzag`
    Flag(Ident),
    /// `name = "shop.Order"`
    Text(Ident, LitStr),
}

/// An integer, of any size: the range is a rule's matter.
pub(crate) struct Number {
    pub(crate) value: i128,
    pub(crate) place: Span,
}

/// All words of the `#[tlv(…)]` attributes in `attributes`; `None` if they cannot be read, which is then a fault.
pub(crate) fn words(attributes: &[Attribute], faults: &mut Faults) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    let mut is_readable = true;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("tlv")) {
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

impl Word {
    /// Reports a word that has no meaning where it stands, with the nearest of `known`.
    pub(crate) fn refuse(&self, known: &[&str], faults: &mut Faults) {
        let known_words = known.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        match self {
            Self::Number(number) => {
                faults.at(number.place, format_args!("no number stands here, known are {known_words}"));
            }
            Self::Flag(word) | Self::Text(word, _) => {
                let text = match nearest(&word.to_string(), known) {
                    Some(near) => format!("`{word}` means nothing here, did you mean `{near}`?"),
                    None => format!("`{word}` means nothing here, known are {known_words}"),
                };
                faults.at(word.span(), text);
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
            return Ok(Self::Text(word, input.parse()?));
        }
        Ok(Self::Flag(word))
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

/// The one of `known` that `word` was probably meant to be.
fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let (distance, near) = known.iter().map(|known| (distance(word, known), *known)).min()?;
    (distance <= near.len().div_ceil(3)).then_some(near)
}

/// How many letters are to be inserted, removed or replaced (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, letter) in from.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (column, other) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_found() {
        let known = ["zigzag", "fixed", "unpacked", "unknown"];
        for (word, expected) in [
            ("zigzg", Some("zigzag")),
            ("zig_zag", Some("zigzag")),
            ("fix", Some("fixed")),
            ("packed", Some("unpacked")),
            ("unknwon", Some("unknown")),
            ("default", None),
        ] {
            assert_eq!(nearest(word, &known), expected, "{word}");
        }
    }
}
