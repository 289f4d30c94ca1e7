//! What is set of single methods: `method.shop.Orders.Place.rate`, in a file `[method."shop.Orders.Place"]`.
//!
//! Which methods there are is known where they are served, so that any name is taken here, and a server refuses what says something of a method that it has not. The
//! environment has no variables for them: names of methods have capitals and dots.

use std::time::Duration;

use super::key::Key;
use crate::admission::{
    CALLER_RATE, DEGRADED_FROM, HANDLERS_MAX, LAST_GOOD, LAST_GOOD_MAX, RATE, REFUSED_FROM, RESERVE,
    RUNNING_MAX, TIERS,
};

/// The table of a file that methods stand in.
const TABLE: &str = "method";

/// The key of what is set of a method by this name, if that is one. Its name is kept for as long as the process lives: a configuration is read when that starts.
pub(super) fn key(name: &str) -> Option<Key> {
    let (_, word) = parts(name)?;
    let make = MAKERS.iter().find(|(maker, _)| *maker == word)?.1;
    Some(make(Box::leak(name.to_owned().into_boxed_str())))
}

/// The method's name and the word for what is set of it.
pub(super) fn parts(name: &str) -> Option<(&str, &str)> {
    let (method, word) = inside(name)?.rsplit_once('.')?;
    (!method.is_empty()).then_some((method, word))
}

/// Whether a table of this name may hold what is set of methods.
#[cfg(feature = "toml")]
pub(super) fn is_table(name: &str) -> bool {
    name == TABLE || inside(name).is_some()
}

fn inside(name: &str) -> Option<&str> {
    name.strip_prefix(TABLE)?.strip_prefix('.')
}

type Make = fn(&'static str) -> Key;

const MAKERS: [(&str, Make); 7] = [
    (RATE, |name| {
        Key::rate(
            name,
            "how often a server takes calls of the method: `1000/s`, `30/min`, `1000/s burst 50`.",
        )
    }),
    (CALLER_RATE, |name| Key::rate(name, "how often a server takes calls of the method from one caller.")),
    (RUNNING_MAX, |name| {
        let doc = "how many calls of the method a server has at once at most, those that wait included; 0: as many as of all methods.";
        Key::count(name, doc, 0..=HANDLERS_MAX.into())
    }),
    (RESERVE, |name| {
        let doc = "how many places among a server's handlers no other method can take.";
        Key::count(name, doc, 0..=HANDLERS_MAX.into())
    }),
    (DEGRADED_FROM, |name| {
        let doc = "the tier of load from which on the method's second handler answers, where its schema gives it one.";
        Key::choice(name, doc, &TIERS)
    }),
    (REFUSED_FROM, |name| {
        Key::choice(name, "the tier of load from which on calls of the method are refused.", &TIERS)
    }),
    (LAST_GOOD, |name| {
        let doc = "how old an answer may be that callers of the method take again in the place of a refusal for load, where their schema has them keep any; 0s: refusals wish for none.";
        Key::duration(name, doc, Duration::ZERO..=LAST_GOOD_MAX)
    }),
];

/// The keys, with `*` for the name of a method.
pub(crate) fn keys() -> Vec<Key> {
    let names = [
        "method.*.rate",
        "method.*.caller_rate",
        "method.*.running_max",
        "method.*.reserve",
        "method.*.degraded_from",
        "method.*.refused_from",
        "method.*.last_good",
    ];
    MAKERS.iter().zip(names).map(|((_, make), name)| make(name)).collect()
}
