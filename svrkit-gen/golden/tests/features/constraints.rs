//! Constraints: each of them broken and kept, in messages of every shape.

use std::collections::BTreeMap;

use svrkit_golden::schemas::constraints::constraints::reading::Place;
use svrkit_golden::schemas::constraints::constraints::{Reading, Unit};
use svrkit_runtime::{Bytes, Violations};

/// At the edge of every constraint.
fn reading() -> Reading {
    Reading {
        sensor: "s".repeat(16),
        delta: i64::MIN + 1,
        celsius: -273.15,
        samples: vec![f32::MAX],
        raw: Some(Bytes::from_static(b"1234")),
        count: u64::MAX - 1,
        notes: BTreeMap::from([(String::new(), String::new())]),
        place: Some(Place::Room(99)),
        unit: Some(Unit::default()),
        ..Reading::default()
    }
}

#[track_caller]
fn check(set: impl FnOnce(&mut Reading), expected: &[&str]) {
    let mut reading = reading();
    set(&mut reading);
    let expected: Vec<_> = expected.iter().map(|text| format!("Reading.{text}")).collect();
    assert_eq!(Violations::of(&reading).to_string(), expected.join("; "));
}

#[test]
fn each_constraint_is_kept_at_its_edge_and_broken_beyond() {
    check(|_| {}, &[]);
    check(|it| it.sensor.clear(), &["sensor: must be at least 1 byte, is 0"]);
    check(|it| it.sensor.push('x'), &["sensor: must be at most 16 bytes, is 17"]);
    check(
        |it| it.delta = i64::MIN,
        &["delta: must be at least -9223372036854775807, is -9223372036854775808"],
    );
    check(|it| it.delta = -1, &[]);
    check(|it| it.delta = 0, &["delta: must be at most -1, is 0"]);
    check(|it| it.celsius = 1000.5, &[]);
    check(|it| it.celsius = 1000.75, &["celsius: must be at most 1000.5, is 1000.75"]);
    check(|it| it.samples = vec![], &["samples: must have at least 1 item, has 0"]);
    check(|it| it.samples = vec![0.0; 4], &["samples: must have at most 3 items, has 4"]);
    check(|it| it.samples = vec![0.0, f32::INFINITY], &["samples[1]: must be finite"]);
    check(|it| it.raw = None, &["raw: is required"]);
    check(|it| it.raw = Some(Bytes::from_static(b"12345")), &["raw: must be at most 4 bytes, is 5"]);
    check(
        |it| it.count = u64::MAX,
        &["count: must be at most 18446744073709551614, is 18446744073709551615"],
    );
    check(|it| it.notes.clear(), &["notes: must have at least 1 item, has 0"]);
    check(|it| it.place = None, &["place: is required"]);
    check(|it| it.place = Some(Place::Room(100)), &["place.room: must be at most 99, is 100"]);
    check(
        |it| it.place = Some(Place::Street("ab".into())),
        &["place.street: must be at least 3 bytes, is 2"],
    );
    check(|it| it.unit = None, &["unit: is required"]);
}

#[test]
fn what_is_inside_is_checked_as_well() {
    let inside = Reading { delta: 1, ..reading() };
    check(|it| it.previous = Some(Box::new(inside)), &["previous.delta: must be at most -1, is 1"]);
}
