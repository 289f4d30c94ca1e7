//! The errors of a service's own: numbers beside the framework's codes, as an enum.
//!
//! A handler returns the enum, which becomes a [`Status`]; a caller reads it back. What travels is the number, the
//! advice on trying again, and a message where the error has one. Called by generated code and handlers; the status
//! knows nothing of it.

use std::error::Error;

pub use svrkit_macros::ErrorCode;

use crate::Status;

/// The errors that a service declares.
///
/// Derived, with `Display`, `Error` and the conversion into [`Status`].
///
/// ```
/// use svrkit_runtime::{Code, ErrorCode, Status, Tlv};
///
/// #[derive(Clone, Debug, PartialEq, ErrorCode)]
/// #[error_code(name = "shop.orders.OrderError")]
/// enum OrderError {
///     /// Nothing left to sell.
///     #[error_code(1001, retry = "never", message = "nothing left to sell")]
///     SoldOut,
///     /// Too many orders at once.
///     #[error_code(1002, status = "RESOURCE_EXHAUSTED", retry = "after 20ms")]
///     Busy(BusyDetail),
///     /// A code that this version does not know.
///     #[error_code(unknown)]
///     Unknown(u32),
/// }
///
/// #[derive(Clone, Debug, Default, PartialEq, Tlv)]
/// struct BusyDetail {
///     #[tlv(1)]
///     waiting: u32,
/// }
///
/// let status = Status::from(OrderError::Busy(BusyDetail { waiting: 7 }));
/// assert_eq!(status.code(), Code::ResourceExhausted);
/// assert_eq!(OrderError::from_status(&status), Some(OrderError::Busy(BusyDetail { waiting: 7 })));
/// assert_eq!(OrderError::from_status(&Status::not_found("order 7 is not here")), None);
/// ```
///
/// | on the variant | meaning |
/// |---|---|
/// | `#[error_code(1001)]` | the code: 1 to 4294967295, never used for another error again |
/// | `status = "NOT_FOUND"` | the framework's code; `FAILED_PRECONDITION` unless said otherwise |
/// | `retry = "never"` | the same request will fail again; `"elsewhere"`, `"after 20ms"` and `"after 2s"`: when it may not |
/// | `message = "…"` | what people read; without it, the name: `SOLD_OUT` |
/// | `#[error_code(unknown)]` | holds the codes of later versions: `Unknown(u32)`, exactly once |
///
/// A variant holds nothing, or one [`Tlv`](crate::Tlv) message, which travels if it is at most 64 KiB. On the enum,
/// `#[error_code(name = "shop.orders.OrderError")]` gives the full name; without it, it is the name of the type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no error of a service",
    note = "derive it: `#[derive(Clone, Debug, PartialEq, svrkit_runtime::ErrorCode)]`"
)]
pub trait ErrorCode: Error + Sized + Send + Sync + 'static {
    /// The full name, package first: `shop.orders.OrderError`.
    const NAME: &'static str;

    /// The number of the error, within this service.
    fn code(&self) -> u32;

    /// The status that a caller gets.
    ///
    /// An unknown error keeps its number, but not its status, advice and detail: whoever passes one on returns the
    /// status it was read from.
    fn into_status(self) -> Status;

    /// The error that a callee's status carries; `None` if it carries none.
    ///
    /// The number says nothing of the service: ask only of a status that a call of this service ended with. A detail
    /// that did not travel, being too long, reads as the default message; one that cannot be read makes the error an
    /// unknown one of the same number.
    fn from_status(status: &Status) -> Option<Self>;
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::status::{from_wire, to_wire};
    use crate::wire::tlv::Tlv;
    use crate::{Code, Party, Retry};

    #[derive(Clone, Debug, PartialEq, ErrorCode)]
    #[error_code(name = "shop.orders.OrderError")]
    enum OrderError {
        #[error_code(1001, status = "NOT_FOUND", retry = "never", message = "nothing left {to} sell")]
        SoldOut,
        #[error_code(1002, status = "RESOURCE_EXHAUSTED", retry = "after 2s")]
        TooBusy(BusyDetail),
        #[error_code(4294967295, retry = "elsewhere")]
        Last,
        #[error_code(7)]
        Plain,
        #[error_code(unknown)]
        Unknown(u32),
    }

    #[derive(Clone, Debug, Default, PartialEq, Tlv)]
    struct BusyDetail {
        #[tlv(1)]
        waiting: u32,
        #[tlv(2)]
        names: Vec<String>,
    }

    fn over_the_wire(status: &Status) -> Status {
        let (header, failure) = to_wire(status);
        from_wire(&header, &failure.encode().unwrap())
    }

    #[track_caller]
    fn check(error: &OrderError, code: Code, retry: Retry, party: Party, message: &str) {
        let status = over_the_wire(&Status::from(error.clone()));
        let facts = status.facts();
        assert_eq!((status.code(), facts.retry, facts.party), (code, retry, party));
        assert_eq!((facts.error_code, status.message()), (error.code(), message));
        assert_eq!(OrderError::from_status(&status).as_ref(), Some(error));
    }

    #[test]
    fn an_error_survives_the_wire_with_its_facts() {
        let never = "nothing left {to} sell";
        check(&OrderError::SoldOut, Code::NotFound, Retry::Never, Party::Caller, never);
        let busy = OrderError::TooBusy(BusyDetail { waiting: 7, names: vec!["a".to_owned()] });
        let wait = Retry::After(Duration::from_secs(2));
        check(&busy, Code::ResourceExhausted, wait, Party::Callee, "TOO_BUSY");
        check(&OrderError::Last, Code::FailedPrecondition, Retry::Elsewhere, Party::Caller, "LAST");
        check(&OrderError::Plain, Code::FailedPrecondition, Retry::Unknown, Party::Caller, "PLAIN");
        let unknown = "error 9 of shop.orders.OrderError, which this version does not know";
        check(&OrderError::Unknown(9), Code::FailedPrecondition, Retry::Unknown, Party::Unknown, unknown);
        assert_eq!(OrderError::NAME, "shop.orders.OrderError");
    }

    #[test]
    fn a_status_without_a_number_is_no_error_of_the_service() {
        assert_eq!(OrderError::from_status(&Status::not_found("x")), None);
        assert_eq!(OrderError::from_status(&Status::from(OrderError::Unknown(0))), None);
    }

    #[test]
    fn a_detail_that_did_not_travel_reads_as_the_default() {
        let long = BusyDetail { waiting: 7, names: vec!["x".repeat(64 * 1024)] };
        let status = over_the_wire(&Status::from(OrderError::TooBusy(long)));
        assert_eq!(OrderError::from_status(&status), Some(OrderError::TooBusy(BusyDetail::default())));
    }

    #[test]
    fn a_detail_that_cannot_be_read_leaves_the_number() {
        let status = Status::from(OrderError::TooBusy(BusyDetail::default())).with_detail(vec![0xff]);
        assert_eq!(OrderError::from_status(&status), Some(OrderError::Unknown(1002)));
    }

    #[test]
    fn a_detail_of_a_later_version_is_ignored() {
        let status = Status::from(OrderError::SoldOut).with_detail(vec![0x08, 0x01]);
        assert_eq!(OrderError::from_status(&status), Some(OrderError::SoldOut));
    }

    /// The derive has a table of its own of the framework's codes.
    #[test]
    fn every_code_of_the_framework_has_its_word() {
        #[derive(Debug, ErrorCode)]
        enum Every {
            #[error_code(1, status = "CANCELLED")]
            Cancelled,
            #[error_code(2, status = "UNKNOWN")]
            Unknown,
            #[error_code(3, status = "INVALID_ARGUMENT")]
            InvalidArgument,
            #[error_code(4, status = "DEADLINE_EXCEEDED")]
            DeadlineExceeded,
            #[error_code(5, status = "NOT_FOUND")]
            NotFound,
            #[error_code(6, status = "ALREADY_EXISTS")]
            AlreadyExists,
            #[error_code(7, status = "PERMISSION_DENIED")]
            PermissionDenied,
            #[error_code(8, status = "RESOURCE_EXHAUSTED")]
            ResourceExhausted,
            #[error_code(9, status = "FAILED_PRECONDITION")]
            FailedPrecondition,
            #[error_code(10, status = "ABORTED")]
            Aborted,
            #[error_code(11, status = "OUT_OF_RANGE")]
            OutOfRange,
            #[error_code(12, status = "UNIMPLEMENTED")]
            Unimplemented,
            #[error_code(13, status = "INTERNAL")]
            Internal,
            #[error_code(14, status = "UNAVAILABLE")]
            Unavailable,
            #[error_code(15, status = "DATA_LOSS")]
            DataLoss,
            #[error_code(16, status = "UNAUTHENTICATED")]
            Unauthenticated,
            #[error_code(unknown)]
            Other(u32),
        }
        for number in 1..=16 {
            let code = Code::from_number(number);
            let error = Every::from_status(&Status::not_found("x").error_code(number.into())).unwrap();
            let status = Status::from(error);
            assert_eq!((status.code(), status.message()), (code, code.as_str()));
        }
        for status in [Status::not_found("x"), Status::unavailable("x"), Status::unimplemented("x")] {
            let number = status.code().number().into();
            let error = Every::from_status(&status.clone().error_code(number)).unwrap();
            assert_eq!(Status::from(error).facts().party, status.facts().party, "{status}");
        }
    }
}
