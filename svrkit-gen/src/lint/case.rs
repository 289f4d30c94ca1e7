//! Names as the dialect writes them: `names` knows the cases, this compares.

use crate::names;

/// `field_name`.
pub(super) fn snake(name: &str) -> String {
    plain(names::field(name))
}

/// `TypeName`.
pub(super) fn pascal(name: &str) -> String {
    plain(names::type_name(name))
}

/// `VALUE_NAME`.
pub(super) fn upper(name: &str) -> String {
    snake(name).to_ascii_uppercase()
}

/// Without the `_` that only Rust needs.
fn plain(mut name: String) -> String {
    name.truncate(name.trim_end_matches('_').len());
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_its_case_stays_as_it_is() {
        for name in ["id", "user_id2", "self", "type", "sha256"] {
            assert_eq!(snake(name), name);
        }
        for name in ["A", "Order", "HTTPRequest", "Self", "V2"] {
            assert_eq!(pascal(name), name);
        }
        for name in ["A", "SOLD_OUT", "V2", "SELF"] {
            assert_eq!(upper(name), name);
        }
    }

    #[test]
    fn a_name_in_another_case_is_put_into_the_right_one() {
        for (name, snake_name, pascal_name, upper_name) in [
            ("orderId", "order_id", "OrderId", "ORDER_ID"),
            ("place_order", "place_order", "PlaceOrder", "PLACE_ORDER"),
            ("SOLD_OUT", "sold_out", "SoldOut", "SOLD_OUT"),
            ("a__b_", "a_b", "AB", "A_B"),
        ] {
            assert_eq!((&*snake(name), &*pascal(name), &*upper(name)), (snake_name, pascal_name, upper_name));
        }
    }
}
