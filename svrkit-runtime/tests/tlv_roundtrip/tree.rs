//! A message that holds everything there is, and arbitrary values of it.
//!
//! Strategies of messages are boxed: values of values would stand inside one another on the stack.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, DefaultHasher};

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use svrkit_runtime::wire::tlv::{Bytes, Tlv, TlvEnum, TlvOneof, UnknownFields};

/// The same for every map, so that a map read twice is written twice in one order.
type Hasher = BuildHasherDefault<DefaultHasher>;

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
pub(crate) struct Tree {
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
    #[tlv(6)]
    maps: Option<Box<Maps>>,
    #[tlv(oneof(7, 8, 19, 21))]
    choice: Option<Choice>,
    #[tlv(unknown)]
    unknown: UnknownFields,
}

impl Tree {
    /// A tree whose only record is `left`.
    pub(crate) fn around(left: Tree) -> Self {
        Self { left: Some(Box::new(left)), ..Self::default() }
    }
}

#[derive(Clone, Debug, PartialEq, TlvOneof)]
enum Choice {
    #[tlv(7, zigzag, min = -5, max = 5)]
    Number(i64),
    #[tlv(8, max_len = 3)]
    Text(String),
    #[tlv(19)]
    Tree(Box<Tree>),
    #[tlv(21)]
    Mood(Mood),
}

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
struct Maps {
    #[tlv(1, max_items = 2)]
    texts: BTreeMap<String, Bytes>,
    #[tlv(2, key = zigzag, value = fixed)]
    numbers: BTreeMap<i64, u32>,
    #[tlv(3)]
    trees: BTreeMap<u32, Tree>,
    #[tlv(4)]
    hashed: HashMap<bool, Box<Numbers>, Hasher>,
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

fn numbers() -> BoxedStrategy<Numbers> {
    let singular = (any::<bool>(), any::<u32>(), u64s(), i64s(), i64s(), i64s(), i64s(), any::<u32>());
    let others = (i64s(), f64s(), f64s(), mood());
    let optional = (proptest::option::of(u64s()), proptest::option::of(i64s()), proptest::option::of(mood()));
    (singular, others, optional)
        .prop_map(|(singular, others, optional)| Numbers {
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
        .boxed()
}

fn lists() -> BoxedStrategy<Lists> {
    let numbers = (
        vec(any::<bool>(), 0..5),
        vec(u64s(), 0..40),
        vec(any::<i32>(), 0..5),
        vec(i64s(), 0..20),
        vec(any::<u32>(), 0..5),
        vec(f64s(), 0..5),
    );
    let others = (vec(mood(), 0..5), vec(any::<String>(), 0..5), vec(blob(), 0..3), unknown());
    (numbers, others)
        .prop_map(|(numbers, others)| Lists {
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
        .boxed()
}

fn choice() -> BoxedStrategy<Choice> {
    prop_oneof![
        i64s().prop_map(Choice::Number),
        any::<String>().prop_map(Choice::Text),
        numbers().prop_map(|numbers| {
            Choice::Tree(Box::new(Tree { numbers: Some(numbers), ..Tree::default() }))
        }),
        mood().prop_map(Choice::Mood),
    ]
    .boxed()
}

fn maps() -> BoxedStrategy<Maps> {
    let trees = (any::<String>(), proptest::option::of(choice())).prop_map(|(name, choice)| Tree {
        name,
        choice,
        ..Tree::default()
    });
    (
        btree_map(any::<String>(), blob(), 0..4),
        btree_map(i64s(), any::<u32>(), 0..20),
        btree_map(any::<u32>(), trees, 0..3),
        vec((any::<bool>(), numbers().prop_map(Box::new)), 0..2).prop_map(HashMap::from_iter),
    )
        .prop_map(|(texts, numbers, trees, hashed)| Maps { texts, numbers, trees, hashed })
        .boxed()
}

/// A tree of one node.
pub(crate) fn leaf() -> BoxedStrategy<Tree> {
    let messages = (proptest::option::of(numbers()), proptest::option::of(lists().prop_map(Box::new)));
    let others = (any::<String>(), any::<Option<String>>(), blob(), vec(any::<u8>(), 0..300), unknown());
    let alternatives = (proptest::option::of(maps().prop_map(Box::new)), proptest::option::of(choice()));
    (messages, others, alternatives)
        .prop_map(|((numbers, lists), (name, alias, blob, owned, unknown), (maps, choice))| Tree {
            numbers,
            lists,
            maps,
            choice,
            name,
            alias,
            blob,
            owned,
            unknown,
            ..Tree::default()
        })
        .boxed()
}

/// A tree of some depth.
pub(crate) fn tree() -> impl Strategy<Value = Tree> {
    leaf().prop_recursive(6, 20, 4, |inner| {
        (leaf(), proptest::option::of(inner.clone().prop_map(Box::new)), vec(inner, 0..4))
            .prop_map(|(tree, left, children)| Tree { left, children, ..tree })
    })
}
