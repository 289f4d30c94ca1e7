//! Names, and what becomes of them in JSON.

/// Whether a name can be shown: not empty, and without control characters.
pub(super) fn is_showable(name: &str) -> bool {
    !name.is_empty() && !name.contains(char::is_control)
}

/// The name in lowerCamelCase, as protobuf makes it: underscores go, and the letter behind one is a capital.
pub(super) fn lower_camel(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    let mut is_behind_underscore = false;
    for letter in name.chars() {
        match letter {
            '_' => is_behind_underscore = true,
            _ if std::mem::take(&mut is_behind_underscore) => camel.push(letter.to_ascii_uppercase()),
            _ => camel.push(letter),
        }
    }
    camel
}
