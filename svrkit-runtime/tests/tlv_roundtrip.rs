//! Arbitrary values and arbitrary bytes.

#![allow(clippy::unwrap_used, reason = "a helper of tests that panics fails its test")]

use proptest::collection::vec;
use proptest::prelude::*;
use svrkit_runtime::wire::tlv::{Bytes, DecodeLimits, EncodeBuffer, Records, Tlv, TlvEnum, UnknownFields};

#[derive(Clone, Copy, Debug, PartialEq, Eq, TlvEnum)]
enum Mood {
    #[tlv(0)]
    Unspecified,
    #[tlv(1)]
    Glad,
    #[tlv(-1)]
    Sad,
    #[tlv(unknown)]
    Unknown(i32),
}

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "test.Tree")]
struct Tree {
    #[tlv(1)]
    numbers: Option<Numbers>,
    #[tlv(2)]
    lists: Option<Box<Lists>>,
    #[tlv(3)]
    left: Option<Box<Tree>>,
    #[tlv(20)]
    children: Vec<Tree>,
    #[tlv(18)]
    name: String,
    #[tlv(3000)]
    alias: Option<String>,
    #[tlv(4)]
    blob: Bytes,
    #[tlv(5)]
    owned: Vec<u8>,
    #[tlv(unknown)]
    unknown: UnknownFields,
}

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
struct Numbers {
    #[tlv(1)]
    bool: bool,
    #[tlv(2)]
    u32: u32,
    #[tlv(3000)]
    u64: u64,
    #[tlv(4)]
    i32: i32,
    #[tlv(5)]
    i64: i64,
    #[tlv(6, zigzag)]
    s32: i32,
    #[tlv(7, zigzag)]
    s64: i64,
    #[tlv(8, fixed)]
    fixed32: u32,
    #[tlv(9, fixed)]
    sfixed64: i64,
    #[tlv(10)]
    f32: f32,
    #[tlv(11)]
    f64: f64,
    #[tlv(12)]
    mood: Mood,
    #[tlv(13)]
    maybe_u64: Option<u64>,
    #[tlv(14, zigzag)]
    maybe_s64: Option<i64>,
    #[tlv(15)]
    maybe_mood: Option<Mood>,
}

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
struct Lists {
    #[tlv(1)]
    bools: Vec<bool>,
    #[tlv(2)]
    u64s: Vec<u64>,
    #[tlv(3, unpacked)]
    i32s: Vec<i32>,
    #[tlv(4, zigzag, unpacked)]
    s64s: Vec<i64>,
    #[tlv(5, fixed)]
    fixed32s: Vec<u32>,
    #[tlv(6)]
    f64s: Vec<f64>,
    #[tlv(7)]
    moods: Vec<Mood>,
    #[tlv(8)]
    strings: Vec<String>,
    #[tlv(9)]
    blobs: Vec<Bytes>,
    #[tlv(unknown)]
    unknown: UnknownFields,
}

fn mood() -> impl Strategy<Value = Mood> {
    prop_oneof![-2..4, any::<i32>()].prop_map(Mood::from_number)
}

/// Numbers of all lengths: even chances for each number of bits.
fn u64s() -> impl Strategy<Value = u64> {
    (any::<u64>(), 0..64_u32).prop_map(|(bits, shift)| bits >> shift)
}

fn i64s() -> impl Strategy<Value = i64> {
    (any::<i64>(), 0..64_u32).prop_map(|(bits, shift)| bits >> shift)
}

/// No NaN, which equals nothing, not even itself.
fn f64s() -> impl Strategy<Value = f64> {
    prop_oneof![
        Just(0.0),
        Just(-0.0),
        Just(f64::INFINITY),
        any::<f64>().prop_filter("nan", |it| !it.is_nan())
    ]
}

fn blob() -> impl Strategy<Value = Bytes> {
    prop_oneof![vec(any::<u8>(), 0..200), vec(any::<u8>(), 1020..1030)].prop_map(Bytes::from)
}

/// Records of tags that no type here declares, as they come from a decode.
fn unknown() -> impl Strategy<Value = UnknownFields> {
    #[derive(Debug, Default, Tlv)]
    struct Nothing {
        #[tlv(unknown)]
        unknown: UnknownFields,
    }
    #[derive(Debug, Default, Tlv)]
    struct Later {
        #[tlv(100)]
        number: u64,
        #[tlv(200, fixed)]
        fixed: u32,
        #[tlv(70_000)]
        text: Option<String>,
        #[tlv(536_870_911)]
        float: f64,
    }
    (u64s(), any::<u32>(), any::<Option<String>>(), f64s()).prop_map(|(number, fixed, text, float)| {
        let later = Later { number, fixed, text, float }.encode().unwrap();
        Nothing::decode(&later).unwrap().unknown
    })
}

fn numbers() -> impl Strategy<Value = Numbers> {
    let singular = (any::<bool>(), any::<u32>(), u64s(), i64s(), i64s(), i64s(), i64s(), any::<u32>());
    let others = (i64s(), f64s(), f64s(), mood());
    let optional = (proptest::option::of(u64s()), proptest::option::of(i64s()), proptest::option::of(mood()));
    (singular, others, optional).prop_map(|(singular, others, optional)| Numbers {
        bool: singular.0,
        u32: singular.1,
        u64: singular.2,
        i32: singular.3 as i32,
        i64: singular.4,
        s32: singular.5 as i32,
        s64: singular.6,
        fixed32: singular.7,
        sfixed64: others.0,
        f32: others.1 as f32,
        f64: others.2,
        mood: others.3,
        maybe_u64: optional.0,
        maybe_s64: optional.1,
        maybe_mood: optional.2,
    })
}

fn lists() -> impl Strategy<Value = Lists> {
    let numbers = (
        vec(any::<bool>(), 0..5),
        vec(u64s(), 0..40),
        vec(any::<i32>(), 0..5),
        vec(i64s(), 0..20),
        vec(any::<u32>(), 0..5),
        vec(f64s(), 0..5),
    );
    let others = (vec(mood(), 0..5), vec(any::<String>(), 0..5), vec(blob(), 0..3), unknown());
    (numbers, others).prop_map(|(numbers, others)| Lists {
        bools: numbers.0,
        u64s: numbers.1,
        i32s: numbers.2,
        s64s: numbers.3,
        fixed32s: numbers.4,
        f64s: numbers.5,
        moods: others.0,
        strings: others.1,
        blobs: others.2,
        unknown: others.3,
    })
}

fn leaf() -> impl Strategy<Value = Tree> {
    let messages = (proptest::option::of(numbers()), proptest::option::of(lists().prop_map(Box::new)));
    let others = (any::<String>(), any::<Option<String>>(), blob(), vec(any::<u8>(), 0..300), unknown());
    (messages, others).prop_map(|((numbers, lists), (name, alias, blob, owned, unknown))| Tree {
        numbers,
        lists,
        name,
        alias,
        blob,
        owned,
        unknown,
        ..Tree::default()
    })
}

fn tree() -> impl Strategy<Value = Tree> {
    leaf().prop_recursive(6, 20, 4, |inner| {
        (leaf(), proptest::option::of(inner.clone().prop_map(Box::new)), vec(inner, 0..4))
            .prop_map(|(tree, left, children)| Tree { left, children, ..tree })
    })
}

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
        let whole = Tree { left: Some(Box::new(tree)), ..Tree::default() }.encode().unwrap();
        for cut in 1..whole.len() {
            prop_assert!(Tree::decode(&whole[..cut]).is_err(), "cut at {}", cut);
        }
    }
}
