//! Messages as TLV records, and back.
//!
//! A record is a key (`tag << 3 | kind` as a varint), a length where the kind has one, and a value: protobuf's
//! encoding, so that any protobuf tool reads our bytes. [`Tlv`] is what a message can do, [`Decoder`] reads,
//! [`EncodeBuffer`] writes; [`Field`] and [`Value`] say what one Rust type looks like in one encoding.
//!
//! Groups (kinds 3 and 4) are refused, on purpose. Nothing here knows frames, schemas or descriptors.
//! Called by derived and generated code, and by the ends of a call, which encode and decode the bodies.

mod backward;
mod blob;
mod buffer;
mod constraint;
mod decoder;
mod default_cell;
mod encoding;
mod enumeration;
mod error;
mod field;
mod key;
mod limits;
mod map;
mod message;
mod oneof;
mod parts;
mod path;
mod records;
mod repeated;
mod scalar;
mod shape;
mod text;
mod unknown;
mod value;
mod varint;
mod view;
mod violations;

pub use self::blob::SHARED_LEN_MIN;
pub use self::buffer::{BUFFER_KEPT_MAX, EncodeBuffer};
pub use self::constraint::{Bound, CanBeMissing, Counted, Measured, Ranged, ensure, require};
pub use self::decoder::Decoder;
pub use self::default_cell::DefaultCell;
pub use self::encoding::{Encoding, Entries, Fixed, Plain, Unpacked, Zigzag};
pub use self::enumeration::TlvEnum;
pub use self::error::{DecodeError, DecodeErrorKind, EncodeError};
pub use self::field::Field;
pub use self::key::{Key, Kind, TAG_MAX};
pub use self::limits::{DECODE_DEPTH_DEFAULT, DECODE_MEMORY_DEFAULT, DecodeLimits, MESSAGE_OUT_DEFAULT};
pub use self::map::MapKey;
pub use self::message::{Tlv, encode_keyed_message, encode_message};
pub use self::oneof::{OneofField, TlvOneof, tags_agree};
pub use self::parts::{EncodedPart, EncodedParts, PART_LEN_MIN};
pub use self::records::{Record, Records};
pub use self::shape::{
    FieldForm, FieldShape, MessageRef, OneofShape, REACHED_MAX, Reach, Shape, ValueForm, assert_fingerprint,
    both, fingerprint,
};
pub use self::unknown::{UnknownFields, UnknownRecords};
pub use self::value::Value;
pub use self::view::{
    EntryViews, ItemPlace, ItemViews, MemberPart, Place, Run, Source, UnknownViews, Unread, View,
};
pub use self::violations::{Rule, VIOLATIONS_KEPT_MAX, Violation, Violations};
pub use bytes::Bytes;
pub use svrkit_macros::{Tlv, TlvEnum, TlvOneof};
