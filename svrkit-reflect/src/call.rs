//! Calls of methods that no code was generated for, by the client that there is.
//!
//! A [`Client`](svrkit_runtime::Client) takes messages of any type and the facts of a method: [`Encoded`] is a message of whatever type,
//! [`spec`] makes the facts of a descriptor. All that a client does, streams and deadlines among it, it does for these as well.
//!
//! ```
//! use svrkit_reflect::{Pool, call, json};
//! use svrkit_runtime::reflection::{DescribeRequest, ReflectionClient};
//! use svrkit_runtime::{Server, Tlv};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Server::new().in_process()?;
//! let described = ReflectionClient::new(client.clone()).describe(&DescribeRequest::default()).await?;
//! let sets = described.descriptor_sets.iter().map(|set| Tlv::decode(set)).collect::<Result<Vec<_>, _>>()?;
//! let pool = Pool::new(sets)?;
//!
//! let check = pool.method("svrkit.health.Health", "Check").unwrap();
//! let request = json::read_message(check.request(), "{}", &json::Options::default())?;
//! let answer: call::Encoded = client.request(call::spec(check), &call::Encoded::new(&request)?).await?;
//! let answer = json::write(&pool, check.response().unwrap().full_name(), answer.as_bytes(), &json::Options::default())?;
//! assert_eq!(answer, r#"{"state":"SERVING"}"#);
//! # Ok(())
//! # }
//! ```

use std::time::Duration;

use svrkit_runtime::wire::tlv::DecodeError;
use svrkit_runtime::{Spec, Streaming, Tlv, UnknownFields};

use crate::descriptor::Stream;
use crate::pool::MethodDescriptor;

/// A message of whatever type, as its records, which go on as they came.
///
/// Reading one looks at the records of its outermost level, under the limits of any decode; what is inside is not judged.
#[derive(Clone, Debug, Default, PartialEq, Tlv)]
pub struct Encoded {
    #[tlv(unknown)]
    records: UnknownFields,
}

impl Encoded {
    /// A message of these bytes.
    ///
    /// # Errors
    ///
    /// Bytes that are no records.
    pub fn new(bytes: &[u8]) -> Result<Self, DecodeError> {
        Self::decode(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.records.as_bytes()
    }
}

/// The facts of a method as a client takes them.
///
/// They live as long as the process: make them once for each method that is called, not for each call.
#[must_use]
pub fn spec(method: MethodDescriptor<'_>) -> &'static Spec {
    let (service, source) = (method.service(), method.source());
    let id = u16::try_from(source.id).expect("a pool takes no greater id");
    let class = u8::try_from(source.priority).expect("a pool takes no greater priority");
    let mut spec = Spec::new(leaked(&service.name), service.id, leaked(&source.name), id)
        .messages(leaked(&source.request), leaked(&source.response))
        .priority(class)
        .streaming(streaming(source.stream))
        .errors(leaked(&source.error_set))
        .route_key(leaked(&source.route_key));
    if let Some(timeout_ms) = source.timeout_ms {
        spec = spec.timeout(Duration::from_millis(timeout_ms));
    }
    if source.idempotent {
        spec = spec.idempotent();
    }
    if source.oneway {
        spec = spec.oneway();
    }
    Box::leak(Box::new(spec))
}

fn streaming(stream: Stream) -> Streaming {
    match stream {
        Stream::Client => Streaming::Client,
        Stream::Server => Streaming::Server,
        Stream::Both => Streaming::Both,
        Stream::Unspecified => Streaming::Unary,
        Stream::Unknown(_) => unreachable!("a pool takes no method that streams so"),
    }
}

fn leaked(text: &str) -> &'static str {
    String::leak(text.to_owned())
}

#[cfg(test)]
mod tests {
    use svrkit_runtime::wire::tlv::DecodeErrorKind;

    use super::*;

    #[test]
    fn bytes_stay_as_they_came_and_what_is_no_message_is_refused() {
        // Tags out of order, one twice, and a number longer than needed.
        let bytes = b"\x12\x02hi\x08\x96\x01\x12\x01x\x18\x80\x00";
        let message = Encoded::new(bytes).unwrap();
        assert_eq!((message.as_bytes(), &*message.encode().unwrap()), (&bytes[..], &bytes[..]));
        assert_eq!(Encoded::new(b"").unwrap().encode().unwrap(), b"");
        assert!(matches!(
            Encoded::new(b"\x12\x05hi").unwrap_err().kind(),
            DecodeErrorKind::LengthPastEnd { .. }
        ));
    }
}
