//! prost reads what we mean, and writes what we write but for what is listed here.

use svrkit_conformance::{CASES, Case, Source};

use crate::support::{hex, messages};

/// Messages in all.
const MESSAGES: usize = 10_000;

/// prost writes a oneof where its first member stands, and not where the tag that is set belongs.
const ONEOF_AMONG_OTHERS: [&str; 1] = ["conformance.every.Order"];

#[test]
fn prost_reads_the_values_that_were_encoded() {
    for case in CASES {
        for message in messages(case, Source::new(2), MESSAGES.div_ceil(CASES.len())) {
            assert!((case.same_values)(&message, &message), "{}: {}", case.name, hex(&message));
        }
    }
}

#[test]
fn prost_writes_the_same_bytes_but_for_listed_differences_which_mean_the_same() {
    let mut differing = Vec::new();
    for case in CASES {
        let mut differs = false;
        let source = Source::new(3).without_negative_zero();
        for message in messages(case, source, MESSAGES.div_ceil(CASES.len())) {
            let theirs = (case.rewrite_by_prost)(&message).unwrap();
            differs |= theirs != message;
            let rewritten = (case.rewrite)(&theirs).unwrap();
            assert!(rewritten == message, "{}: we: {}\n  prost: {}", case.name, hex(&message), hex(&theirs));
        }
        if differs {
            differing.push(case.name);
        }
    }
    // In the entries of maps prost leaves out what is zero.
    let is_listed = |case: &&Case| case.has_maps || ONEOF_AMONG_OTHERS.contains(&case.name);
    assert_eq!(differing, CASES.iter().filter(is_listed).map(|case| case.name).collect::<Vec<_>>());
}

/// What prost makes of bytes that we and Google leave as they are.
#[test]
fn each_difference_is_the_one_that_is_listed() {
    for (what, name, bytes, theirs) in [
        (
            "an entry that is zero",
            "conformance.every.Keys",
            &b"\x22\x04\x08\x00\x12\x00"[..],
            &b"\x22\x00"[..],
        ),
        ("a float that is -0.0", "courier.parcels.Parcel", b"\x65\x00\x00\x00\x80", b""),
        (
            "a oneof among other fields",
            "conformance.every.Order",
            b"\xa5\x01\x01\x00\x00\x00\xf0\x01\x05",
            b"\xf0\x01\x05\xa5\x01\x01\x00\x00\x00",
        ),
        ("an unknown field", "conformance.every.Inner", b"\x18\x01", b""),
    ] {
        let case = CASES.iter().find(|case| case.name == name).unwrap();
        assert_eq!((case.rewrite)(bytes).unwrap(), bytes, "{what}");
        assert_eq!((case.rewrite_by_prost)(bytes).unwrap(), theirs, "{what}");
    }
}
