//! A call with many requests and one answer, as its caller sees it.

use std::marker::PhantomData;
use std::time::Duration;

use bytes::Bytes;

use super::call::StreamCall;
use crate::context::Context;
use crate::route_key::RouteKey;
use crate::status::Status;
use crate::wire::tlv::Tlv;

/// Requests to be sent, and the answer to all of them. The call begins with the first; dropping this cancels it.
///
/// ```
/// use svrkit_runtime::{Call, Receiver, Server, Service, ServiceSpec, Spec, Status, Streaming, Tlv};
///
/// #[derive(Clone, Debug, Default, PartialEq, Tlv)]
/// struct Number {
///     #[tlv(1)]
///     value: u32,
/// }
///
/// static ADDER: ServiceSpec = ServiceSpec::new("test.Adder", 2004, &[&ADD]);
/// static ADD: Spec = Spec::new("test.Adder", 2004, "Add", 1).streaming(Streaming::Client);
///
/// struct Adder;
///
/// impl Adder {
///     async fn add(mut numbers: Receiver<Number>) -> Result<Number, Status> {
///         let mut sum = 0;
///         while let Some(number) = numbers.next().await? {
///             sum += number.value;
///         }
///         Ok(Number { value: sum })
///     }
/// }
///
/// // Generated for a service of a schema.
/// impl Service for Adder {
///     fn spec(&self) -> &'static ServiceSpec {
///         &ADDER
///     }
///
///     fn dispatch(&self, call: Call) {
///         call.handle_client_stream(&ADD, Adder::add);
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Server::new().service(Adder).in_process()?;
/// let mut numbers = client.client_stream::<Number, Number>(&ADD);
/// for value in 1..=3 {
///     numbers.send(&Number { value }).await?;
/// }
/// assert_eq!(numbers.finish().await?.value, 6);
/// # Ok(())
/// # }
/// ```
///
/// The answer has to come within the method's timeout, or `deadline.default`, of [`finish`](Self::finish). Until then the stream
/// lives as long as something is sent within `stream.idle`.
#[derive(Debug)]
#[must_use = "a stream that is dropped is cancelled"]
pub struct ClientStream<Req, Resp> {
    call: StreamCall,
    messages: PhantomData<fn(&Req) -> Resp>,
}

impl<Req: Tlv, Resp: Tlv> ClientStream<Req, Resp> {
    pub(crate) fn new(call: StreamCall) -> Self {
        Self { call, messages: PhantomData }
    }

    /// Sets the time from [`finish`](Self::finish) to the answer.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.call.set_timeout(timeout);
        self
    }

    /// Has calls of equal keys find the same server, where anything chooses among servers.
    pub fn route_key(mut self, key: &(impl RouteKey + ?Sized)) -> Self {
        self.call.set_route_key(key);
        self
    }

    /// Makes it a part of another request than the one this code runs for.
    pub fn context(mut self, context: Context) -> Self {
        self.call.set_context(context);
        self
    }

    /// Sends a named value beside the call. Keys that start with `svrkit.` are the kit's.
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<Bytes>) -> Self {
        self.call.add_metadata(key, value);
        self
    }

    /// Sends one request, as soon as the server has room for it (its `stream.window` and `connection.window`).
    ///
    /// # Errors
    /// RESOURCE_EXHAUSTED when it is too large. Else the handler takes no more: the status it ended with, or CANCELLED when
    /// it has ended well, and [`finish`](Self::finish) gives its answer.
    pub async fn send(&mut self, message: &Req) -> Result<(), Status> {
        self.call.send(message).await
    }

    /// Says that everything has been sent, and waits for the answer.
    ///
    /// # Errors
    /// The status that the handler ended with, or why the call did not get to its end.
    pub async fn finish(mut self) -> Result<Resp, Status> {
        self.call.end(Ok(())).await?;
        self.call.answer().await
    }

    /// Ends the requests with a status in place of more of them, which the handler gets from its receiver, and waits for what it
    /// answers.
    ///
    /// # Errors
    /// Those of [`finish`](Self::finish).
    pub async fn fail(mut self, status: &Status) -> Result<Resp, Status> {
        self.call.end(Err(status)).await?;
        self.call.answer().await
    }
}
