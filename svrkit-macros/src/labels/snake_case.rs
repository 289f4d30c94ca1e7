//! Names as labels are written.

use syn::Ident;
use syn::ext::IdentExt;

/// `cash_on_delivery` for `CashOnDelivery`, `http_get` for `HTTPGet`.
pub(super) fn snake_case(ident: &Ident) -> String {
    let letters: Vec<char> = ident.unraw().to_string().chars().collect();
    let mut name = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| letters.get(before));
        let begins_word = letter.is_uppercase()
            && before.is_some_and(|before| {
                let is_last_of_many = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
                *before != '_' && (!before.is_uppercase() || is_last_of_many)
            });
        if begins_word {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_parted_where_they_begin() {
        for (ident, expected) in [
            ("Payment", "payment"),
            ("CashOnDelivery", "cash_on_delivery"),
            ("HTTPGet", "http_get"),
            ("GetHTTP", "get_http"),
            ("Version2", "version2"),
            ("already_so", "already_so"),
            ("NOT_FOUND", "not_found"),
            ("r#Type", "type"),
        ] {
            assert_eq!(snake_case(&syn::parse_str(ident).unwrap()), expected, "{ident}");
        }
    }
}
