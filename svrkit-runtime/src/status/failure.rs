//! A status on the wire: numbers in the response's header, words in its body.

use std::time::Duration;

use super::{Cause, Code, Layer, Party, Retry, Status};
use crate::wire::frame::{Failure, ResponseFacts};
use crate::wire::tlv::Tlv;

const RETRY_UNKNOWN: u8 = 0;
const RETRY_NEVER: u8 = 1;
const RETRY_ELSEWHERE: u8 = 2;
const RETRY_AFTER: u8 = 3;

/// What a callee tells its caller of `status`.
///
/// A status that a handler got from a call of its own names that method: seen from the caller, what was the fault
/// of the callee or the network there is the fault of the callee's callee here, and a wrong request of ours is ours.
pub(crate) fn to_wire(status: &Status) -> (ResponseFacts, Failure) {
    let facts = &*status.0;
    let mut message = facts.message.clone();
    let (mut party, mut retry) = (facts.party, facts.retry);
    if let Some(method) = facts.method {
        message = format!("{method}: {message}");
        party = match party {
            Party::Caller => Party::Callee,
            _ => Party::Downstream,
        };
        if retry == Retry::Elsewhere {
            retry = Retry::Unknown;
        }
    }
    let (retry, retry_after_ms) = match retry {
        Retry::Unknown => (RETRY_UNKNOWN, 0),
        Retry::Never => (RETRY_NEVER, 0),
        Retry::Elsewhere => (RETRY_ELSEWHERE, 0),
        Retry::After(wait) => (RETRY_AFTER, u32::try_from(wait.as_millis()).unwrap_or(u32::MAX)),
    };
    let header = ResponseFacts {
        code: facts.code.number(),
        cause: facts.cause.number(),
        party: party.number(),
        layer: facts.layer.number(),
        retry,
        retry_after_ms,
        error_code: facts.error_code,
        ..ResponseFacts::default()
    };
    (header, Failure { message, ..Failure::default() })
}

/// Reads what the callee told. A body that cannot be read costs the words, never the numbers.
pub(crate) fn from_wire(header: &ResponseFacts, body: &[u8]) -> Status {
    let message = match Failure::decode(body) {
        Ok(failure) => failure.message,
        Err(error) => format!("the callee's words cannot be read: {error}"),
    };
    let retry = match header.retry {
        RETRY_NEVER => Retry::Never,
        RETRY_ELSEWHERE => Retry::Elsewhere,
        RETRY_AFTER => Retry::After(Duration::from_millis(u64::from(header.retry_after_ms))),
        _ => Retry::Unknown,
    };
    Status::new(Code::from_number(header.code), message)
        .cause(Cause::from_number(header.cause))
        .party(Party::from_number(header.party))
        .layer(Layer::from_number(header.layer))
        .error_code(header.error_code)
        .retry(retry)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Spec;

    fn there_and_back(status: &Status) -> Status {
        let (header, failure) = to_wire(status);
        from_wire(&header, &failure.encode().unwrap())
    }

    #[test]
    fn every_fact_survives_the_wire() {
        for retry in [Retry::Unknown, Retry::Never, Retry::Elsewhere, Retry::After(Duration::from_millis(7))]
        {
            let status = Status::new(Code::Aborted, "raced")
                .cause(Cause::Rate)
                .party(Party::Callee)
                .layer(Layer::Admission)
                .error_code(1001)
                .retry(retry);
            assert_eq!(there_and_back(&status).to_string(), status.to_string());
        }
    }

    #[test]
    fn a_failure_of_the_callees_callee_is_told_as_such() {
        static SPEC: Spec = Spec {
            service: "shop.Stock",
            service_id: 2000,
            method: "Take",
            method_id: 1,
            request: "",
            response: "",
            timeout: None,
            priority: 128,
            idempotent: false,
        };
        let beneath = Status::unavailable("gone").retry(Retry::Elsewhere).method(&SPEC);
        let told = there_and_back(&beneath);
        assert_eq!(told.facts().party, Party::Downstream);
        assert_eq!(told.facts().retry, Retry::Unknown);
        assert_eq!(told.message(), "shop.Stock.Take: gone");
        let ours = there_and_back(&Status::invalid_argument("tag").method(&SPEC));
        assert_eq!(ours.facts().party, Party::Callee);
    }

    #[test]
    fn unreadable_words_cost_no_numbers() {
        let (header, _) = to_wire(&Status::not_found("x"));
        let status = from_wire(&header, &[0xff]);
        assert_eq!(status.code(), Code::NotFound);
        assert!(status.message().starts_with("the callee's words cannot be read"), "{status}");
    }
}
