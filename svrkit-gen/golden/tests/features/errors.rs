//! Sets of errors by themselves: names that are taken, and what the schema says of each.

use svrkit_golden::schemas::errors::errors::{BusyDetail, Error, ORDERS_ERROR, ORDERS_PLACE, OrderError};
use svrkit_runtime::{Code, ErrorCode, Retry, Status};

#[test]
fn an_error_carries_what_the_schema_says() {
    let check = |error: OrderError, number, code, retry, message: &str| {
        let status = Status::from(error.clone());
        let facts = status.facts();
        assert_eq!((facts.error_code, status.code(), facts.retry), (number, code, retry));
        assert_eq!(status.message(), message);
        assert_eq!(OrderError::from_status(&status), Some(error));
    };
    let sold_out = "nothing left to \"sell\" {now}";
    check(OrderError::SoldOut, 1001, Code::FailedPrecondition, Retry::Never, sold_out);
    let busy = OrderError::TooBusy(BusyDetail { waiting: 7, ..Default::default() });
    let after = Retry::After(std::time::Duration::from_millis(20));
    check(busy, 1002, Code::ResourceExhausted, after, "TOO_BUSY");
    check(OrderError::Unknown, u32::MAX, Code::NotFound, Retry::Elsewhere, "UNKNOWN");
    check(OrderError::Self_, 7, Code::FailedPrecondition, Retry::Unknown, "SELF_");
}

#[test]
fn a_code_of_a_later_version_is_kept() {
    let status = Status::not_found("x").error_code(12);
    assert_eq!(OrderError::from_status(&status), Some(OrderError::Unrecognized(12)));
}

#[test]
fn a_method_names_its_errors() {
    assert_eq!((ORDERS_PLACE.errors, OrderError::NAME), ("errors.OrderError", "errors.OrderError"));
    assert_eq!((ORDERS_ERROR.errors, Error::NAME), ("errors.error", "errors.error"));
}
