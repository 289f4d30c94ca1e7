//! Messages that hold every type in every presence, each with its table for the reference decoder.
//!
//! One list says a field once: its attribute, name and type for the derive, and what the reference makes of its tag.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, DefaultHasher};

use svrkit_runtime::wire::tlv::{Bytes, DecodeError, Tlv, TlvEnum, TlvOneof, UnknownFields, View};

use super::made::{Made, Source};
use super::reference::{Content, Form, Presence, Row, Table, Tree};
use super::seen::{self, SeenField};
use super::shown::{self, ShownField};

/// A message that the reference decoder knows as well.
pub(crate) trait Known: Tlv + Clone + Made {
    fn table() -> &'static Table;

    /// What the reference decoder should have made of the bytes that this was made of.
    fn tree(&self) -> Tree;

    /// The same of a view of which everything is read.
    fn seen(view: Self::View<'_>) -> Result<Tree, DecodeError>;
}

macro_rules! messages {
    ($(
        $(#[$doc:meta])*
        $message:ident {
            $(($tag:tt $($word:tt)*) $field:ident: $type:ty = $presence:expr;)*
            $(oneof $choice:ident: $oneof:ident { $($member_tag:tt)* })?
        }
    )*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Tlv)]
        #[tlv(view)]
        pub(crate) struct $message {
            $(#[tlv($tag $($word)*)] pub(crate) $field: $type,)*
            $(#[tlv(oneof($($member_tag),*))] pub(crate) $choice: Option<$oneof>,)?
            #[tlv(unknown)]
            pub(crate) unknown: UnknownFields,
        }

        impl Known for $message {
            fn table() -> &'static Table {
                const ROWS: &[Row] = &[
                    $(Row { tag: $tag, presence: $presence, oneof: None },)*
                    $($($oneof::row($member_tag),)*)?
                ];
                &Table { name: $message::NAME, rows: ROWS, keeps_unknown: true }
            }

            fn tree(&self) -> Tree {
                let fields: &[Option<(u32, Content)>] = &[
                    $(self.$field.shown_field().map(|content| ($tag, content)),)*
                    $(self.$choice.as_ref().map($oneof::shown),)?
                ];
                Tree {
                    fields: fields.iter().flatten().cloned().collect(),
                    unknown: self.unknown.as_bytes().to_vec(),
                }
            }

            fn seen(view: Self::View<'_>) -> Result<Tree, DecodeError> {
                let fields: &[Option<(u32, Content)>] = &[
                    $(view.$field().seen_field()?.map(|content| ($tag, content)),)*
                    $(view.$choice()?.map(|member| member.seen()).transpose()?,)?
                ];
                Ok(Tree {
                    fields: fields.iter().flatten().cloned().collect(),
                    unknown: View::unknown(&view).flat_map(|record| record.bytes.to_vec()).collect(),
                })
            }
        }

        impl Made for $message {
            fn made(source: &mut Source<'_>) -> Self {
                type Maker = fn(&mut $message, &mut Source<'_>);
                let makers: &[Maker] = &[
                    $(|message, source| message.$field = Made::made(source),)*
                    $(|message, source| message.$choice = Made::made(source),)?
                    |message, source| message.unknown = Made::made(source),
                ];
                let mut message = Self::default();
                source.inside(|source| {
                    while source.goes_on() {
                        makers[source.below(makers.len())](&mut message, source);
                    }
                });
                message
            }
        }

        shown::message!($message);
        seen::view!($message);
    )*};
}

use Form::{
    Blob, Bool, Double, Enum, Fixed32, Fixed64, Float, Int32, Int64, Message, Sfixed32, Sfixed64, Sint32,
    Sint64, Text, Uint32, Uint64,
};
use Presence::{Many, Map, Maybe, One};

/// The same for every map, so that a map written twice is written in one order.
pub(crate) type Hasher = BuildHasherDefault<DefaultHasher>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, TlvEnum)]
pub(crate) enum Mood {
    #[tlv(0)]
    Unspecified,
    #[tlv(1)]
    Glad,
    #[tlv(-1)]
    Sad,
    #[tlv(unknown)]
    Unknown(i32),
}

messages! {
    /// Everything below, and itself.
    Every {
        (1) id: u32 = One(Uint32);
        (2) singles: Option<Singles> = Maybe(Message(Singles::table));
        (3) optionals: Option<Box<Optionals>> = Maybe(Message(Optionals::table));
        (4) lists: Option<Lists> = Maybe(Message(Lists::table));
        (5) child: Option<Box<Every>> = Maybe(Message(Every::table));
        (6) children: Vec<Every> = Many(Message(Every::table));
        (7) name: String = One(Text);
        (16) blob: Bytes = One(Blob);
        (17) maps: Option<Box<Maps>> = Maybe(Message(Maps::table));
        (18) by_id: BTreeMap<u32, Every> = Map(Uint32, Message(Every::table));
        (19) tables: Option<Tables> = Maybe(Message(Tables::table));
        (20) loose: Option<Loose> = Maybe(Message(Loose::table));
        (536_870_911) last: u64 = One(Uint64);
        oneof choice: Choice { 21 22 23 24 25 26 27 28 3000 }
    }

    /// Every type of one value, absent when zero.
    Singles {
        (1) bool: bool = One(Bool);
        (2) u32: u32 = One(Uint32);
        (3) u64: u64 = One(Uint64);
        (4) i32: i32 = One(Int32);
        (5) i64: i64 = One(Int64);
        (6, zigzag) s32: i32 = One(Sint32);
        (7, zigzag) s64: i64 = One(Sint64);
        (8, fixed) fixed32: u32 = One(Fixed32);
        (9, fixed) fixed64: u64 = One(Fixed64);
        (10, fixed) sfixed32: i32 = One(Sfixed32);
        (11, fixed) sfixed64: i64 = One(Sfixed64);
        (12) f32: f32 = One(Float);
        (13) f64: f64 = One(Double);
        (14) text: String = One(Text);
        (15) blob: Bytes = One(Blob);
        (16) owned: Vec<u8> = One(Blob);
        (2047) mood: Mood = One(Enum);
    }

    /// Every type of one value, there or not.
    Optionals {
        (1) bool: Option<bool> = Maybe(Bool);
        (2) u32: Option<u32> = Maybe(Uint32);
        (3) u64: Option<u64> = Maybe(Uint64);
        (4) i32: Option<i32> = Maybe(Int32);
        (5) i64: Option<i64> = Maybe(Int64);
        (6, zigzag) s32: Option<i32> = Maybe(Sint32);
        (7, zigzag) s64: Option<i64> = Maybe(Sint64);
        (8, fixed) fixed32: Option<u32> = Maybe(Fixed32);
        (9, fixed) fixed64: Option<u64> = Maybe(Fixed64);
        (10, fixed) sfixed32: Option<i32> = Maybe(Sfixed32);
        (11, fixed) sfixed64: Option<i64> = Maybe(Sfixed64);
        (12) f32: Option<f32> = Maybe(Float);
        (13) f64: Option<f64> = Maybe(Double);
        (14) text: Option<String> = Maybe(Text);
        (15) blob: Option<Bytes> = Maybe(Blob);
        (16) owned: Option<Vec<u8>> = Maybe(Blob);
        (2047) mood: Option<Mood> = Maybe(Enum);
        (2048) itself: Option<Box<Optionals>> = Maybe(Message(Optionals::table));
    }

    /// Many of every type, numbers packed.
    Lists {
        (1) bools: Vec<bool> = Many(Bool);
        (2) u32s: Vec<u32> = Many(Uint32);
        (3) u64s: Vec<u64> = Many(Uint64);
        (4) i32s: Vec<i32> = Many(Int32);
        (5) i64s: Vec<i64> = Many(Int64);
        (6, zigzag) s32s: Vec<i32> = Many(Sint32);
        (7, zigzag) s64s: Vec<i64> = Many(Sint64);
        (8, fixed) fixed32s: Vec<u32> = Many(Fixed32);
        (9, fixed) fixed64s: Vec<u64> = Many(Fixed64);
        (10, fixed) sfixed32s: Vec<i32> = Many(Sfixed32);
        (11, fixed) sfixed64s: Vec<i64> = Many(Sfixed64);
        (12) f32s: Vec<f32> = Many(Float);
        (13) f64s: Vec<f64> = Many(Double);
        (14) texts: Vec<String> = Many(Text);
        (15) blobs: Vec<Bytes> = Many(Blob);
        (16) owned: Vec<Vec<u8>> = Many(Blob);
        (2047) moods: Vec<Mood> = Many(Enum);
        (2048) singles: Vec<Singles> = Many(Message(Singles::table));
    }

    /// Many numbers, a record each.
    Loose {
        (1, unpacked) bools: Vec<bool> = Many(Bool);
        (2, unpacked) u32s: Vec<u32> = Many(Uint32);
        (3, unpacked) u64s: Vec<u64> = Many(Uint64);
        (4, unpacked) i32s: Vec<i32> = Many(Int32);
        (5, unpacked) i64s: Vec<i64> = Many(Int64);
        (6, zigzag, unpacked) s32s: Vec<i32> = Many(Sint32);
        (7, zigzag, unpacked) s64s: Vec<i64> = Many(Sint64);
        (8, fixed, unpacked) fixed32s: Vec<u32> = Many(Fixed32);
        (9, fixed, unpacked) fixed64s: Vec<u64> = Many(Fixed64);
        (10, fixed, unpacked) sfixed32s: Vec<i32> = Many(Sfixed32);
        (11, fixed, unpacked) sfixed64s: Vec<i64> = Many(Sfixed64);
        (12, unpacked) f32s: Vec<f32> = Many(Float);
        (13, unpacked) f64s: Vec<f64> = Many(Double);
        (2047, unpacked) moods: Vec<Mood> = Many(Enum);
    }

    /// Maps in the order of their keys: every type of key, every type of value.
    Maps {
        (1) bools: BTreeMap<bool, u64> = Map(Bool, Uint64);
        (2) u32s: BTreeMap<u32, String> = Map(Uint32, Text);
        (3) u64s: BTreeMap<u64, Bytes> = Map(Uint64, Blob);
        (4) i32s: BTreeMap<i32, Mood> = Map(Int32, Enum);
        (5) i64s: BTreeMap<i64, f64> = Map(Int64, Double);
        (6, key = zigzag, value = zigzag) s32s: BTreeMap<i32, i64> = Map(Sint32, Sint64);
        (7, key = zigzag, value = fixed) s64s: BTreeMap<i64, u32> = Map(Sint64, Fixed32);
        (8, key = fixed) fixed32s: BTreeMap<u32, f32> = Map(Fixed32, Float);
        (9, key = fixed, value = fixed) fixed64s: BTreeMap<u64, i64> = Map(Fixed64, Sfixed64);
        (10, key = fixed) sfixed32s: BTreeMap<i32, bool> = Map(Sfixed32, Bool);
        (11, key = fixed) sfixed64s: BTreeMap<i64, Vec<u8>> = Map(Sfixed64, Blob);
        (12) texts: BTreeMap<String, String> = Map(Text, Text);
        (13) messages: BTreeMap<String, Singles> = Map(Text, Message(Singles::table));
        (14) boxes: BTreeMap<u64, Box<Maps>> = Map(Uint64, Message(Maps::table));
        (15) flags: BTreeMap<bool, bool> = Map(Bool, Bool);
    }

    /// Maps in no order.
    Tables {
        (1) flags: HashMap<bool, bool, Hasher> = Map(Bool, Bool);
        (2) texts: HashMap<String, u32, Hasher> = Map(Text, Uint32);
        (3, key = zigzag) boxes: HashMap<i64, Box<Singles>, Hasher> = Map(Sint64, Message(Singles::table));
        (4, key = fixed, value = fixed) fixed: HashMap<u32, i32, Hasher> = Map(Fixed32, Sfixed32);
    }

    /// What [`Every`] once was: the lower tags, messages of its own time inside.
    Older {
        (1) id: u32 = One(Uint32);
        (2) singles: Option<OlderSingles> = Maybe(Message(OlderSingles::table));
        (3) optionals: Option<Box<Optionals>> = Maybe(Message(Optionals::table));
        (4) lists: Option<OlderLists> = Maybe(Message(OlderLists::table));
        (5) child: Option<Box<Older>> = Maybe(Message(Older::table));
        (6) children: Vec<Older> = Many(Message(Older::table));
    }

    /// What [`Singles`] once was.
    OlderSingles {
        (1) bool: bool = One(Bool);
        (2) u32: u32 = One(Uint32);
        (3) u64: u64 = One(Uint64);
        (4) mood: OlderMood = One(Enum);
    }

    /// What [`Lists`] once was.
    OlderLists {
        (1) bools: Vec<bool> = Many(Bool);
        (2) u32s: Vec<u32> = Many(Uint32);
    }

    /// What every message was before it had a field.
    Empty {}
}

/// An enum that knows no number but zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, TlvEnum)]
pub(crate) enum OlderMood {
    #[tlv(0)]
    Unspecified,
    #[tlv(unknown)]
    Unknown(i32),
}

/// Keeps nothing that it does not know, which is all.
#[derive(Clone, Debug, Default, PartialEq, Tlv)]
pub(crate) struct Forgetful {}

/// A member of every nature; one of them is the message around.
#[derive(Clone, Debug, PartialEq, TlvOneof)]
#[tlv(view)]
pub(crate) enum Choice {
    #[tlv(21)]
    Number(u64),
    #[tlv(22, zigzag)]
    Delta(i32),
    #[tlv(23, fixed)]
    Fixed(u32),
    #[tlv(24)]
    Double(f64),
    #[tlv(25)]
    Text(String),
    #[tlv(26)]
    Blob(Bytes),
    #[tlv(27)]
    Mood(Mood),
    #[tlv(28)]
    Singles(Singles),
    #[tlv(3000)]
    Every(Box<Every>),
}

impl Choice {
    const fn row(tag: u32) -> Row {
        let form = match tag {
            21 => Uint64,
            22 => Sint32,
            23 => Fixed32,
            24 => Double,
            25 => Text,
            26 => Blob,
            27 => Enum,
            28 => Message(Singles::table),
            _ => Message(Every::table),
        };
        Row { tag, presence: Maybe(form), oneof: Some(1) }
    }
}

impl Made for Choice {
    fn made(source: &mut Source<'_>) -> Self {
        match source.below(9) {
            0 => Self::Number(Made::made(source)),
            1 => Self::Delta(Made::made(source)),
            2 => Self::Fixed(Made::made(source)),
            3 => Self::Double(Made::made(source)),
            4 => Self::Text(Made::made(source)),
            5 => Self::Blob(Made::made(source)),
            6 => Self::Mood(Made::made(source)),
            7 => Self::Singles(Made::made(source)),
            _ => Self::Every(Made::made(source)),
        }
    }
}
