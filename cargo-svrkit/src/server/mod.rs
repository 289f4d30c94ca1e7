//! Servers that are asked: how they are reached, what they say of themselves, and which method a name means.
//!
//! - `reach`: the address and what TLS needs, as arguments and as a client;
//! - `described`: what is known of its services, by schemas or by its reflection;
//! - `method_name`: the method that a name, whole or shortened, means;
//! - `refusal`: how a call ended that was not answered.

mod described;
mod method_name;
mod reach;
mod refusal;

pub(crate) use self::described::{DescribedBy, Unknown, pool_of_files, pool_of_server};
pub(crate) use self::method_name::MethodName;
pub(crate) use self::reach::{Reach, Tls};
pub(crate) use self::refusal::refusal;
