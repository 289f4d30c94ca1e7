//! Messages of svrkit without generated code: read, written and shown by what their schema says of them.
//!
//! - [`descriptor`]: what schemas say, as messages; the compiler writes them (`svrkit_gen::Config::descriptors`);
//! - [`Pool`]: such descriptors checked, linked and ready to be looked up.
//!
//! Everything works on a descriptor and the bytes of a message, with no second model of objects in between. Bytes and
//! descriptors may come from strangers: nothing here panics on them, and limits bound what they cost.

#![forbid(unsafe_code)]

pub mod descriptor;
mod pool;

pub use pool::{
    Cardinality, EnumDescriptor, FieldDescriptor, FieldType, MessageDescriptor, MethodDescriptor, Pool,
    PoolError, PoolErrorKind, Scalar,
};
