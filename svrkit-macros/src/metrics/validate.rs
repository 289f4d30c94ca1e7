//! The rules of metrics. Each fault stands at the token that is wrong.

use std::collections::BTreeMap;

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Ident, LitStr};

use super::instrument::{Instrument, Kind, Unit};
use super::parse::{Draft, DraftField};
use super::{Field, Metrics};
use crate::faults::Faults;
use crate::hint;
use crate::metric_name::{Said, metric_fault};

/// What is sound of `draft`; the rest is in `faults`.
pub(super) fn metrics<'a>(draft: &Draft<'a>, faults: &mut Faults) -> Metrics<'a> {
    let prefix = prefix(draft, faults);
    let mut first_use: BTreeMap<String, &Ident> = BTreeMap::new();
    let mut fields = Vec::new();
    for field in &draft.fields {
        let DraftField { ident, ty, help, .. } = field;
        if help.is_empty() {
            let text = format!("nobody knows what `{ident}` counts: write it above it, as its documentation");
            faults.at(ident.span(), text);
        }
        let Some(instrument) = Instrument::of(ty) else {
            let text = "a metric is a `Counter`, a `Gauge`, a `Distribution`, or a `Family` of one of them: `Family<Labels, Counter>`";
            faults.at(ty.span(), text);
            continue;
        };
        let unit = unit(field, instrument, faults);
        let Some(prefix) = &prefix else { continue };
        let word = field.name.as_ref().map_or_else(|| ident.unraw().to_string(), LitStr::value);
        let name = full_name(prefix, &word, instrument, unit);
        let place = field.name.as_ref().map_or_else(|| ident.span(), LitStr::span);
        let said = Said { is_counter: instrument.kind == Kind::Counter, is_time: instrument.is_time };
        if let Some(fault) = metric_fault(&name, said) {
            faults.at(place, format_args!("the metric's name `{name}` {fault}"));
        }
        if let Some(first) = first_use.insert(name.clone(), ident) {
            faults.at(place, format_args!("two metrics are called `{name}`, `{first}` is already"));
        }
        fields.push(Field { ident, ty, name, unit, help: help.clone() });
    }
    Metrics { ident: draft.ident, fields }
}

/// What the names of all begin with. `None`: nobody says it, or nothing can, and there is no more to say of each name.
fn prefix(draft: &Draft<'_>, faults: &mut Faults) -> Option<String> {
    let Some(prefix) = &draft.prefix else {
        if !draft.is_broken {
            let text = "the names of metrics begin with the program's: write `#[metric(prefix = \"…\")]`, as in `prefix = \"shop\"`";
            faults.at(draft.ident.span(), text);
        }
        return None;
    };
    // Judged as a name is, with what makes a whole one of it.
    let text = prefix.value();
    let said = Said { is_counter: false, is_time: false };
    match metric_fault(&format!("{text}_any"), said) {
        None => Some(text),
        Some(fault) => {
            faults.at(prefix.span(), format_args!("the metric's name `{text}_…` {fault}"));
            None
        }
    }
}

fn unit(field: &DraftField<'_>, instrument: Instrument, faults: &mut Faults) -> Unit {
    let own = if instrument.is_time { Unit::Seconds } else { Unit::None };
    let Some(unit) = &field.unit else { return own };
    let mut refuse = |place: Span, text: &str| {
        faults.at(place, text);
        own
    };
    match (unit.value().as_str(), instrument.is_time) {
        ("bytes", false) => Unit::Bytes,
        ("bytes", true) => refuse(unit.span(), "a `Duration` is no number of bytes"),
        ("seconds", true) => Unit::Seconds,
        ("seconds", false) => {
            let text =
                "what is told in seconds is a `Duration`: `Distribution<Duration>`, `Counter<Duration>`";
            refuse(unit.span(), text)
        }
        (other, _) => refuse(unit.span(), &hint::hint(other, &["bytes", "seconds"])),
    }
}

/// The prefix, the word, the unit and, of counters, `_total`, each where it is not there already.
fn full_name(prefix: &str, word: &str, instrument: Instrument, unit: Unit) -> String {
    let is_counter = instrument.kind == Kind::Counter;
    let stem = if is_counter { word.strip_suffix("_total").unwrap_or(word) } else { word };
    let stem = stem.strip_suffix(unit.suffix()).unwrap_or(stem);
    let end = if is_counter { "_total" } else { "" };
    format!("{prefix}_{stem}{}{end}", unit.suffix())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_their_unit_and_type_once() {
        let counter = Instrument { kind: Kind::Counter, is_time: false };
        let distribution = Instrument { kind: Kind::Distribution, is_time: true };
        for (word, instrument, unit, expected) in [
            ("placed", counter, Unit::None, "shop_placed_total"),
            ("placed_total", counter, Unit::None, "shop_placed_total"),
            ("sent", counter, Unit::Bytes, "shop_sent_bytes_total"),
            ("sent_bytes", counter, Unit::Bytes, "shop_sent_bytes_total"),
            ("sent_bytes_total", counter, Unit::Bytes, "shop_sent_bytes_total"),
            ("cooking", distribution, Unit::Seconds, "shop_cooking_seconds"),
            ("cooking_seconds", distribution, Unit::Seconds, "shop_cooking_seconds"),
        ] {
            assert_eq!(full_name("shop", word, instrument, unit), expected, "{word}");
        }
    }
}
