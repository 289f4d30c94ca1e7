//! Defaults: what an accessor answers for what is absent; the bytes know nothing of them.

use svrkit_golden::schemas::defaults::defaults::{Mood, Settings};
use svrkit_runtime::{Bytes, Tlv};

#[test]
fn what_is_absent_reads_as_its_default() {
    let settings = Settings::default();
    assert_eq!((settings.retries(), settings.delta(), settings.ratio()), (10, i64::MIN, -0.5));
    assert_eq!((settings.is_on(), settings.title()), (true, "a \"`quoted`\" [title]"));
    assert_eq!((settings.blob(), settings.mood()), ("é".as_bytes(), Mood::VeryGlad));
    assert_eq!((settings.clone_(), settings.r#type()), (1e300, u64::MAX));
    assert!(settings.encode().unwrap().is_empty());
    assert_eq!(settings.default_().retries(), 10);
}

#[test]
fn what_is_there_reads_as_it_is_even_if_zero() {
    let settings = Settings {
        retries: Some(0),
        is_on: Some(false),
        title: Some(String::new()),
        blob: Some(Bytes::new()),
        mood: Some(Mood::Unknown(9)),
        ..Settings::default()
    };
    let settings = Settings::decode(&settings.encode().unwrap()).unwrap();
    assert_eq!((settings.retries(), settings.is_on(), settings.title()), (0, false, ""));
    assert_eq!((settings.blob(), settings.mood()), (&b""[..], Mood::Unknown(9)));
}

#[test]
fn an_accessor_hides_nothing_a_message_has() {
    assert_eq!(Settings::default().clone(), Settings::default());
}
