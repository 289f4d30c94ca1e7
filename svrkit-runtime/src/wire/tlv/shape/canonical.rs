//! The fingerprint of a message: FNV-1a 64 of a canonical text of all wire facts that it reaches.
//!
//! `m0{1=varint,2=m1,};m1{1=m0*,};`: the message itself is `m0`, the others are numbered as they are first met, breadth
//! first, fields by ascending tag. `?` is optional, `*` many, `{text:varint}` a map, `|0` a member of the first oneof.
//! Names, docs and packing do not enter. The generator makes the same text of a schema.
//!
//! All of it runs when a program is compiled: no text is held, its bytes go into the hash one by one.

use std::marker::PhantomData;

use super::{FieldForm, FieldShape, Reach, Shape, ValueForm};
use crate::wire::tlv::Tlv;

/// Messages that one message may reach, itself included, to have a fingerprint.
pub const REACHED_MAX: usize = 256;

/// The fingerprint of `M` and all that it reaches. Meant for constants.
///
/// Messages are told apart by their full names: two different ones of one name are taken for the first.
///
/// # Panics
///
/// When `M` reaches more than [`REACHED_MAX`] messages; in a constant that is an error of the compiler.
#[must_use]
pub const fn fingerprint<M: Tlv>() -> u64 {
    let mut reached = Met::none();
    meet::<M>(&mut reached);
    let mut order = Met::none();
    order.number(M::SHAPE);
    let mut hash = Hash(0xcbf2_9ce4_8422_2325);
    let mut at = 0;
    while at < order.len {
        if let Some(shape) = order.shapes[at] {
            hash.text("m");
            hash.number(at as u32);
            hash.text("{");
            message(shape, &reached, &mut order, &mut hash);
            hash.text("};");
        }
        at += 1;
    }
    hash.0
}

/// Does not compile where `M` is not the message that the schema describes.
///
/// Generated code asks it of a type that stands in for a generated one, with the fingerprint of the schema's message:
///
/// ```
/// use svrkit_runtime::wire::tlv::{Tlv, assert_fingerprint};
///
/// #[derive(Default, Tlv)]
/// struct Order {
///     #[tlv(1)]
///     id: u64,
/// }
///
/// // FNV-1a 64 of `m0{1=varint,};`
/// const _: () = assert_fingerprint::<Order>(0x4c24_6d9b_9261_9fb3);
/// ```
///
/// ```compile_fail
/// # use svrkit_runtime::wire::tlv::{Tlv, assert_fingerprint};
/// #[derive(Default, Tlv)]
/// struct Order {
///     #[tlv(1, fixed)]
///     id: u64,
/// }
///
/// const _: () = assert_fingerprint::<Order>(0x4c24_6d9b_9261_9fb3);
/// ```
///
/// # Panics
///
/// When the fingerprints differ, and as [`fingerprint`]; in a constant that is an error of the compiler.
pub const fn assert_fingerprint<M: Tlv>(of_schema: u64) {
    assert!(
        fingerprint::<M>() == of_schema,
        "this type is not what its schema says: compare tags, types, `Option` and `Vec` of its fields, and of the \
         messages inside, with the schema, and change the one that is wrong"
    );
}

/// Notes every message of the tree `R`.
const fn meet<R: Reach>(met: &mut Met) {
    if R::IS_END {
        return;
    }
    if let Some(shape) = R::SHAPE {
        if met.find(shape.name).is_some() {
            return;
        }
        met.number(shape);
    }
    meet_all(R::first, met);
    meet_all(R::second, met);
}

/// What `_part` would return.
const fn meet_all<R: Reach>(_part: fn() -> PhantomData<R>, met: &mut Met) {
    meet::<R>(met);
}

/// The fields and members of `shape`, by ascending tags.
const fn message(shape: &'static Shape, reached: &Met, order: &mut Met, hash: &mut Hash) {
    let mut last = 0;
    while let Some((next, oneof)) = next(shape, last) {
        last = next.tag;
        hash.number(next.tag);
        hash.text("=");
        match next.form {
            FieldForm::One(form) => value(form, reached, order, hash),
            FieldForm::Optional(form) => {
                value(form, reached, order, hash);
                // A message is never anything else.
                if !matches!(form, ValueForm::Message(_)) {
                    hash.text("?");
                }
            }
            FieldForm::Many(form) => {
                value(form, reached, order, hash);
                hash.text("*");
            }
            FieldForm::Map { key, value: form } => {
                hash.text("{");
                value(key, reached, order, hash);
                hash.text(":");
                value(form, reached, order, hash);
                hash.text("}");
            }
        }
        if let Some(oneof) = oneof {
            hash.text("|");
            hash.number(oneof);
        }
        hash.text(",");
    }
}

/// The field or member of the lowest tag above `last`, and the number of the oneof of a member.
const fn next(shape: &'static Shape, last: u32) -> Option<(&'static FieldShape, Option<u32>)> {
    let mut found = match first_above(shape.fields, last) {
        Some(field) => Some((field, None)),
        None => None,
    };
    let mut oneof = 0;
    while oneof < shape.oneofs.len() {
        if let Some(member) = first_above(shape.oneofs[oneof].members, last) {
            let is_lower = match found {
                Some((field, _)) => member.tag < field.tag,
                None => true,
            };
            if is_lower {
                found = Some((member, Some(oneof as u32)));
            }
        }
        oneof += 1;
    }
    found
}

const fn first_above(ascending: &'static [FieldShape], last: u32) -> Option<&'static FieldShape> {
    let mut at = 0;
    while at < ascending.len() {
        if ascending[at].tag > last {
            return Some(&ascending[at]);
        }
        at += 1;
    }
    None
}

const fn value(form: ValueForm, reached: &Met, order: &mut Met, hash: &mut Hash) {
    hash.text(match form {
        ValueForm::Varint => "varint",
        ValueForm::ZigZag => "zigzag",
        ValueForm::Fixed32 => "fixed32",
        ValueForm::Fixed64 => "fixed64",
        ValueForm::Float32 => "float32",
        ValueForm::Float64 => "float64",
        ValueForm::Text => "text",
        ValueForm::Message(inner) => {
            let name = inner.name();
            let number = match order.find(name) {
                Some((number, _)) => number,
                None => {
                    let (_, shape) =
                        reached.find(name).expect("`Tlv::inside` names every message of `Tlv::SHAPE`");
                    order.number(shape)
                }
            };
            hash.text("m");
            hash.number(number as u32);
            return;
        }
    });
}

/// Messages, each once.
struct Met {
    shapes: [Option<&'static Shape>; REACHED_MAX],
    len: usize,
}

impl Met {
    const fn none() -> Self {
        Self { shapes: [None; REACHED_MAX], len: 0 }
    }

    const fn find(&self, name: &str) -> Option<(usize, &'static Shape)> {
        let mut at = 0;
        while at < self.len {
            if let Some(shape) = self.shapes[at]
                && is_same(shape.name, name)
            {
                return Some((at, shape));
            }
            at += 1;
        }
        None
    }

    /// Gives `shape` the next number.
    const fn number(&mut self, shape: &'static Shape) -> usize {
        assert!(
            self.len < REACHED_MAX,
            "the message reaches more than 256 messages, too many for a fingerprint"
        );
        self.shapes[self.len] = Some(shape);
        self.len += 1;
        self.len - 1
    }
}

/// From the end, where full names differ.
const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut len = one.len();
    if len != other.len() {
        return false;
    }
    while len > 0 && one[len - 1] == other[len - 1] {
        len -= 1;
    }
    len == 0
}

/// FNV-1a 64.
struct Hash(u64);

impl Hash {
    const fn text(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            self.byte(bytes[at]);
            at += 1;
        }
    }

    /// In decimal digits.
    const fn number(&mut self, number: u32) {
        if number > 9 {
            self.number(number / 10);
        }
        self.byte(b'0' + (number % 10) as u8);
    }

    const fn byte(&mut self, byte: u8) {
        self.0 = (self.0 ^ byte as u64).wrapping_mul(0x0000_0100_0000_01b3);
    }
}
