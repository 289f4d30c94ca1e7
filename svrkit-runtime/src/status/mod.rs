//! How a call ends when it doesn't end well.
//!
//! A [`Status`] says what happened ([`Code`], message), where ([`Layer`], method, endpoint), who can mend it
//! ([`Party`]) and whether trying again can help ([`Retry`]). Handlers return it, clients get it; its form on the
//! wire is in `failure`.

pub(crate) mod catalogue;
mod code;
mod failure;
mod internal;
mod words;

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

pub use catalogue::CatalogueEntry;
pub use code::{Cause, Code, Layer, Party};
#[cfg(test)]
pub(crate) use failure::to_wire;
pub(crate) use failure::{as_told, failure_body, from_wire, to_response, words};
pub use internal::OrInternal;
pub(crate) use internal::story;
pub(crate) use words::FixedWords;
use words::Words;

use crate::rate::Rate;
use crate::spec::Spec;

/// Whether and when trying again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Retry {
    /// Nobody gave advice.
    Unknown,
    /// The same request will fail again.
    Never,
    /// Another endpoint may answer it; it surely had no effect here.
    Elsewhere,
    /// The same endpoint may answer it after this time.
    After(Duration),
    /// Another endpoint may answer it at once, and the same one after this time at the earliest; it surely had no effect here.
    ElsewhereOrAfter(Duration),
}

/// Why a call was not answered.
///
/// It is one pointer wide, so that `Result<T, Status>` stays small.
///
/// ```
/// use svrkit_runtime::{Code, Status};
///
/// let status = Status::not_found("order 7 is not here");
/// assert_eq!(status.code(), Code::NotFound);
/// assert_eq!(status.message(), "order 7 is not here");
/// ```
#[derive(Clone)]
pub struct Status(Box<Facts>);

/// The wish for fewer calls of a method, for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SlowDown {
    pub(crate) rate: Rate,
    pub(crate) lasts: Duration,
}

/// The wish that callers take their last good answers in the place of new ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TakeLastGood {
    /// How old these may be at most; `None`: as old as the caller's schema says.
    pub(crate) age_max: Option<Duration>,
    /// For how long that is wished of calls to come; `None`: until another attempt may help.
    pub(crate) lasts: Option<Duration>,
}

#[derive(Clone)]
struct Facts {
    code: Code,
    cause: Cause,
    party: Party,
    layer: Layer,
    retry: Retry,
    error_code: u32,
    message: Words,
    detail: Bytes,
    method: Option<&'static Spec>,
    endpoint: Option<Arc<str>>,
    slow: Option<SlowDown>,
    last_good: Option<TakeLastGood>,
    source: Option<Arc<io::Error>>,
    /// Not for callers.
    private: Option<Arc<dyn Error + Send + Sync>>,
}

/// One constructor for each code a handler is likely to use.
macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident, $code:ident, $party:ident;)+) => {
        impl Status {
            $($(#[$doc])*
            #[must_use]
            pub fn $name(message: impl Into<String>) -> Self {
                Self::new(Code::$code, message).party(Party::$party)
            })+
        }
    };
}

constructors! {
    /// The request breaks a rule whatever the state of the system.
    invalid_argument, InvalidArgument, Caller;
    /// What was asked for does not exist.
    not_found, NotFound, Caller;
    /// What was to be made exists.
    already_exists, AlreadyExists, Caller;
    /// The caller is known and may not do this.
    permission_denied, PermissionDenied, Caller;
    /// It is not known who calls.
    unauthenticated, Unauthenticated, Caller;
    /// The system is not in the state this call needs.
    failed_precondition, FailedPrecondition, Caller;
    /// Some capacity is used up.
    resource_exhausted, ResourceExhausted, Callee;
    /// The callee cannot be reached or does not take calls now.
    unavailable, Unavailable, Callee;
    /// No such service or method at this endpoint.
    unimplemented, Unimplemented, Caller;
    /// The callee is broken.
    internal, Internal, Callee;
    /// The time given ran out.
    deadline_exceeded, DeadlineExceeded, Callee;
    /// The caller gave up.
    cancelled, Cancelled, Caller;
}

impl Status {
    /// A status of the handler's making; [`Self::layer`] and the rest refine it.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self::of(code, Words::Own(message.into()))
    }

    /// One of the kit's own, in words that are the same each time.
    pub(crate) fn fixed(code: Code, words: &'static FixedWords) -> Self {
        Self::of(code, Words::Fixed(words))
    }

    fn of(code: Code, message: Words) -> Self {
        Self(Box::new(Facts {
            code,
            cause: Cause::None,
            party: Party::Unknown,
            layer: Layer::Handler,
            retry: Retry::Unknown,
            error_code: 0,
            message,
            detail: Bytes::new(),
            method: None,
            endpoint: None,
            slow: None,
            last_good: None,
            source: None,
            private: None,
        }))
    }

    /// Names who can mend it.
    #[must_use]
    pub fn party(mut self, party: Party) -> Self {
        self.0.party = party;
        self
    }

    /// Names the layer in which it happened.
    #[must_use]
    pub fn layer(mut self, layer: Layer) -> Self {
        self.0.layer = layer;
        self
    }

    /// Says why the call was refused before its handler.
    #[must_use]
    pub fn cause(mut self, cause: Cause) -> Self {
        self.0.cause = cause;
        self
    }

    /// Advises on trying again.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.0.retry = retry;
        self
    }

    /// Sets the service's own error number; 0 means there is none.
    #[must_use]
    pub fn error_code(mut self, error_code: u32) -> Self {
        self.0.error_code = error_code;
        self
    }

    /// Adds the encoded message that belongs to the service's own error. It travels to the caller if it is at most
    /// 64 KiB.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Bytes>) -> Self {
        self.0.detail = detail.into();
        self
    }

    /// Wishes that the caller sends no more than so many calls of this method to this endpoint for a time; of a method that a caller is to stop
    /// altogether, see [`Cause::Blocked`]. A burst goes no further than this: over the wire it is one second's worth.
    ///
    /// A caller obeys within bounds of its own (`wish.rate_min`, `wish.max`), and only where it knows who wishes: over TLS, over a Unix socket, or
    /// where it was told to ([`ClientProtection::wishes_of_all`](crate::ClientProtection::wishes_of_all)). Calls beyond the rate end there at once with
    /// RESOURCE_EXHAUSTED, the cause *rate* and the time after which the next one may go.
    ///
    /// ```
    /// use std::time::Duration;
    /// use svrkit_runtime::{Rate, Status};
    ///
    /// # fn list() -> Result<(), Status> {
    /// let busy = Status::resource_exhausted("the catalogue is being rebuilt");
    /// return Err(busy.slow_down(Rate::per_second(20), Duration::from_secs(30)));
    /// # }
    /// # assert!(list().is_err());
    /// ```
    #[must_use]
    pub fn slow_down(mut self, rate: Rate, lasts: Duration) -> Self {
        self.0.slow = Some(SlowDown { rate, lasts });
        self
    }

    /// Wishes that the caller takes the last good answer that it has to the same request in the place of this status, if that is no older than
    /// `age_max`, and that for a time it answers calls of this method so without sending them to this endpoint; of [`Duration::ZERO`], this call alone.
    ///
    /// A caller keeps answers of methods alone whose schema says for how long ([`Spec::last_good`]), and never takes older ones. It obeys within bounds
    /// of its own (`last_good.age`, `wish.max`), and only where it knows who wishes, as it does for [`Self::slow_down`]. Refusals under load
    /// of such methods say this by themselves.
    ///
    /// ```
    /// use std::time::Duration;
    /// use svrkit_runtime::Status;
    ///
    /// # fn list() -> Result<(), Status> {
    /// let busy = Status::unavailable("the catalogue is being rebuilt");
    /// return Err(busy.last_good(Duration::from_secs(600), Duration::from_secs(30)));
    /// # }
    /// # assert!(list().is_err());
    /// ```
    #[must_use]
    pub fn last_good(self, age_max: Duration, lasts: Duration) -> Self {
        self.take_last_good(Some(TakeLastGood { age_max: Some(age_max), lasts: Some(lasts) }))
    }

    /// The same as a refusal says it; `None`: it does not.
    pub(crate) fn take_last_good(mut self, wish: Option<TakeLastGood>) -> Self {
        self.0.last_good = wish;
        self
    }

    /// How often its callee wishes to be called.
    pub(crate) fn slow_wish(&self) -> Option<SlowDown> {
        self.0.slow
    }

    /// Whether its callee wishes that last good answers are taken.
    pub(crate) fn last_good_wish(&self) -> Option<TakeLastGood> {
        self.0.last_good
    }

    /// Names the method that was called.
    #[must_use]
    pub fn method(mut self, spec: &'static Spec) -> Self {
        self.0.method = Some(spec);
        self
    }

    /// Names the endpoint that was called.
    #[must_use]
    pub fn endpoint(mut self, endpoint: impl Into<Arc<str>>) -> Self {
        self.0.endpoint = Some(endpoint.into());
        self
    }

    /// Keeps the operating system's error beneath it.
    #[must_use]
    pub fn source_io(mut self, error: io::Error) -> Self {
        self.0.source = Some(Arc::new(error));
        self
    }

    /// Adds to what happened.
    pub(crate) fn append(mut self, text: &str) -> Self {
        self.0.message.append(text);
        self
    }

    /// How it ended.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// What happened, for people.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The encoded message that belongs to the service's own error; empty where there is none.
    #[must_use]
    pub fn detail(&self) -> &Bytes {
        &self.0.detail
    }

    /// The operating system's error beneath it, where there is one.
    #[must_use]
    pub fn io_error(&self) -> Option<&io::Error> {
        self.0.source.as_deref()
    }

    /// Every fact but code, message and source, to be looked at one by one.
    #[must_use]
    pub fn facts(&self) -> StatusFacts<'_> {
        StatusFacts {
            cause: self.0.cause,
            party: self.0.party,
            layer: self.0.layer,
            retry: self.0.retry,
            error_code: self.0.error_code,
            method: self.0.method,
            endpoint: self.0.endpoint.as_deref(),
        }
    }
}

/// What a [`Status`] knows beyond its code and message.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct StatusFacts<'a> {
    /// Why it was refused before the handler, where it was.
    pub cause: Cause,
    /// Who can mend it.
    pub party: Party,
    /// Where it failed.
    pub layer: Layer,
    /// Whether trying again can help.
    pub retry: Retry,
    /// The service's own error number; 0: none.
    pub error_code: u32,
    /// The method called, known on the caller's side.
    pub method: Option<&'static Spec>,
    /// The endpoint called, known on the caller's side.
    pub endpoint: Option<&'a str>,
}

impl fmt::Display for Status {
    /// `UNAVAILABLE: shop.Orders.Place at 10.0.0.7:4310: cannot connect: … (layer connect, at fault: network)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts = &*self.0;
        write!(f, "{}: ", facts.code)?;
        match (facts.method, &facts.endpoint) {
            (Some(method), Some(endpoint)) => write!(f, "{method} at {endpoint}: ")?,
            (Some(method), None) => write!(f, "{method}: ")?,
            (None, Some(endpoint)) => write!(f, "{endpoint}: ")?,
            (None, None) => {}
        }
        f.write_str(&facts.message)?;
        if let Some(source) = &facts.source {
            write!(f, ": {source}")?;
        }
        write!(f, " (layer {}", facts.layer)?;
        if facts.party != Party::Unknown {
            write!(f, ", at fault: {}", facts.party)?;
        }
        if facts.cause != Cause::None {
            write!(f, ", refused: {}", facts.cause)?;
        }
        if facts.error_code != 0 {
            write!(f, ", error {}", facts.error_code)?;
        }
        match facts.retry {
            Retry::Unknown => {}
            Retry::Never => f.write_str(", retry: never")?,
            Retry::Elsewhere => f.write_str(", retry: elsewhere")?,
            Retry::ElsewhereOrAfter(wait) => {
                write!(f, ", retry: elsewhere, or after {} ms", wait.as_millis())?;
            }
            Retry::After(wait) => write!(f, ", retry: after {} ms", wait.as_millis())?,
        }
        f.write_str(")")
    }
}

/// The same text as `Display`: `fn main() -> Result<(), Status>` prints it, and a user should be able to read it.
impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Without a source: the system's error is part of the text, and a report of the chain would say it twice. It is to be
/// had by [`Status::io_error`].
impl Error for Status {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(status: Status, expected: &str) {
        assert_eq!(status.to_string(), expected);
    }

    #[test]
    fn a_status_says_what_where_who_and_whether_to_try_again() {
        check(
            Status::not_found("order 7 is not here"),
            "NOT_FOUND: order 7 is not here (layer handler, at fault: caller)",
        );
        check(
            Status::unavailable("cannot connect")
                .layer(Layer::Connect)
                .party(Party::Network)
                .endpoint("10.0.0.7:4310")
                .retry(Retry::Elsewhere)
                .source_io(io::Error::from_raw_os_error(111)),
            "UNAVAILABLE: 10.0.0.7:4310: cannot connect: Connection refused (os error 111) \
             (layer connect, at fault: network, retry: elsewhere)",
        );
        check(
            Status::resource_exhausted("full")
                .layer(Layer::Admission)
                .cause(Cause::Concurrency)
                .retry(Retry::After(Duration::from_millis(20))),
            "RESOURCE_EXHAUSTED: full (layer admission, at fault: callee, refused: concurrency, retry: after 20 ms)",
        );
    }

    #[test]
    fn a_result_of_it_is_one_pointer_wide() {
        assert_eq!(size_of::<Result<(), Status>>(), size_of::<usize>());
    }
}
