//! What we write is what Google writes, byte for byte, and what Google writes is what we meant.

use svrkit_conformance::google::{Implementation, Operation};
use svrkit_conformance::{CASES, Source};

use crate::support::{google, hex, messages};

/// Messages in all.
const MESSAGES: usize = 10_000;

#[test]
fn random_messages_of_every_type_have_the_bytes_that_google_gives_them() {
    let Some(mut google) = google(Implementation::Upb, "the comparison of bytes with Google's") else {
        return;
    };
    for case in CASES {
        let ours = messages(case, Source::new(1), MESSAGES.div_ceil(CASES.len()));
        let theirs = google.ask(Operation::Rewrite, case.name, &ours).unwrap();
        for (ours, theirs) in ours.iter().zip(theirs) {
            let theirs = theirs.unwrap_or_else(|fault| panic!("{}: {fault}: {}", case.name, hex(ours)));
            assert!((case.same_to_us)(ours, &theirs), "{}: not what was encoded: {}", case.name, hex(ours));
            // upb has an order of its own; the next test is about that of the others.
            let theirs = if case.has_maps { (case.rewrite)(&theirs).unwrap() } else { theirs };
            assert!(*ours == theirs, "{}: we: {}\n  Google: {}", case.name, hex(ours), hex(&theirs));
        }
    }
}

#[test]
fn maps_have_the_order_that_google_gives_them() {
    let Some(mut google) = google(Implementation::Python, "the comparison of maps with Google's") else {
        return;
    };
    let with_maps: Vec<_> = CASES.iter().filter(|case| case.has_maps).collect();
    for case in &with_maps {
        let ours = messages(case, Source::new(1).with_one_nan(), MESSAGES / CASES.len());
        let theirs = google.ask(Operation::Rewrite, case.name, &ours).unwrap();
        for (ours, theirs) in ours.iter().zip(theirs) {
            let theirs = theirs.unwrap_or_else(|fault| panic!("{}: {fault}: {}", case.name, hex(ours)));
            assert!(*ours == theirs, "{}: we: {}\n  Google: {}", case.name, hex(ours), hex(&theirs));
        }
    }
}

#[test]
fn what_is_random_is_not_empty() {
    for case in CASES.iter().filter(|case| case.name != "google.protobuf.Empty") {
        let messages = messages(case, Source::new(1), 100);
        let filled = messages.iter().filter(|message| !message.is_empty()).count();
        assert!(40 < filled, "{}: {filled} of 100", case.name);
    }
}
