//! Arbitrary values and arbitrary bytes.

#![allow(clippy::unwrap_used, reason = "a helper of tests that panics fails its test")]

mod tree;

use proptest::collection::vec;
use proptest::prelude::*;
use svrkit_runtime::wire::tlv::{Bytes, DecodeLimits, EncodeBuffer, Records, Tlv, UnknownFields, Violations};

use tree::{Tree, leaf, tree};

/// Bytes that are nearly a message: a good one, changed in some places.
fn nearly() -> impl Strategy<Value = Vec<u8>> {
    let changes = vec((any::<prop::sample::Index>(), any::<u8>()), 0..8);
    (tree(), changes).prop_map(|(tree, changes)| {
        let mut bytes = tree.encode().unwrap();
        for (index, byte) in changes {
            if !bytes.is_empty() {
                let at = index.index(bytes.len());
                bytes[at] = byte;
            }
        }
        bytes
    })
}

/// Whatever `bytes` are, reading them is orderly, and what was read is written so that it reads the same.
fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    let small = DecodeLimits { memory: 4096, depth: 4 };
    let _ = Tree::decode_with(bytes, &small);
    let _ = Records::new(bytes).count();
    let decoded = Tree::decode(bytes);
    let shared = Tree::decode_shared(&Bytes::copy_from_slice(bytes), &DecodeLimits::default());
    match (&decoded, &shared) {
        (Ok(decoded), Ok(shared)) => {
            // Whatever was read can be checked.
            let violations = Violations::of(decoded);
            prop_assert_eq!(violations.is_empty(), violations.to_string().is_empty());
            let written = decoded.encode().unwrap();
            // By bytes, since a NaN may be in it.
            prop_assert_eq!(&shared.encode().unwrap(), &written);
            let again = Tree::decode(&written).unwrap();
            prop_assert_eq!(again.encode().unwrap(), written);
        }
        (Err(decoded), Err(shared)) => {
            prop_assert_eq!(decoded, shared);
            prop_assert!(decoded.offset() <= bytes.len());
            prop_assert!(!decoded.to_string().contains('\n'));
        }
        _ => prop_assert!(false, "copied {:?}, shared {:?}", decoded, shared),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_the_same(tree in tree()) {
        let bytes = tree.encode().unwrap();
        prop_assert_eq!(&Tree::decode(&bytes).unwrap(), &tree);
        prop_assert_eq!(&Tree::decode_shared(&Bytes::from(bytes), &DecodeLimits::default()).unwrap(), &tree);
    }

    #[test]
    fn a_kept_buffer_writes_the_same_as_a_new_one(trees in vec(tree(), 1..4), headroom in 0..40_usize) {
        let mut buffer = EncodeBuffer::default();
        for tree in trees {
            let bytes = buffer.encode_with_headroom(&tree, headroom).unwrap();
            prop_assert_eq!(&bytes[headroom..], tree.encode().unwrap());
        }
    }

    #[test]
    fn a_type_that_knows_nothing_sends_everything_on(tree in tree()) {
        #[derive(Debug, Default, Tlv)]
        struct Nothing {
            #[tlv(unknown)]
            unknown: UnknownFields,
        }
        let bytes = tree.encode().unwrap();
        let nothing = Nothing::decode(&bytes).unwrap();
        prop_assert_eq!(nothing.unknown.as_bytes(), &bytes);
        prop_assert_eq!(nothing.encode().unwrap(), bytes);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..300)) {
        check(&bytes)?;
    }

    #[test]
    fn nearly_good_bytes_are_read_or_refused(bytes in nearly()) {
        check(&bytes)?;
    }
}

proptest! {
    // Each case reads the message once for each of its bytes.
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_message_cut_anywhere_is_read_or_refused(tree in leaf()) {
        let bytes = tree.encode().unwrap();
        for cut in 0..bytes.len() {
            check(&bytes[..cut])?;
        }
    }

    #[test]
    fn one_record_cut_anywhere_is_refused(tree in leaf()) {
        let whole = Tree::around(tree).encode().unwrap();
        for cut in 1..whole.len() {
            prop_assert!(Tree::decode(&whole[..cut]).is_err(), "cut at {}", cut);
        }
    }
}
