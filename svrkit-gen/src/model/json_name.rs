//! What fields are called in JSON, as protobuf does it.

/// The name in lowerCamelCase: underscores go, and the letter behind one is a capital.
pub(crate) fn lower_camel(name: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::lower_camel;

    #[test]
    fn names_are_those_of_protobuf() {
        for (name, expected) in [
            ("id", "id"),
            ("order_id", "orderId"),
            ("Order_id", "OrderId"),
            ("_order__id_", "OrderId"),
            ("line_2_text", "line2Text"),
            ("orderID", "orderID"),
            ("größe_ä", "größeä"),
        ] {
            assert_eq!(lower_camel(name), expected, "{name}");
        }
    }
}
