//! What metrics and their labels may be called: as Prometheus takes it, and as its own tools want it.
//!
//! The same text stands in `svrkit-macros` and `svrkit-runtime`: neither may depend on the other for it, and each has to be published whole. A test of
//! `svrkit-golden` holds the two together.

/// Longest name of a metric or a label.
const NAME_LEN_MAX: usize = 128;

/// Most labels of a metric.
pub(crate) const LABELS_MAX: usize = 16;

/// Names that begin so are the runtime's.
const BUILT_IN: [&str; 2] = ["svrkit_", "process_"];

/// Ends that Prometheus itself puts behind the names of histograms.
const OF_HISTOGRAMS: [&str; 3] = ["_bucket", "_count", "_sum"];

/// What a metric's name has to say of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said {
    /// It only grows.
    pub(crate) is_counter: bool,
    /// Its values are times.
    pub(crate) is_time: bool,
}

/// What is wrong with the name of a metric. `None`: nothing.
pub(crate) fn metric_fault(name: &str, said: Said) -> Option<&'static str> {
    if let Some(fault) = word_fault(name) {
        return Some(fault);
    }
    if BUILT_IN.iter().any(|prefix| name.starts_with(prefix)) {
        return Some("begins as those that are built in, `svrkit_` and `process_`");
    }
    let (stem, is_total) = name.strip_suffix("_total").map_or((name, false), |stem| (stem, true));
    match (said.is_counter, is_total) {
        (true, false) => return Some("has to end with `_total`, as a counter's does"),
        (false, true) => return Some("ends with `_total`, as only a counter's does"),
        _ => {}
    }
    match (said.is_time, stem.ends_with("_seconds")) {
        (true, false) => return Some("has to say that its values are times, by `_seconds`"),
        (false, true) => return Some("says `_seconds`, and its values are no times: those are a `Duration`"),
        _ => {}
    }
    if OF_HISTOGRAMS.iter().any(|end| stem.ends_with(end)) {
        return Some("ends as the parts of a histogram do, `_bucket`, `_count` and `_sum`");
    }
    None
}

/// What is wrong with the name of a label. `None`: nothing.
pub(crate) fn label_fault(name: &str) -> Option<&'static str> {
    match name {
        "le" | "quantile" => Some("is one that Prometheus itself uses"),
        _ => word_fault(name),
    }
}

fn word_fault(name: &str) -> Option<&'static str> {
    let is_word = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_';
    if !name.bytes().all(is_word) || !name.starts_with(|letter: char| letter.is_ascii_lowercase()) {
        return Some("has to be of small letters, digits and underscores, and to begin with a letter");
    }
    if name.len() > NAME_LEN_MAX {
        return Some("is longer than 128 letters");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_prometheus_and_its_tools_want_them() {
        let long = "a".repeat(NAME_LEN_MAX - "_total".len()) + "_total";
        // Name, whether it is a counter's, whether its values are times, a word of what is wrong.
        for (name, is_counter, is_time, expected) in [
            ("shop_orders_placed_total", true, false, None),
            ("shop_busy_seconds_total", true, true, None),
            ("shop_cooking_seconds", false, true, None),
            ("shop_sent_bytes_total", true, false, None),
            ("waiting2", false, false, None),
            ("shop_counted", false, false, None),
            (&long, true, false, None),
            (&format!("a{long}"), true, false, Some("128")),
            ("", false, false, Some("small letters")),
            ("2_orders", false, false, Some("small letters")),
            ("_orders", false, false, Some("small letters")),
            ("Orders", false, false, Some("small letters")),
            ("shop orders", false, false, Some("small letters")),
            ("bestellungen_größe", false, false, Some("small letters")),
            ("shop:orders", false, false, Some("small letters")),
            ("svrkit_orders", false, false, Some("built in")),
            ("process_orders", false, false, Some("built in")),
            ("shop_orders", true, false, Some("has to end with `_total`")),
            ("shop_orders_total", false, false, Some("only a counter")),
            ("shop_cooking", false, true, Some("by `_seconds`")),
            ("shop_seconds_busy_total", true, true, Some("by `_seconds`")),
            ("shop_cooking_seconds", false, false, Some("no times")),
            ("shop_busy_seconds_total", true, false, Some("no times")),
            ("shop_orders_count", false, false, Some("parts of a histogram")),
            ("shop_orders_sum_total", true, false, Some("parts of a histogram")),
            ("shop_orders_bucket", false, false, Some("parts of a histogram")),
        ] {
            let fault = metric_fault(name, Said { is_counter, is_time });
            assert_eq!(fault.is_some(), expected.is_some(), "{name}: {fault:?}");
            assert!(fault.unwrap_or_default().contains(expected.unwrap_or_default()), "{name}: {fault:?}");
        }
    }

    #[test]
    fn labels_are_words_that_prometheus_does_not_use() {
        for (name, is_fine) in
            [("payment", true), ("le", false), ("quantile", false), ("__name__", false), ("", false)]
        {
            assert_eq!(label_fault(name).is_none(), is_fine, "{name}");
        }
    }
}
