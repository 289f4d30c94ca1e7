//! Shapes and fingerprints: what the derives say of a message's wire facts, and the number that is made of all of them.

#![allow(clippy::unwrap_used, reason = "a helper of tests that panics fails its test")]

use std::collections::{BTreeMap, HashMap};

use svrkit_runtime::wire::tlv::{
    Bytes, FieldForm, FieldShape, Tlv, TlvEnum, TlvOneof, UnknownFields, ValueForm, assert_fingerprint,
    fingerprint,
};

/// FNV-1a 64.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[track_caller]
fn check<M: Tlv>(canonical: &str) {
    assert_eq!(fingerprint::<M>(), hash(canonical), "{}: {canonical}", M::NAME);
}

#[derive(Default, Tlv)]
struct Scalars {
    #[tlv(1)]
    bool: bool,
    #[tlv(2)]
    u32: u32,
    #[tlv(3)]
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
    text: String,
    #[tlv(13)]
    bytes: Bytes,
    #[tlv(14)]
    owned: Vec<u8>,
    #[tlv(536_870_911)]
    mood: Mood,
    #[tlv(unknown)]
    unknown: UnknownFields,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, TlvEnum)]
enum Mood {
    #[tlv(0)]
    Unspecified,
    #[tlv(unknown)]
    Unknown(i32),
}

#[test]
fn every_scalar_has_its_word() {
    check::<Scalars>(
        "m0{1=varint,2=varint,3=varint,4=varint,5=varint,6=zigzag,7=zigzag,8=fixed32,9=fixed64,10=float32,\
         11=float64,12=text,13=text,14=text,536870911=varint,};",
    );
}

#[derive(Default, Tlv)]
struct Forms {
    #[tlv(9, unpacked)]
    unpacked: Vec<u32>,
    #[tlv(8)]
    packed: Vec<u32>,
    #[tlv(7, zigzag)]
    optional: Option<i32>,
    #[tlv(6)]
    texts: Vec<String>,
    #[tlv(5)]
    blobs: Vec<Vec<u8>>,
    #[tlv(4)]
    moods: Vec<Mood>,
    #[tlv(3)]
    by_name: BTreeMap<String, u64>,
    #[tlv(2, key = zigzag, value = fixed)]
    fixed_by_number: HashMap<i64, u32>,
    #[tlv(1)]
    mood: Option<Mood>,
}

#[test]
fn cardinality_enters_and_order_and_packing_do_not() {
    check::<Forms>(
        "m0{1=varint?,2={zigzag:fixed32},3={text:varint},4=varint*,5=text*,6=text*,7=zigzag?,8=varint*,9=varint*,};",
    );
}

/// Reaches itself in every way there is.
#[derive(Default, Tlv)]
#[tlv(name = "test.Own")]
struct Own {
    #[tlv(1)]
    boxed: Option<Box<Own>>,
    #[tlv(2)]
    many: Vec<Own>,
    #[tlv(3)]
    by_name: BTreeMap<String, Own>,
    #[tlv(oneof(4, 5))]
    choice: Option<OwnChoice>,
}

#[derive(TlvOneof)]
enum OwnChoice {
    #[tlv(4)]
    Own(Box<Own>),
    #[tlv(5)]
    Other(Left),
}

/// Reach each other.
#[derive(Default, Tlv)]
#[tlv(name = "test.Left")]
struct Left {
    #[tlv(1)]
    number: u32,
    #[tlv(2)]
    right: Option<Box<Right>>,
}

#[derive(Default, Tlv)]
#[tlv(name = "test.Right")]
struct Right {
    #[tlv(1)]
    lefts: Vec<Left>,
}

#[test]
fn messages_that_reach_themselves_end() {
    check::<Own>("m0{1=m0,2=m0*,3={text:m0},4=m0|0,5=m1|0,};m1{1=varint,2=m2,};m2{1=m1*,};");
    check::<Left>("m0{1=varint,2=m1,};m1{1=m0*,};");
    check::<Right>("m0{1=m1*,};m1{1=varint,2=m0,};");
}

/// Met in another order than a walk to the ground would meet them.
#[derive(Default, Tlv)]
struct Broad {
    #[tlv(3)]
    third: Option<Scalar>,
    #[tlv(2)]
    second: Option<Deep>,
    #[tlv(1)]
    first: Vec<Deeper>,
}

type Items = Vec<Scalar>;

#[derive(Default, Tlv)]
struct Deep {
    #[tlv(1)]
    #[expect(clippy::vec_box, reason = "a box is looked through")]
    boxes: Vec<Box<Deeper>>,
    #[tlv(2)]
    scalars: Items,
}

#[derive(Default, Tlv)]
struct Deeper {
    #[tlv(1)]
    text: Option<String>,
    #[tlv(2)]
    right: Option<Right>,
}

#[derive(Default, Tlv)]
struct Scalar {
    #[tlv(1)]
    text: String,
}

#[test]
fn messages_are_numbered_breadth_first() {
    check::<Broad>(
        "m0{1=m1*,2=m2,3=m3,};m1{1=text?,2=m4,};m2{1=m1*,2=m3*,};m3{1=text,};m4{1=m5*,};m5{1=varint,2=m4,};",
    );
}

#[derive(Default, Tlv)]
struct Oneofs {
    #[tlv(oneof(20, 4))]
    later: Option<Later>,
    #[tlv(10, sensitive)]
    between: u32,
    #[tlv(oneof(1, 30))]
    sooner: Option<Sooner>,
}

#[derive(TlvOneof)]
enum Later {
    #[tlv(20, fixed, sensitive)]
    Twenty(u64),
    #[tlv(4)]
    Four(Scalar),
}

#[derive(TlvOneof)]
enum Sooner {
    #[tlv(30)]
    Thirty(Mood),
    #[tlv(1)]
    One(bool),
}

#[test]
fn oneofs_are_numbered_by_their_lowest_tags() {
    check::<Oneofs>("m0{1=varint|0,4=m1|1,10=varint,20=fixed64|1,30=varint|0,};m1{1=text,};");
}

#[test]
fn the_kits_own_types_are_protobufs() {
    use svrkit_runtime::types::{Any, FieldMask, Struct, Timestamp};
    check::<Struct>(
        "m0{1={text:m1},};m1{1=varint|0,2=float64|0,3=text|0,4=varint|0,5=m0|0,6=m2|0,};m2{1=m1*,};",
    );
    check::<Timestamp>("m0{1=varint,2=varint,};");
    check::<Any>("m0{1=text,2=text,};");
    check::<FieldMask>("m0{1=text*,};");
}

#[test]
fn a_message_without_fields_has_a_fingerprint() {
    #[derive(Default, Tlv)]
    struct Empty {}
    check::<Empty>("m0{};");
}

/// What generated code writes: it is the compiler that asks.
const _: () = assert_fingerprint::<Left>(0x4164_afb2_706a_b526);

#[test]
fn a_shape_knows_names_forms_and_what_is_sensitive() {
    let names = |fields: &[FieldShape]| {
        fields.iter().map(|field| (field.tag, field.name, field.sensitive)).collect::<Vec<_>>()
    };
    assert_eq!(Own::SHAPE.name, "test.Own");
    assert_eq!(names(Oneofs::SHAPE.fields), [(10, "between", true)]);
    let [sooner, later] = Oneofs::SHAPE.oneofs else { panic!("{:?}", Oneofs::SHAPE) };
    assert_eq!(
        (sooner.name, names(sooner.members)),
        ("sooner", vec![(1, "one", false), (30, "thirty", false)])
    );
    assert_eq!((later.name, names(later.members)), ("later", vec![(4, "four", false), (20, "twenty", true)]));
    let FieldForm::Map { key: ValueForm::Text, value: ValueForm::Message(own) } = Own::SHAPE.fields[2].form
    else {
        panic!("{:?}", Own::SHAPE)
    };
    assert_eq!((own.name(), own.shape().fields.len()), ("test.Own", 3));
}
