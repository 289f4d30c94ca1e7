//! A call with many requests and many answers, as its caller sees it.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::call::StreamCall;
use super::end::{NotSent, StreamEnd};
use crate::client::Client;
use crate::context::Context;
use crate::route_key::RouteKey;
use crate::spec::Spec;
use crate::status::Status;
use crate::status::catalogue::streaming;
use crate::wire::tlv::Tlv;

/// Requests to be sent, and answers to be received, in any order. The call begins with the first use; dropping this cancels it.
///
/// ```
/// use svrkit_runtime::{Call, Receiver, Sender, Server, Service, ServiceSpec, Spec, Status, Streaming, Tlv};
///
/// #[derive(Clone, Debug, Default, PartialEq, Tlv)]
/// struct Number {
///     #[tlv(1)]
///     value: u32,
/// }
///
/// static ADDER: ServiceSpec = ServiceSpec::new("test.Adder", 2005, &[&ADD]);
/// static ADD: Spec = Spec::new("test.Adder", 2005, "Add", 1).streaming(Streaming::Both);
///
/// struct Adder;
///
/// impl Adder {
///     async fn add(mut numbers: Receiver<Number>, mut sums: Sender<Number>) -> Result<(), Status> {
///         let mut sum = 0;
///         while let Some(number) = numbers.next().await? {
///             sum += number.value;
///             sums.send(&Number { value: sum }).await?;
///         }
///         Ok(())
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
///         call.handle_both_streams(&ADD, Adder::add);
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Server::new().service(Adder).in_process()?;
/// let mut sums = client.both_streams::<Number, Number>(&ADD);
/// sums.send(&Number { value: 1 }).await?;
/// sums.send(&Number { value: 2 }).await?;
/// assert_eq!(sums.next().await?, Some(Number { value: 1 }));
/// assert_eq!(sums.next().await?, Some(Number { value: 3 }));
/// sums.end().await?;
/// assert_eq!(sums.next().await?, None);
/// # Ok(())
/// # }
/// ```
///
/// The first answer has to come within the method's timeout, or `deadline.default`; after it the stream lives as long as
/// something comes or goes within `stream.idle`. Each side takes as much ahead as its `stream.window` bears: who sends without
/// receiving can make both wait for each other. [`split`](Self::split) lets two tasks do the two.
#[derive(Debug)]
#[must_use = "a stream that is dropped is cancelled"]
pub struct BothStreams<Req, Resp> {
    call: StreamCall,
    messages: PhantomData<fn(&Req) -> Resp>,
}

/// The sending half of [`BothStreams`]. When it is dropped before [`end`](Self::end), the handler is told that the caller left;
/// answers can still come.
pub struct Requests<Req> {
    end: Arc<StreamEnd>,
    client: Client,
    spec: &'static Spec,
    message: PhantomData<fn(&Req)>,
}

/// The receiving half of [`BothStreams`]. Dropping it cancels the call.
#[derive(Debug)]
pub struct Answers<Resp> {
    call: StreamCall,
    message: PhantomData<fn() -> Resp>,
}

impl<Req: Tlv, Resp: Tlv> BothStreams<Req, Resp> {
    pub(crate) fn new(call: StreamCall) -> Self {
        Self { call, messages: PhantomData }
    }

    /// Sets the time until the first answer.
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

    /// Sends one request, as soon as there is room for it.
    ///
    /// # Errors
    /// RESOURCE_EXHAUSTED when it is too large. Else the handler takes no more: the status it ended with, or CANCELLED when
    /// it has ended well.
    pub async fn send(&mut self, message: &Req) -> Result<(), Status> {
        self.call.send(message).await
    }

    /// Says that everything has been sent.
    ///
    /// # Errors
    /// Where the call cannot begin.
    pub async fn end(&mut self) -> Result<(), Status> {
        self.call.end(Ok(())).await
    }

    /// Ends the requests with a status in place of more of them: the handler gets it from its receiver. Answers can still come.
    ///
    /// # Errors
    /// Where the call cannot begin.
    pub async fn fail(&mut self, status: &Status) -> Result<(), Status> {
        self.call.end(Err(status)).await
    }

    /// The next answer; `None` when the handler has ended well, now and ever after.
    ///
    /// # Errors
    /// The status that the handler ended with, or why the call did not get to its end. It stays: later calls give the same.
    pub async fn next(&mut self) -> Result<Option<Resp>, Status> {
        self.call.next().await
    }

    /// Two halves that are used apart.
    ///
    /// # Errors
    /// Where the call cannot begin.
    pub async fn split(mut self) -> Result<(Requests<Req>, Answers<Resp>), Status> {
        let end = self.call.sending_end().await?;
        let (client, spec) = (self.call.client().clone(), self.call.spec());
        let requests = Requests { end, client, spec, message: PhantomData };
        Ok((requests, Answers { call: self.call, message: PhantomData }))
    }
}

impl<Req: Tlv> Requests<Req> {
    /// Sends one request, as soon as there is room for it.
    ///
    /// # Errors
    /// RESOURCE_EXHAUSTED when it is too large, CANCELLED when the handler takes no more: the other half says why.
    pub async fn send(&mut self, message: &Req) -> Result<(), Status> {
        self.end.send(message).await.map_err(|not_sent| {
            let status = match not_sent {
                NotSent::Closed => streaming::handler_takes_no_more_half(),
                NotSent::Unencodable(status) => status,
            };
            self.client.name(status.method(self.spec))
        })
    }

    /// Says that everything has been sent. A handler that takes no more needs not hear it.
    pub fn end(self) {
        self.end.end(Ok(()));
    }

    /// Ends the requests with a status in place of more of them: the handler gets it from its receiver.
    pub fn fail(self, status: &Status) {
        self.end.end(Err(status));
    }
}

impl<Req> Drop for Requests<Req> {
    fn drop(&mut self) {
        // Nothing where it has ended.
        self.end.end(Err(&streaming::caller_left_stream()));
    }
}

impl<Req> fmt::Debug for Requests<Req> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Requests").field("method", &format_args!("{}", self.spec)).finish_non_exhaustive()
    }
}

impl<Resp: Tlv> Answers<Resp> {
    /// As [`BothStreams::next`].
    ///
    /// # Errors
    /// Those of [`BothStreams::next`].
    pub async fn next(&mut self) -> Result<Option<Resp>, Status> {
        self.call.next().await
    }
}
