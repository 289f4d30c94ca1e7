//! Names that are taken in Rust: they mean what the schema says, and harm nobody.

use svrkit_golden::schemas::prelude::prelude as p;
use svrkit_runtime::Tlv;

use super::check_round_trip;

#[test]
fn messages_of_taken_names_are_messages() {
    let result = p::Result { result: Some(p::result::Result::Err(p::Box::default())), ..Default::default() };
    check_round_trip(&p::Option { some: Some(result), clone: Some(Box::default()), ..Default::default() });
    check_round_trip(&p::Vec { vec: vec![1, 2], ..Default::default() });
    check_round_trip(&p::Self_ { encode: Some(Box::default()), ..Default::default() });
    assert_eq!(p::String::default().string(), "str");
}

#[test]
fn accessors_leave_free_what_a_message_has_by_itself() {
    let option = p::Option::default();
    assert_eq!(option.clone().clone_(), &p::Option::default());
    assert_eq!(p::Self_::default().encode().unwrap(), [0_u8; 0]);
    assert_eq!(p::Self_::default().encode_(), &p::Self_::default());
    assert_eq!(p::Debug::default().fmt_().eq_(), &p::Debug::default());
    assert_eq!(
        format!("{:?}", p::Default::default().default_()),
        "Default { default: <redacted>, unknown: UnknownFields[] }"
    );
}

#[test]
fn variants_of_taken_names_are_variants() {
    assert_eq!((p::Eq::default(), p::Copy::default()), (p::Eq::None, p::Copy::Error));
    assert_ne!(p::Copy::Self_, p::Copy::Default);
    assert_eq!(p::Error::Error.to_string(), "ERROR");
    assert_eq!(p::Error::Name.clone(), p::Error::Name);
}
