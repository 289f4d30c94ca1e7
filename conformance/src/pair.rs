//! A message of ours and prost's of the same name, and what can be asked of every such pair.

use svrkit_runtime::{DecodeError, Tlv};

use crate::random::{Random, Source, enumeration};
use crate::same::{SameAs, Unboxed, unboxed};

/// One message, by its name in protobuf, without its types.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The full name in protobuf: of the kit's own types, that of protobuf's.
    pub name: &'static str,
    /// The full name in our schemas.
    pub own_name: &'static str,
    /// Whether it holds a map, or a message that does.
    pub has_maps: bool,
    /// A message of random values, as we encode it.
    pub random: fn(&mut Source) -> Vec<u8>,
    /// The bytes read by us and written again.
    pub rewrite: fn(&[u8]) -> Result<Vec<u8>, DecodeError>,
    /// The bytes read by prost and written again.
    pub rewrite_by_prost: fn(&[u8]) -> Result<Vec<u8>, prost::DecodeError>,
    /// Whether we and prost read the same values, ours from the first bytes and prost from the second.
    pub same_values: fn(&[u8], &[u8]) -> bool,
    /// Whether both bytes are the same values to us.
    pub same_to_us: fn(&[u8], &[u8]) -> bool,
}

impl Case {
    const fn of<O, P>(name: &'static str, has_maps: bool) -> Self
    where
        O: Tlv + Random + SameAs<O> + SameAs<P>,
        P: prost::Message + Default,
    {
        Self {
            name,
            own_name: O::NAME,
            has_maps,
            random: |source| O::random(source).encode().unwrap_or_default(),
            rewrite: |bytes| Ok(O::decode(bytes)?.encode().unwrap_or_default()),
            rewrite_by_prost: |bytes| Ok(P::decode(bytes)?.encode_to_vec()),
            same_values: |ours, theirs| matches!((O::decode(ours), P::decode(theirs)), (Ok(ours), Ok(theirs)) if ours.same_as(&theirs)),
            same_to_us: |one, other| matches!((O::decode(one), O::decode(other)), (Ok(one), Ok(other)) if one.same_as(&other)),
        }
    }
}

/// A message: no field is left out, or this does not compile.
macro_rules! message_pair {
    ($Ours:ty, $Theirs:ty, [$($field:ident),*]) => {
        same_pair!($Ours, $Theirs, [$($field),*]);

        impl Random for $Ours {
            fn random(source: &mut Source) -> Self {
                let _ = &source;
                Self { $($field: Random::random(source),)* unknown: ::svrkit_runtime::UnknownFields::new() }
            }
        }
    };
}

/// The same of which something else makes random ones.
macro_rules! same_pair {
    ($Ours:ty, $Theirs:ty, [$($field:ident),*]) => {
        unboxed!($Ours, $Theirs);

        impl SameAs<$Ours> for $Ours {
            fn same_as(&self, other: &Self) -> bool {
                true $(&& self.$field.same_as(&other.$field))* && self.unknown == other.unknown
            }
        }

        impl SameAs<$Theirs> for $Ours {
            fn same_as(&self, other: &$Theirs) -> bool {
                let Self { $($field,)* unknown: _ } = self;
                let _ = other;
                true $(&& $field.same_as(&other.$field))*
            }
        }
    };
}

macro_rules! oneof_pair {
    ($Ours:ty, $Theirs:ty, [$($Member:ident),*]) => {
        unboxed!($Ours, $Theirs);

        impl Random for $Ours {
            fn random(source: &mut Source) -> Self {
                let members: &[fn(&mut Source) -> Self] = &[$(|source| Self::$Member(Random::random(source))),*];
                source.pick(members)(source)
            }
        }

        impl SameAs<$Ours> for $Ours {
            fn same_as(&self, other: &Self) -> bool {
                match (self, other) {
                    $((Self::$Member(own), Self::$Member(other)) => own.unboxed().same_as(other.unboxed()),)*
                    #[allow(unreachable_patterns, reason = "a oneof may have one member")]
                    _ => false,
                }
            }
        }

        impl SameAs<$Theirs> for $Ours {
            fn same_as(&self, other: &$Theirs) -> bool {
                type Theirs = $Theirs;
                match (self, other) {
                    $((Self::$Member(own), Theirs::$Member(other)) => own.unboxed().same_as(other.unboxed()),)*
                    #[allow(unreachable_patterns, reason = "a oneof may have one member")]
                    _ => false,
                }
            }
        }
    };
}

macro_rules! enum_pair {
    ($Ours:ty) => {
        unboxed!($Ours);

        impl Random for $Ours {
            fn random(source: &mut Source) -> Self {
                enumeration(source)
            }
        }

        impl SameAs<$Ours> for $Ours {
            fn same_as(&self, other: &Self) -> bool {
                self == other
            }
        }

        impl SameAs<i32> for $Ours {
            fn same_as(&self, other: &i32) -> bool {
                ::svrkit_runtime::TlvEnum::number(self) == *other
            }
        }
    };
}

pub use self::pairs::CASES;

#[allow(deprecated, reason = "what is old is judged as well")]
mod pairs {
    use super::{Case, Random, SameAs, Source, Unboxed, enumeration, unboxed};

    include!(concat!(env!("OUT_DIR"), "/pairs.rs"));
}
