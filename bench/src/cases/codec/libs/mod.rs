//! The libraries: each is one file that implements [`Codec`] for its messages, and
//! [`Viewer`] if it has views.

mod buffa;
mod memcpy;
mod prost;
mod quick_protobuf;
mod svrkit;

use std::error::Error;

use super::job::{Containers, Lib};

pub(super) use self::buffa::{Buffa, BuffaLazyView, BuffaSame, BuffaView};
pub(super) use self::memcpy::Memcpy;
pub(super) use self::prost::{Prost, ProstSame};
pub(super) use self::quick_protobuf::QuickProtobuf;
pub(super) use self::svrkit::Svrkit;

/// How one library reads and writes one message.
pub(super) trait Codec: 'static {
    const LIB: Lib;
    const CONTAINERS: Containers;
    /// Entries of a map are written in any order.
    const HASHES: bool = false;

    type Message: 'static;
    /// What is kept from one message to the next when writing.
    type Buffer: Default + 'static;
    type DecodeError: Error + Send + Sync + 'static;
    type EncodeError: Error + Send + Sync + 'static;

    fn decode(bytes: &'static [u8]) -> Result<Self::Message, Self::DecodeError>;

    fn encode<'b>(
        message: &Self::Message,
        buffer: &'b mut Self::Buffer,
    ) -> Result<&'b [u8], Self::EncodeError>;
}

/// How one library reads one message in place.
pub(super) trait Viewer: 'static {
    const LIB: Lib;

    type View: 'static;
    type Error: Error + Send + Sync + 'static;

    fn view(bytes: &'static [u8]) -> Result<Self::View, Self::Error>;
}
