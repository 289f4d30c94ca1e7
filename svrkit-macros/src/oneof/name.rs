//! What a member is called in paths, where a field around it has its own name: `guest_name` for `GuestName`.

use syn::Ident;
use syn::ext::IdentExt;

use super::parse::DraftMember;
use crate::faults::Faults;

/// The name given, else the words of the variant as a field would have them.
pub(super) fn of(member: &DraftMember<'_>, faults: &mut Faults) -> String {
    let Some(name) = &member.words.name else {
        return words_joined(&member.ident.unraw().to_string());
    };
    let text = name.value();
    // A name like `type` is one, though no identifier.
    if syn::parse_str::<Ident>(&format!("_{text}")).is_err() {
        faults.at(name.span(), format_args!("`{text}` is no name, which looks like `guest_name`"));
    }
    text
}

/// The words of a name in lower case with `_` between them: those of `HTTPRequest2` are `HTTP` and `Request2`.
fn words_joined(name: &str) -> String {
    let mut joined = String::with_capacity(name.len() + name.len() / 4);
    let mut before: Option<char> = None;
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        let starts_word = letter.is_uppercase()
            && before.is_some_and(|before| {
                !before.is_uppercase() || letters.peek().is_some_and(|after| after.is_lowercase())
            });
        if starts_word && !joined.ends_with('_') {
            joined.push('_');
        }
        joined.extend(letter.to_lowercase());
        before = Some(letter);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_is_called_as_a_field_of_its_words_would_be() {
        for (variant, expected) in [
            ("Uin", "uin"),
            ("GuestName", "guest_name"),
            ("HTTPRequest", "http_request"),
            ("HTTPRequest2", "http_request2"),
            ("UserID", "user_id"),
            ("X", "x"),
            ("XY", "xy"),
            ("ABTest", "ab_test"),
            ("V2Id", "v2_id"),
            ("Guest_Name", "guest_name"),
            ("ÉtatCivil", "état_civil"),
        ] {
            assert_eq!(words_joined(variant), expected);
        }
    }
}
