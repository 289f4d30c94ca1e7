//! Sensitive fields: there, but not for eyes.

use std::collections::BTreeMap;

use svrkit_golden::schemas::sensitive::sensitive::Card;
use svrkit_golden::schemas::sensitive::sensitive::card::Proof;
use svrkit_runtime::{Bytes, Tlv, Violations};

use super::check_round_trip;

fn card() -> Card {
    Card {
        holder: "Ada".into(),
        number: "4000000000001".into(),
        codes: vec![777],
        answers: BTreeMap::from([("cat".into(), "Schnurr".into())]),
        proof: Some(Proof::Pin(9876)),
        r#type: 3,
        ..Card::default()
    }
}

#[test]
fn what_is_sensitive_is_not_shown() {
    check_round_trip(&card());
    let shown = format!("{:?}", card());
    assert_eq!(
        shown,
        "Card { holder: \"Ada\", number: <redacted>, codes: <redacted>, answers: <redacted>, \
         proof: Some(Pin(<redacted>)), type: 3, unknown: UnknownFields[] }"
    );
    let signed = Proof::Signature(Bytes::from_static(b"x"));
    assert_eq!(format!("{signed:?}"), "Signature(b\"x\")");
}

#[test]
fn the_shape_says_what_is_sensitive() {
    let sensitive: Vec<_> =
        Card::SHAPE.fields.iter().filter(|field| field.sensitive).map(|it| it.tag).collect();
    assert_eq!(sensitive, [2, 3, 4]);
    let members = Card::SHAPE.oneofs[0].members;
    assert_eq!(members.iter().map(|member| member.sensitive).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn a_constraint_does_not_tell_what_is_sensitive() {
    let text = Violations::of(&Card { number: "4000".into(), ..card() }).to_string();
    assert_eq!(text, "Card.number: must be at least 12 bytes");
}
