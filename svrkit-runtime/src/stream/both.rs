//! A call with many requests and many answers, as its caller sees it.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use tokio::sync::mpsc;

use super::call::StreamCall;
use super::encode;
use super::ends::Item;
use crate::client::Client;
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
/// The first answer has to come within the method's timeout, or `deadline.default`; after it a stream may be silent. Both
/// sides have room for `stream.room` messages: who sends without receiving can make both wait for each other.
/// [`split`](Self::split) lets two tasks do the two.
#[derive(Debug)]
#[must_use = "a stream that is dropped is cancelled"]
pub struct BothStreams<Req, Resp> {
    call: StreamCall,
    messages: PhantomData<fn(&Req) -> Resp>,
}

/// The sending half of [`BothStreams`]. When it is dropped before [`end`](Self::end), the handler is told that the caller left.
pub struct Requests<Req> {
    requests: Option<mpsc::Sender<Item>>,
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
    /// As [`send`](Self::send).
    pub async fn end(&mut self) -> Result<(), Status> {
        self.call.send_end().await
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
        let requests = self.call.split_requests().await?;
        let (client, spec) = (self.call.client().clone(), self.call.spec());
        let requests = Requests { requests, client, spec, message: PhantomData };
        Ok((requests, Answers { call: self.call, message: PhantomData }))
    }
}

impl<Req: Tlv> Requests<Req> {
    /// Sends one request, as soon as there is room for it.
    ///
    /// # Errors
    /// RESOURCE_EXHAUSTED when it is too large, CANCELLED when the handler takes no more: the other half says why.
    pub async fn send(&mut self, message: &Req) -> Result<(), Status> {
        let named = |status: Status| self.client.name(status.method(self.spec));
        let encoded = encode(message, self.client.limits()).map_err(named)?;
        let sent = match &self.requests {
            Some(requests) => requests.send(Some(encoded)).await.is_ok(),
            None => false,
        };
        if sent {
            return Ok(());
        }
        Err(named(streaming::handler_takes_no_more_half()))
    }

    /// Says that everything has been sent.
    pub async fn end(mut self) {
        if let Some(requests) = self.requests.take() {
            // A handler that takes no more needs not hear the end.
            let _ = requests.send(None).await;
        }
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
