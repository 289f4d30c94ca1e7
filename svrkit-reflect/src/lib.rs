//! Messages of svrkit without generated code: read, written and shown by what their schema says of them.
//!
//! - [`descriptor`]: what schemas say, as messages; the compiler writes them (`svrkit_gen::Config::descriptors`);
//! - [`Pool`]: such descriptors checked, linked and ready to be looked up;
//! - [`Dynamic`]: a message read by its descriptor, and [`MessageBuilder`], which writes one;
//! - [`json`]: messages as JSON and back;
//! - [`text`]: the same as protobuf's text, and any bytes as text;
//! - [`annotate`]: any bytes in hex, with what each of them is;
//! - [`call`]: calls without generated code, by a client of the runtime.
//!
//! Everything works on a descriptor and the bytes of a message, with no second model of objects in between. Bytes and
//! descriptors may come from strangers: nothing here panics on them, and limits bound what they cost. See the [`guide`].

#![forbid(unsafe_code)]

pub mod annotate;
pub mod call;
pub mod descriptor;
mod dynamic;
pub mod json;
mod pool;
pub mod text;
mod walk;

pub use dynamic::{
    BuildError, BuildErrorKind, Dynamic, DynamicError, FieldValue, Item, List, Map, MessageBuilder,
    ScalarValue, Value,
};
pub use pool::{
    Cardinality, EnumDescriptor, FieldDescriptor, FieldType, MessageDescriptor, MethodDescriptor, Pool,
    PoolError, PoolErrorKind, Scalar,
};
pub use walk::{Fault, Shown};

#[doc = include_str!("../GUIDE.md")]
pub mod guide {}
