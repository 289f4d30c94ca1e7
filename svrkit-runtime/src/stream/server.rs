//! A call with one request and many answers, as its caller sees it.

use std::marker::PhantomData;
use std::time::Duration;

use bytes::Bytes;

use super::call::StreamCall;
use crate::context::Context;
use crate::route_key::RouteKey;
use crate::status::Status;
use crate::wire::tlv::Tlv;

/// The answers to one request. The call begins with the first [`next`](Self::next); dropping this cancels it.
///
/// ```
/// use svrkit_runtime::{Call, Sender, Server, Service, ServiceSpec, Spec, Status, Streaming, Tlv};
///
/// #[derive(Clone, Debug, Default, PartialEq, Tlv)]
/// struct Number {
///     #[tlv(1)]
///     value: u32,
/// }
///
/// static COUNTER: ServiceSpec = ServiceSpec::new("test.Counter", 2003, &[&COUNT]);
/// static COUNT: Spec = Spec::new("test.Counter", 2003, "Count", 1).streaming(Streaming::Server);
///
/// struct Counter;
///
/// impl Counter {
///     async fn count(to: Number, mut out: Sender<Number>) -> Result<(), Status> {
///         for value in 1..=to.value {
///             out.send(&Number { value }).await?;
///         }
///         Ok(())
///     }
/// }
///
/// // Generated for a service of a schema.
/// impl Service for Counter {
///     fn spec(&self) -> &'static ServiceSpec {
///         &COUNTER
///     }
///
///     fn dispatch(&self, call: Call) {
///         call.handle_server_stream(&COUNT, Counter::count);
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Server::new().service(Counter).in_process()?;
/// let mut numbers = client.server_stream::<_, Number>(&COUNT, &Number { value: 3 });
/// let mut sum = 0;
/// while let Some(number) = numbers.next().await? {
///     sum += number.value;
/// }
/// assert_eq!(sum, 6);
/// # Ok(())
/// # }
/// ```
///
/// The first answer has to come within the method's timeout, or `deadline.default`; after it the stream lives as long as
/// something comes within `stream.idle`. As many answers come ahead as `stream.window` bears.
#[derive(Debug)]
#[must_use = "a stream begins when its first message is asked for"]
pub struct ServerStream<T> {
    call: StreamCall,
    message: PhantomData<fn() -> T>,
}

impl<T: Tlv> ServerStream<T> {
    pub(crate) fn new(call: StreamCall) -> Self {
        Self { call, message: PhantomData }
    }

    /// Sets the time until the first answer.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.call.set_timeout(timeout);
        self
    }

    /// Has calls of equal keys find the same server, where anything chooses among servers. Generated clients call this with
    /// the field that the schema names.
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

    /// The next answer; `None` when the handler has ended well, now and ever after.
    ///
    /// # Errors
    /// The status that the handler ended with, or why the call did not get to its end. It stays: later calls give the same.
    pub async fn next(&mut self) -> Result<Option<T>, Status> {
        self.call.next().await
    }
}
