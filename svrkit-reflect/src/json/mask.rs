//! Paths of field masks: snake_case in messages, lowerCamelCase in JSON.

/// A path for JSON; `None` if it would not come back.
pub(super) fn to_camel(path: &str) -> Option<String> {
    let mut camel = String::with_capacity(path.len());
    let mut is_behind_underscore = false;
    for letter in path.chars() {
        match letter {
            _ if is_behind_underscore => {
                camel.push(letter.is_ascii_lowercase().then(|| letter.to_ascii_uppercase())?);
                is_behind_underscore = false;
            }
            '_' => is_behind_underscore = true,
            ',' => return None,
            _ if letter.is_uppercase() => return None,
            _ => camel.push(letter),
        }
    }
    (!is_behind_underscore).then_some(camel)
}

/// A path of JSON as messages have it; `None` if it has an underscore.
pub(super) fn to_snake(path: &str) -> Option<String> {
    let mut snake = String::with_capacity(path.len() + 4);
    for letter in path.chars() {
        match letter {
            '_' => return None,
            'A'..='Z' => snake.extend(['_', letter.to_ascii_lowercase()]),
            _ => snake.push(letter),
        }
    }
    Some(snake)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_go_there_and_back_or_are_refused() {
        for (snake, camel) in
            [("", ""), ("id", "id"), ("order_id.line2_text", "orderId.line2Text"), ("_a", "A")]
        {
            assert_eq!(to_camel(snake).as_deref(), Some(camel));
            assert_eq!(to_snake(camel).as_deref(), Some(snake));
        }
        for snake in ["orderId", "a_", "a__b", "a_1", "a,b", "É"] {
            assert_eq!(to_camel(snake), None, "{snake}");
        }
        assert_eq!(to_snake("order_id"), None);
    }
}
