//! Our JSON is what Google's `json_format` writes, each reads what the other writes, and both refuse the same.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value;
use svrkit_conformance::google::{Answer, Google, Implementation, Operation};
use svrkit_conformance::{CASES, Case, SCHEMAS, Source};
use svrkit_reflect::{Pool, json};

use crate::support::{google, hex, messages};

/// Messages in all.
const MESSAGES: usize = 10_000;

const WHAT: &str = "the comparison of JSON with Google's";

/// Random messages of one kind, their JSON by us, and the same by Google.
struct Written {
    case: &'static Case,
    messages: Vec<Vec<u8>>,
    ours: Vec<Result<String, String>>,
    theirs: Vec<Answer>,
}

/// Those of every kind, made once.
fn written(pool: &Pool, google: &mut Google) -> &'static [Written] {
    static WRITTEN: OnceLock<Vec<Written>> = OnceLock::new();
    let options = json::Options::default();
    let of = |case: &'static Case| {
        // JSON has one NaN.
        let messages = messages(case, Source::new(6).with_one_nan(), MESSAGES.div_ceil(CASES.len()));
        let write =
            |bytes| json::write(pool, case.own_name, bytes, &options).map_err(|error| error.to_string());
        let ours = messages.iter().map(|bytes| write(bytes)).collect();
        let theirs = google.ask(Operation::ToJson, case.name, &messages).unwrap();
        Written { case, messages, ours, theirs }
    };
    WRITTEN.get_or_init(|| CASES.iter().map(of).collect())
}

#[test]
fn random_messages_of_every_type_have_the_json_that_google_gives_them() {
    let Some(mut google) = google(Implementation::Upb, WHAT) else { return };
    let pool = Pool::from_bytes(SCHEMAS).unwrap();
    let mut refused = 0;
    let mut faults = Faults::default();
    for Written { case, messages, ours, theirs } in written(&pool, &mut google) {
        for ((bytes, ours), theirs) in messages.iter().zip(ours).zip(theirs) {
            if let (Ok(ours), Ok(theirs)) = (ours, theirs)
                && !case.has_maps
                && !HOLDS_FLOATS.contains(&case.name)
                && *ours != String::from_utf8_lossy(theirs).replace(PREFIXES[0].1, "")
            {
                faults.push(case, bytes, format!("the texts differ: {ours}"));
            }
            let theirs = theirs.as_ref().map(|theirs| own_names(serde_json::from_slice(theirs).unwrap()));
            match (ours, &theirs) {
                (Ok(ours), Ok(theirs)) if is_same(&ours.parse().unwrap(), theirs) => {}
                (Err(_), Err(_)) => refused += 1,
                _ => faults.push(case, bytes, format!("we write {ours:?}\nGoogle {theirs:?}")),
            }
        }
    }
    faults.check();
    // Points in time that are none, and the like.
    assert!((MESSAGES / 100..MESSAGES / 2).contains(&refused), "{refused} were refused");
}

#[test]
fn everybody_reads_what_everybody_writes_as_what_was_meant() {
    let Some(mut google) = google(Implementation::Upb, WHAT) else { return };
    let pool = Pool::from_bytes(SCHEMAS).unwrap();
    let options = json::Options::default();
    let mut faults = Faults::default();
    for Written { case, messages, ours, theirs } in written(&pool, &mut google) {
        let written = messages.iter().zip(ours).zip(theirs);
        let written: Vec<_> = written
            .filter_map(|((bytes, ours), theirs)| Some((bytes, ours.as_ref().ok()?, theirs.as_ref().ok()?)))
            .collect();
        let mut read_by_google = |texts: Vec<Vec<u8>>| {
            let read = google.ask(Operation::FromJson, case.name, &texts).unwrap();
            // The order of maps is another test's.
            read.into_iter().map(|read| read.map(|bytes| (case.rewrite)(&bytes).unwrap())).collect::<Vec<_>>()
        };
        let of_ours =
            read_by_google(written.iter().map(|(_, ours, _)| names_of_protobuf(ours).into()).collect());
        let of_theirs = read_by_google(written.iter().map(|(.., theirs)| theirs.to_vec()).collect());
        for (((bytes, ours, theirs), of_ours), of_theirs) in written.iter().zip(of_ours).zip(of_theirs) {
            let theirs = own_names(serde_json::from_slice(theirs).unwrap()).to_string();
            let [own, others] = [ours, &theirs].map(|text| json::read(&pool, case.own_name, text, &options));
            let is_read_by_us = matches!((&own, &others), (Ok(own), Ok(others)) if own == others
                && (own == *bytes || HOLDS_VALUES.contains(&case.name)));
            let is_read_by_google = match (&of_ours, &of_theirs) {
                (Ok(of_ours), Ok(of_theirs)) => of_ours == of_theirs && own.as_ref() == Ok(of_ours),
                // It does not read what it writes of the greatest `f32`.
                (Err(of_ours), Err(of_theirs)) => {
                    [of_ours, of_theirs].iter().all(|fault| fault.contains("Float value too"))
                }
                _ => false,
            };
            if !is_read_by_us || !is_read_by_google {
                let text = format!(
                    "of our {ours}\n  we read {own:x?}\n  Google {of_ours:x?}\nof Google's {theirs}\n  we read {others:x?}\n  Google {of_theirs:x?}"
                );
                faults.push(case, bytes, text);
            }
        }
    }
    faults.check();
}

/// A `Value` that holds nothing is `null` in JSON, and so is one that holds null: of both comes the second.
/// A number that `NullValue` does not have is `null` as well.
const HOLDS_VALUES: [&str; 4] = [
    "google.protobuf.Struct",
    "google.protobuf.Value",
    "google.protobuf.ListValue",
    "conformance.every.Types",
];

/// The shortest difference of each kind of message.
#[derive(Default)]
struct Faults(BTreeMap<&'static str, (usize, String)>);

impl Faults {
    fn push(&mut self, case: &Case, bytes: &[u8], text: String) {
        let text = format!("{}: {}\n{text}", case.name, hex(bytes));
        let shortest = self.0.entry(case.name).or_insert((usize::MAX, String::new()));
        if bytes.len() < shortest.0 {
            *shortest = (bytes.len(), text);
        }
    }

    #[track_caller]
    fn check(&self) {
        let texts: Vec<_> = self.0.values().map(|(_, text)| text.as_str()).collect();
        assert!(texts.is_empty(), "{}", texts.join("\n\n"));
    }
}

/// Of these the text has numbers with a fraction, of which each library has a spelling: `1e300` is `1e+300` in Python.
const HOLDS_FLOATS: [&str; 11] = [
    "google.protobuf.Any",
    "google.protobuf.FloatValue",
    "google.protobuf.DoubleValue",
    "conformance.every.Plain",
    "conformance.every.Optionals",
    "conformance.every.Lists",
    "conformance.every.Unpacked",
    "conformance.every.Choice",
    "conformance.every.Order",
    "courier.parcels.Address",
    "courier.parcels.Position",
];

/// The same values. How many digits of a number are written is left to the libraries: that none is missing shows when it
/// is read.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            let (one, other) = (one.as_f64().unwrap(), other.as_f64().unwrap());
            one == other || one as f32 == other as f32
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let has_same = |(name, one)| other.get(name).is_some_and(|other| is_same(one, other));
            one.len() == other.len() && one.iter().all(has_same)
        }
        _ => one == other,
    }
}

/// The enums of the tour by the fields that hold them. In protobuf their values have a prefix, in JSON too.
const PREFIXES: [(&str, &str); 2] = [("stage", "STAGE_"), ("handling", "HANDLING_")];

/// JSON of Google with the values of enums as we call them.
fn own_names(mut json: Value) -> Value {
    rename(&mut json, &|prefix, name| name.strip_prefix(prefix).unwrap_or(name).to_owned());
    json
}

/// Our JSON with the values of enums as protobuf calls them.
fn names_of_protobuf(json: &str) -> String {
    let mut json = json.parse().unwrap();
    rename(&mut json, &|prefix, name| format!("{prefix}{name}"));
    json.to_string()
}

fn rename(json: &mut Value, renamed: &dyn Fn(&str, &str) -> String) {
    match json {
        Value::Object(members) => {
            for (member, value) in members {
                let prefix = PREFIXES.iter().find(|(field, _)| field == member).map(|(_, prefix)| *prefix);
                match (prefix, value) {
                    (Some(prefix), Value::String(name)) => *name = renamed(prefix, name),
                    (Some(prefix), Value::Array(names)) => {
                        for name in names {
                            if let Value::String(name) = name {
                                *name = renamed(prefix, name);
                            }
                        }
                    }
                    (_, value) => rename(value, renamed),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, renamed)),
        _ => {}
    }
}
