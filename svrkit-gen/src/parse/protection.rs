//! What a method does as load rises, and how much of a server it may take.
//!
//! As `value`: each function reads one attribute, and `None` means that it could not be read and that this was
//! reported. Whether the parts go together is for `check`.

use super::attributes::Attribute;
use super::element::Element;
use super::syntax::{Per, Protection, Rate, Tier};
use super::vocabulary::TIERS;
use super::{Context, duration, value};
use crate::diagnostic::Spanned;
use crate::limits::{HANDLERS_MAX, RATE_MAX};

/// Between the rate and how many may come at once.
const BURST: &str = " burst ";

pub(super) fn protection(element: &Element<'_>, context: &mut Context<'_>) -> Protection {
    let degraded_from = element.attribute("degraded-from").and_then(|it| tier(it, context));
    let refused_from = element.attribute("refused-from").and_then(|it| tier(it, context));
    let method_rate = element.attribute("rate").and_then(|it| rate(it, context));
    let caller_rate = element.attribute("caller-rate").and_then(|it| rate(it, context));
    let running_max = element.attribute("running-max").and_then(|it| handlers(it, context));
    let reserve = element.attribute("reserve").and_then(|it| handlers(it, context));
    let last_good_ms = element.attribute("last-good").and_then(|it| {
        let value = duration::duration_ms(it, context)?;
        Some(Spanned { value, span: it.span })
    });
    Protection {
        degraded_from,
        refused_from,
        rate: method_rate,
        caller_rate,
        running_max,
        reserve,
        last_good_ms,
    }
}

/// `busy`, `high` or `critical`.
fn tier(attribute: &Attribute<'_>, context: &mut Context<'_>) -> Option<Spanned<Tier>> {
    const WORDS: [&str; 3] = [TIERS[0].0, TIERS[1].0, TIERS[2].0];
    let word = value::one_of(attribute, &WORDS, context)?;
    let (_, tier) = TIERS.iter().find(|(known, _)| *known == word)?;
    Some(Spanned { value: *tier, span: attribute.span })
}

/// So many handlers.
pub(super) fn handlers(attribute: &Attribute<'_>, context: &mut Context<'_>) -> Option<Spanned<u32>> {
    let count = number(&attribute.value, HANDLERS_MAX);
    if count.is_none() {
        let expected = format!("a number of handlers from 1 to {HANDLERS_MAX} (HANDLERS_MAX)");
        context.bad_value(attribute.value_span, &attribute.value, &expected);
    }
    count.map(|value| Spanned { value, span: attribute.span })
}

/// `1000/s`, `30/min`, `1000/s burst 50`.
pub(super) fn rate(attribute: &Attribute<'_>, context: &mut Context<'_>) -> Option<Spanned<Rate>> {
    let text = &*attribute.value;
    let Some(value) = read(text) else {
        let expected = format!(
            "a rate of 1 to {RATE_MAX} calls (RATE_MAX), such as `1000/s`, `30/min` or `1000/s burst 50`"
        );
        let meant = meant(text).map(|meant| format!("write `{meant}`"));
        context.bad_value_with(attribute.value_span, text, &expected, meant);
        return None;
    };
    Some(Spanned { value, span: attribute.span })
}

fn read(text: &str) -> Option<Rate> {
    let (rate, burst) = match text.split_once(BURST) {
        Some((rate, burst)) => (rate, Some(number(burst, RATE_MAX)?)),
        None => (text, None),
    };
    let (calls, per) = match rate.split_once('/')? {
        (calls, "s") => (calls, Per::Second),
        (calls, "min") => (calls, Per::Minute),
        _ => return None,
    };
    Some(Rate { calls: number(calls, RATE_MAX)?, per, burst })
}

/// Digits, more than none and at most `max`.
fn number(digits: &str, max: u32) -> Option<u32> {
    let is_plain = digits.bytes().all(|it| it.is_ascii_digit());
    digits.parse().ok().filter(|number| is_plain && (1..=max).contains(number))
}

/// A rate in words of others as it is written here: `1000/s` for `1000 qps`, `20/min` for `20 per minute`.
fn meant(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    let (rate, burst) = text.split_once("burst").map_or((&*text, None), |(rate, burst)| (rate, Some(burst)));
    let rate = rate.trim();
    let (calls, unit) = rate.split_at(rate.find(|it: char| !it.is_ascii_digit()).unwrap_or(rate.len()));
    let unit = match unit.trim().trim_start_matches(['/', ' ']).trim_start_matches("per ") {
        "s" | "sec" | "second" | "qps" | "rps" => "s",
        "m" | "min" | "minute" | "qpm" | "rpm" => "min",
        _ => return None,
    };
    let burst = burst.map(|burst| format!("{BURST}{}", burst.trim_matches([' ', '=', ':', ','])));
    let meant = format!("{calls}/{unit}{}", burst.unwrap_or_default());
    read(&meant).map(|_| meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_calls_in_a_second_or_a_minute() {
        let rate = |calls, per, burst| Some(Rate { calls, per, burst });
        for (text, expected) in [
            ("1000/s", rate(1_000, Per::Second, None)),
            ("30/min", rate(30, Per::Minute, None)),
            ("1/s burst 50", rate(1, Per::Second, Some(50))),
            ("1000000000/s", rate(RATE_MAX, Per::Second, None)),
            ("1000000001/s", None),
            ("1/s burst 1000000001", None),
            ("0/s", None),
            ("1/s burst 0", None),
            ("1/s burst", None),
            ("1/s  burst 5", None),
            ("+1/s", None),
            ("1.5/s", None),
            ("1/ms", None),
            ("/s", None),
            ("1000", None),
            ("", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
            if let Some(rate) = expected {
                assert_eq!(rate.to_string(), text);
            }
        }
    }

    #[test]
    fn a_rate_in_other_words_is_said_in_ours() {
        for (text, expected) in [
            ("1000 qps", Some("1000/s")),
            ("20 / sec", Some("20/s")),
            ("20 per minute", Some("20/min")),
            ("5/S", Some("5/s")),
            ("5/s, burst=9", None),
            ("5/s burst=9", Some("5/s burst 9")),
            ("5/h", None),
            ("0/s", None),
            ("99999999999 rps", None),
            ("many", None),
        ] {
            assert_eq!(meant(text).as_deref(), expected, "{text}");
        }
    }
}
