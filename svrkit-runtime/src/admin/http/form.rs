//! What a browser sends that fills in a form (`application/x-www-form-urlencoded`, WHATWG URL, section 5.1).

/// The value of the field `name` of a form. `None`: there is none that is text.
pub(crate) fn field(form: &[u8], name: &str) -> Option<String> {
    let mut pairs = form.split(|byte| *byte == b'&');
    let value = pairs.find_map(|pair| pair.strip_prefix(name.as_bytes())?.strip_prefix(b"="))?;
    String::from_utf8(decoded(value)).ok()
}

fn decoded(value: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(value.len());
    let mut rest = value;
    while let [first, behind @ ..] = rest {
        let (byte, behind) = match (first, behind) {
            (b'%', [high, low, behind @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => (high << 4 | low, behind),
                _ => (b'%', &rest[1..]),
            },
            (b'+', behind) => (b' ', behind),
            (byte, behind) => (*byte, behind),
        };
        decoded.push(byte);
        rest = behind;
    }
    decoded
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_decoded() {
        for (form, expected) in [
            ("token=a%2Bb+c", Some("a+b c")),
            ("x=1&token=", Some("")),
            ("token=%zz%4", Some("%zz%4")),
            ("token=%ff", None),
            ("tokens=a", None),
            ("", None),
        ] {
            assert_eq!(field(form.as_bytes(), "token").as_deref(), expected, "{form}");
        }
    }
}
