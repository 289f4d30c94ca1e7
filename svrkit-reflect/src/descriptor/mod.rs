//! What schemas say, as messages: the types of `schemas/descriptor.xml`, generated.
//!
//! They are as their maker sent them; a [`Pool`](crate::Pool) checks and links them.

// What `cargo svrkit gen schemas/descriptor.xml -o svrkit-reflect/src/descriptor/messages.rs` writes.
#[path = "messages.rs"]
#[rustfmt::skip]
mod generated;

pub use generated::svrkit::descriptor::*;

/// What `schemas/descriptor.xml` says of itself, an encoded [`DescriptorSet`]: by a pool of it descriptors are read and written as any message is,
/// by [`json`](crate::json) or [`text`](crate::text).
///
/// ```
/// use svrkit_reflect::descriptor::{DESCRIPTORS, DescriptorSet, Enum};
/// use svrkit_reflect::{Pool, json};
/// use svrkit_runtime::Tlv;
///
/// let color = Enum { name: "shop.Color".to_owned(), ..Enum::default() };
/// let set = DescriptorSet { enums: vec![color], ..DescriptorSet::default() };
/// let pool = Pool::from_bytes(DESCRIPTORS)?;
/// let text = json::write(&pool, "svrkit.descriptor.DescriptorSet", &set.encode()?, &json::Options::default())?;
/// assert_eq!(text, r#"{"enums":[{"name":"shop.Color"}]}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub static DESCRIPTORS: &[u8] = include_bytes!("descriptors.bin");
