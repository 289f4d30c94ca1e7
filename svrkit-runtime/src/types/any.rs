//! Messages of any type: packed with their name, unpacked by it.

use std::error::Error;
use std::fmt;

use super::Any;
use crate::wire::tlv::{DecodeError, DecodeLimits, EncodeError, Tlv};

/// What protobuf's libraries put in front of a name.
const PREFIX: &str = "type.googleapis.com/";

/// Why an [`Any`] does not hold what is asked for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum AnyError {
    /// It is a message of another type: ask for that, or leave it.
    OtherType {
        /// What was asked for.
        expected: &'static str,
        /// The name it has.
        found: String,
    },
    /// Its bytes are no message of its type: who packed it is at fault.
    Decode(DecodeError),
}

impl fmt::Display for AnyError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherType { expected, found } if found.is_empty() => {
                write!(out, "it holds nothing, where a `{expected}` is asked for")
            }
            Self::OtherType { expected, found } => write!(out, "it holds a `{found}`, not a `{expected}`"),
            Self::Decode(error) => write!(out, "what it holds cannot be decoded: {error}"),
        }
    }
}

impl Error for AnyError {}

impl Any {
    /// Packs `message` with its name.
    ///
    /// ```
    /// use svrkit_runtime::types::{Any, Decimal, Empty};
    ///
    /// let price: Decimal = "12.50".parse()?;
    /// let any = Any::pack(&price)?;
    /// assert_eq!(any.type_url, "type.googleapis.com/svrkit.types.Decimal");
    /// assert_eq!(any.unpack::<Decimal>()?, price);
    /// assert!(!any.is::<Empty>());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Where `message` is too long to be encoded.
    pub fn pack<M: Tlv>(message: &M) -> Result<Self, EncodeError> {
        let value = message.encode()?.into();
        Ok(Self { type_url: format!("{PREFIX}{}", M::NAME), value, ..Self::default() })
    }

    /// The full name of the type, whatever stands in front of its last slash.
    #[must_use]
    pub fn type_name(&self) -> &str {
        self.type_url.rsplit_once('/').map_or(&*self.type_url, |(_, name)| name)
    }

    /// Does it hold an `M`?
    #[must_use]
    pub fn is<M: Tlv>(&self) -> bool {
        self.type_name() == M::NAME
    }

    /// The message it holds, under the default limits of a decode.
    ///
    /// # Errors
    /// Where it holds no `M`.
    pub fn unpack<M: Tlv>(&self) -> Result<M, AnyError> {
        if !self.is::<M>() {
            return Err(AnyError::OtherType { expected: M::NAME, found: self.type_name().to_owned() });
        }
        M::decode_shared(&self.value, &DecodeLimits::default()).map_err(AnyError::Decode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Duration, Timestamp};

    #[test]
    fn a_message_is_unpacked_by_its_name_alone() {
        let second = Duration { seconds: 1, ..Duration::default() };
        let mut any = Any::pack(&second).unwrap();
        for prefix in ["type.googleapis.com/", "", "/", "https://example.org/a/"] {
            any.type_url = format!("{prefix}svrkit.types.Duration");
            assert_eq!(any.unpack::<Duration>().unwrap(), second, "{prefix}");
        }
        let error = any.unpack::<Timestamp>().unwrap_err();
        assert_eq!(error.to_string(), "it holds a `svrkit.types.Duration`, not a `svrkit.types.Timestamp`");
        any.value = b"\x08".as_slice().into();
        assert!(matches!(any.unpack::<Duration>(), Err(AnyError::Decode(_))));
        let error = Any::default().unpack::<Duration>().unwrap_err();
        assert_eq!(error.to_string(), "it holds nothing, where a `svrkit.types.Duration` is asked for");
    }
}
