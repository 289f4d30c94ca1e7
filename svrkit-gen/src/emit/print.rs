//! Tokens to text, an item at a time.
//!
//! The syntax tree of a printed item is gone before the next one is made: thousands of messages cost their text and no
//! tree beside it. How lines break depends on how deep an item stands, so each is printed within as many modules as are
//! around it. `modules` is the caller.

use proc_macro2::{Span, TokenStream};
use syn::{Ident, Item, ItemMod, Token, Visibility, token};

/// What prettyplease puts before a line for each module around it.
const INDENT: &str = "    ";

/// The text of items that stand `depth` modules deep.
pub(super) fn items(tokens: TokenStream, depth: usize) -> String {
    let file: syn::File =
        syn::parse2(tokens).expect("every name was checked to be an identifier, and the rest is ours");
    let text = prettyplease::unparse(&(0..depth).fold(file, |file, _| within_module(file)));
    // Each module around is a line before and a line after.
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    lines.get(depth..lines.len().saturating_sub(depth)).unwrap_or_default().concat()
}

/// Writes a module with its content; `empty` is the text of the module without any, `depth` modules deep.
pub(super) fn module(empty: &str, depth: usize, out: &mut String, content: impl FnOnce(&mut String)) {
    out.push_str(empty.strip_suffix("}\n").unwrap_or(empty));
    let content_at = out.len() + 1;
    out.push('\n');
    content(out);
    if content_at < out.len() {
        out.extend(std::iter::repeat_n(INDENT, depth));
    } else {
        out.pop();
    }
    out.push_str("}\n");
}

/// Puts a blank line between an item that ends and the next one, as a person would.
pub(super) fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    let mut after_item = false;
    for line in text.lines() {
        let code = line.trim_start();
        let is_item = ["///", "#[", "impl", "pub "].iter().any(|start| code.starts_with(start));
        if after_item && is_item {
            out.push('\n');
        }
        after_item = code == "}" || (code.ends_with(';') && !code.starts_with("///"));
        out.push_str(line);
        out.push('\n');
    }
    out
}

fn within_module(mut file: syn::File) -> syn::File {
    file.items = vec![Item::Mod(ItemMod {
        attrs: Vec::new(),
        vis: Visibility::Inherited,
        unsafety: None,
        mod_token: <Token![mod]>::default(),
        ident: Ident::new("around", Span::call_site()),
        content: Some((token::Brace::default(), file.items)),
        semi: None,
    })];
    file
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn items_are_printed_as_they_would_be_in_the_whole_file() {
        let rows = [
            quote! {},
            quote! { #[doc = " One."] pub struct One; },
            // Too long for its line, at some depth before others.
            quote! { pub fn two(first: &First, second: &Second, third: &Third) -> Result<One, TheOther> { 1 } },
            quote! { pub enum Three { #[doc = " \"A\"\n b"] A } impl Three {} pub const FOUR: &str = "a\nb"; },
        ];
        for depth in 0..4 {
            let whole = rows.iter().cloned().collect::<TokenStream>();
            let whole = (0..depth).fold(whole, |inner, _| quote!(pub mod name { #inner }));
            let content = rows.iter().map(|row| items(row.clone(), depth)).collect::<String>();
            assert_eq!(nested(content, depth), prettyplease::unparse(&syn::parse2(whole).unwrap()));
        }
    }

    #[test]
    fn a_module_without_items_is_one_line() {
        assert_eq!(nested(String::new(), 1), "pub mod name {}\n");
        assert_eq!(nested(String::new(), 2), "pub mod name {\n    pub mod name {}\n}\n");
    }

    /// `content` in so many modules.
    fn nested(content: String, depth: usize) -> String {
        (0..depth).rev().fold(content, |content, around| {
            let mut out = String::new();
            module(
                &items(
                    quote!(
                        pub mod name {}
                    ),
                    around,
                ),
                around,
                &mut out,
                |out| out.push_str(&content),
            );
            out
        })
    }
}
