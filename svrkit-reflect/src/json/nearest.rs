//! What may have been meant by a name that nobody knows.

/// Longer names are compared with none: whoever wrote them meant no other.
const LEN_MAX: usize = 64;

/// So many names are looked through.
const CHOICE_MAX: usize = 1_024;

/// The known name that is most like this one, if any is like it.
pub(crate) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    if LEN_MAX < name.len() {
        return None;
    }
    let close_enough = name.len() / 3 + 1;
    let known = known.into_iter().filter(|other| other.len() <= LEN_MAX).take(CHOICE_MAX);
    let distances = known.map(|other| (distance(name, other), other));
    distances
        .filter(|(distance, _)| *distance <= close_enough)
        .min_by_key(|(distance, _)| *distance)
        .map(|it| it.1)
}

/// How many letters have to be added, left out or changed; another case is no change.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (place, wanted) in other.iter().enumerate() {
            let changed = diagonal + usize::from(!letter.eq_ignore_ascii_case(wanted));
            diagonal = row[place + 1];
            row[place + 1] = changed.min(diagonal + 1).min(row[place] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_if_it_is_near() {
        for (name, expected) in [
            ("orderID", Some("orderId")),
            ("oderId", Some("orderId")),
            ("itms", Some("items")),
            ("note", None),
            ("", None),
            ("x", None),
        ] {
            assert_eq!(nearest(name, ["orderId", "items", "payerName"]), expected, "{name}");
        }
        let long = "a".repeat(LEN_MAX + 1);
        assert_eq!(nearest(&long, [&*long]), None);
        assert_eq!(nearest(&long[1..], [&long[1..]]), Some(&long[1..]));
    }
}
