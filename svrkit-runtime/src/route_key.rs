//! Route keys: the field of a request by which calls of one user, order or room find the same server.
//!
//! Only its hash travels, in the header, where it can be read without the body. Nothing here chooses a server.

use bytes::Bytes;

/// A value that calls can be routed by: integers, `bool`, text and bytes, and `Option` of them.
///
/// ```
/// use svrkit_runtime::RouteKey;
///
/// assert_eq!(7_u64.route_hash(), 7_u64.route_hash());
/// assert_ne!("alice".route_hash(), "bob".route_hash());
/// assert_eq!(None::<u64>.route_hash(), 0);
/// ```
#[diagnostic::on_unimplemented(
    message = "calls cannot be routed by a `{Self}`",
    note = "a route key is an integer, `bool`, text or bytes"
)]
pub trait RouteKey {
    /// The hash that travels: FNV-1a 64 over the text, the bytes or the little-endian bytes of the number, its halves
    /// folded into 32 bits. Never 0, which stands for no key, but for an `Option` without one.
    fn route_hash(&self) -> u32;
}

macro_rules! integers {
    ($($type:ty)*) => {$(
        impl RouteKey for $type {
            fn route_hash(&self) -> u32 {
                hash(&self.to_le_bytes())
            }
        }
    )*};
}

integers! { u32 u64 i32 i64 }

impl RouteKey for bool {
    fn route_hash(&self) -> u32 {
        hash(&[u8::from(*self)])
    }
}

macro_rules! texts {
    ($($type:ty)*) => {$(
        impl RouteKey for $type {
            fn route_hash(&self) -> u32 {
                hash(self.as_ref())
            }
        }
    )*};
}

texts! { str String Bytes Vec<u8> [u8] }

impl<K: RouteKey> RouteKey for Option<K> {
    fn route_hash(&self) -> u32 {
        self.as_ref().map_or(0, K::route_hash)
    }
}

impl<K: RouteKey + ?Sized> RouteKey for &K {
    fn route_hash(&self) -> u32 {
        K::route_hash(self)
    }
}

fn hash(bytes: &[u8]) -> u32 {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    ((hash >> 32) as u32 ^ hash as u32).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The halves of published FNV-1a 64 hashes, folded.
    #[test]
    fn keys_hash_by_their_bytes() {
        for (found, expected) in [
            ("".route_hash(), 0xcbf2_9ce4 ^ 0x8422_2325),
            ("a".route_hash(), 0xaf63_dc4c ^ 0x8601_ec8c),
            ("foobar".to_owned().route_hash(), 0x8594_4171 ^ 0xf739_67e8),
            (Bytes::from_static(b"foobar").route_hash(), 0x8594_4171 ^ 0xf739_67e8),
            (b"foobar"[..].route_hash(), 0x8594_4171 ^ 0xf739_67e8),
            (0x61_u32.route_hash(), hash(b"a\0\0\0")),
            ((-1_i64).route_hash(), hash(&[0xff; 8])),
            (true.route_hash(), hash(&[1])),
            (Some("a").route_hash(), 0xaf63_dc4c ^ 0x8601_ec8c),
            (None::<String>.route_hash(), 0),
        ] {
            assert_eq!(found, expected);
        }
    }
}
