//! A status on the wire: numbers in the response's header, words in its body.

use std::borrow::Cow;
use std::time::Duration;

use super::words::Words;
use super::{Cause, Code, Facts, Layer, Party, Retry, SlowDown, Status, TakeLastGood};
use crate::rate::Rate;
use crate::wire::frame::{Failure, ResponseFacts};
use crate::wire::prefix;
use crate::wire::tlv::Tlv;

const RETRY_UNKNOWN: u8 = 0;
const RETRY_NEVER: u8 = 1;
const RETRY_ELSEWHERE: u8 = 2;
const RETRY_AFTER: u8 = 3;

/// Most bytes of words that a status or a goaway carries; what is beyond is cut off. Every peer takes that much.
pub(crate) const WORDS_LEN_MAX: usize = 4096;

/// Most bytes of a detail that travel with a status; a longer one is left out.
pub(crate) const DETAIL_LEN_MAX: usize = 64 * 1024;

/// `failure` as a body for a peer that takes `peer_message_in` bytes, or did not say. One that takes less than the words gets the
/// numbers alone: they stand for themselves.
pub(crate) fn failure_body(failure: &Failure, peer_message_in: Option<u32>) -> Vec<u8> {
    let body = failure.encode().expect("words are far shorter than message.out");
    if fits(&body, peer_message_in) { body } else { Vec::new() }
}

fn fits(body: &[u8], peer_message_in: Option<u32>) -> bool {
    peer_message_in.is_none_or(|max| body.len() <= max as usize)
}

/// What a callee tells its caller of `status`.
///
/// A status that a handler got from a call of its own names that endpoint: seen from the caller, what was the fault of
/// the callee or the network there is the fault of the callee's callee here, and a wrong request of ours is ours. What
/// it says of retries, causes and error numbers is about that callee and goes no further.
pub(crate) fn to_wire(status: &Status) -> (ResponseFacts, Failure) {
    let facts = &*status.0;
    if facts.is_of_another_call() {
        let message = match (facts.method, &facts.endpoint) {
            (Some(method), _) => format!("{method}: {}", &*facts.message),
            (None, Some(endpoint)) => format!("{endpoint}: {}", &*facts.message),
            (None, None) => facts.message.to_string(),
        };
        return (header_of_another_call(facts), words(&message));
    }
    let mut failure = words(&facts.message);
    if facts.detail.len() <= DETAIL_LEN_MAX {
        failure.detail = facts.detail.clone();
    }
    if let Some(SlowDown { rate, lasts }) = facts.slow {
        let per_minute = u64::from(rate.calls()) * 60 / rate.per().as_secs().max(1);
        failure.slow_per_minute = u32::try_from(per_minute).unwrap_or(u32::MAX);
        failure.slow_ms = millis(lasts);
    }
    if let Some(TakeLastGood { age_max, lasts }) = facts.last_good {
        (failure.last_good_age_ms, failure.last_good_lasts_ms) = (age_max.map(millis), lasts.map(millis));
    }
    (header_of(facts), failure)
}

/// The same as it is sent to a peer that takes `peer_message_in` bytes, or did not say.
pub(crate) fn to_response(
    status: &Status,
    peer_message_in: Option<u32>,
) -> (ResponseFacts, Cow<'static, [u8]>) {
    let facts = &*status.0;
    if let Words::Fixed(fixed) = facts.message
        && !facts.is_of_another_call()
        && facts.detail.is_empty()
        && facts.slow.is_none()
        && facts.last_good.is_none_or(|wish| wish == TakeLastGood::default())
    {
        let body = fixed.body(|text| failure_body(&words(text), None));
        return (header_of(facts), Cow::Borrowed(if fits(body, peer_message_in) { body } else { &[] }));
    }
    let (header, failure) = to_wire(status);
    (header, Cow::Owned(failure_body(&failure, peer_message_in)))
}

impl Facts {
    /// Whether it is how a call of the handler's own has ended.
    fn is_of_another_call(&self) -> bool {
        self.method.is_some() || self.endpoint.is_some()
    }
}

fn header_of(facts: &Facts) -> ResponseFacts {
    let (retry, retry_after_ms) = match facts.retry {
        Retry::Unknown => (RETRY_UNKNOWN, 0),
        Retry::Never => (RETRY_NEVER, 0),
        Retry::Elsewhere => (RETRY_ELSEWHERE, 0),
        Retry::ElsewhereOrAfter(wait) => (RETRY_ELSEWHERE, millis(wait).max(1)),
        Retry::After(wait) => (RETRY_AFTER, millis(wait)),
    };
    ResponseFacts {
        code: facts.code.number(),
        party: facts.party.number(),
        layer: facts.layer.number(),
        cause: facts.cause.number(),
        retry,
        last_good: facts.last_good.is_some(),
        retry_after_ms,
        error_code: facts.error_code,
        ..ResponseFacts::default()
    }
}

fn header_of_another_call(facts: &Facts) -> ResponseFacts {
    let party = if facts.party == Party::Caller { Party::Callee } else { Party::Downstream };
    ResponseFacts {
        code: facts.code.number(),
        party: party.number(),
        layer: Layer::Handler.number(),
        ..ResponseFacts::default()
    }
}

fn millis(wait: Duration) -> u32 {
    u32::try_from(wait.as_millis()).unwrap_or(u32::MAX)
}

/// The body of a status or a goaway.
pub(crate) fn words(message: &str) -> Failure {
    Failure { message: prefix(message, WORDS_LEN_MAX).into(), ..Failure::default() }
}

/// Reads what the callee told. A body that cannot be read costs the words, never the numbers.
pub(crate) fn from_wire(header: &ResponseFacts, body: &[u8]) -> Status {
    let failure = Failure::decode(body).unwrap_or_else(|error| Failure {
        message: format!("the callee's words cannot be read: {error}"),
        ..Failure::default()
    });
    let wait = Duration::from_millis(header.retry_after_ms.into());
    let retry = match header.retry {
        RETRY_NEVER => Retry::Never,
        RETRY_ELSEWHERE if wait.is_zero() => Retry::Elsewhere,
        RETRY_ELSEWHERE => Retry::ElsewhereOrAfter(wait),
        RETRY_AFTER => Retry::After(wait),
        _ => Retry::Unknown,
    };
    let status = Status::new(Code::from_number(header.code), failure.message)
        .cause(Cause::from_number(header.cause))
        .party(Party::from_number(header.party))
        .layer(Layer::from_number(header.layer))
        .error_code(header.error_code)
        .with_detail(failure.detail)
        .retry(retry)
        .take_last_good(header.last_good.then(|| TakeLastGood {
            age_max: failure.last_good_age_ms.map(|ms| Duration::from_millis(ms.into())),
            lasts: failure.last_good_lasts_ms.map(|ms| Duration::from_millis(ms.into())),
        }));
    match (failure.slow_per_minute, failure.slow_ms) {
        (0, _) | (_, 0) => status,
        (calls, ms) => status.slow_down(Rate::per_minute(calls), Duration::from_millis(ms.into())),
    }
}

/// The status as it would arrive over a connection.
pub(crate) fn as_told(status: &Status) -> Status {
    let (facts, failure) = to_wire(status);
    from_wire(&facts, &failure.encode().unwrap_or_default())
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
        let wait = Duration::from_millis(7);
        let (after, either) = (Retry::After(wait), Retry::ElsewhereOrAfter(wait));
        for retry in [Retry::Unknown, Retry::Never, Retry::Elsewhere, after, either] {
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
    fn a_wish_survives_the_wire_and_goes_one_hop() {
        static SPEC: Spec = Spec::new("shop.Stock", 2000, "Take", 1);
        let lasts = Duration::from_secs(30);
        for (rate, told) in [
            (Rate::per_second(20), Rate::per_minute(1200)),
            (Rate::per_minute(7), Rate::per_minute(7)),
            (Rate::per_second(u32::MAX), Rate::per_minute(u32::MAX)),
        ] {
            let status = Status::unavailable("busy").slow_down(rate, lasts);
            assert_eq!(there_and_back(&status).slow_wish(), Some(SlowDown { rate: told, lasts }));
            assert_eq!(there_and_back(&status.method(&SPEC)).slow_wish(), None);
        }
        let endless = Status::unavailable("busy").slow_down(Rate::per_minute(1), Duration::MAX);
        let most = Duration::from_millis(u32::MAX.into());
        assert_eq!(there_and_back(&endless).slow_wish().map(|wish| wish.lasts), Some(most));
        assert_eq!(there_and_back(&Status::unavailable("busy")).slow_wish(), None);
    }

    #[test]
    fn the_wish_for_last_good_answers_survives_the_wire_and_goes_one_hop() {
        static SPEC: Spec = Spec::new("shop.Stock", 2000, "Take", 1);
        let plain = Status::unavailable("busy").take_last_good(Some(TakeLastGood::default()));
        assert_eq!(there_and_back(&plain).last_good_wish(), Some(TakeLastGood::default()));
        assert_eq!(there_and_back(&plain.method(&SPEC)).last_good_wish(), None);
        let (age, lasts) = (Duration::from_secs(600), Duration::from_millis(7));
        let told = there_and_back(&Status::unavailable("busy").last_good(age, lasts));
        assert_eq!(told.last_good_wish(), Some(TakeLastGood { age_max: Some(age), lasts: Some(lasts) }));
        let this_call = there_and_back(&Status::unavailable("busy").last_good(Duration::MAX, Duration::ZERO));
        let most = Duration::from_millis(u32::MAX.into());
        let wish = TakeLastGood { age_max: Some(most), lasts: Some(Duration::ZERO) };
        assert_eq!(this_call.last_good_wish(), Some(wish));
    }

    #[test]
    fn a_refusal_in_fixed_words_takes_no_more_for_the_wish_unless_it_says_how_old() {
        let full = || crate::status::catalogue::admitting::queue_full();
        let body = |wish| to_response(&full().take_last_good(Some(wish)), None);
        let (header, plain) = body(TakeLastGood::default());
        assert!(header.last_good && matches!(plain, Cow::Borrowed(_)));
        assert_eq!(plain, to_response(&full(), None).1);
        let (_, own) = body(TakeLastGood { age_max: Some(Duration::from_secs(1)), lasts: None });
        assert!(matches!(own, Cow::Owned(_)) && own.len() > plain.len());
    }

    #[test]
    fn a_failure_of_the_callees_callee_is_told_as_such() {
        static SPEC: Spec = Spec::new("shop.Stock", 2000, "Take", 1);
        let beneath =
            Status::unavailable("gone").retry(Retry::Elsewhere).cause(Cause::Draining).error_code(7);
        for (told, message) in [
            (there_and_back(&beneath.clone().method(&SPEC)), "shop.Stock.Take: gone"),
            (there_and_back(&beneath.endpoint("stock:1")), "stock:1: gone"),
        ] {
            let facts = told.facts();
            assert_eq!(
                (facts.party, facts.layer, facts.retry),
                (Party::Downstream, Layer::Handler, Retry::Unknown)
            );
            assert_eq!((facts.cause, facts.error_code), (Cause::None, 0), "these are the callee's callee's");
            assert_eq!(told.message(), message);
        }
        let ours = there_and_back(&Status::invalid_argument("tag").method(&SPEC));
        assert_eq!(ours.facts().party, Party::Callee);
    }

    #[test]
    fn a_detail_travels_while_it_is_short() {
        let told = |len| there_and_back(&Status::not_found("x").with_detail(vec![7; len])).detail().len();
        assert_eq!((told(DETAIL_LEN_MAX), told(DETAIL_LEN_MAX + 1)), (DETAIL_LEN_MAX, 0));
    }

    #[test]
    fn words_are_cut_where_they_are_too_many() {
        let long = "ü".repeat(WORDS_LEN_MAX);
        assert_eq!(there_and_back(&Status::not_found(&long[..WORDS_LEN_MAX])).message().len(), WORDS_LEN_MAX);
        assert_eq!(there_and_back(&Status::not_found(&long)).message().len(), WORDS_LEN_MAX);
        assert_eq!(there_and_back(&Status::not_found(format!("x{long}"))).message().len(), WORDS_LEN_MAX - 1);
    }

    #[test]
    fn unreadable_words_cost_no_numbers() {
        let (header, _) = to_wire(&Status::not_found("x"));
        let status = from_wire(&header, &[0xff]);
        assert_eq!(status.code(), Code::NotFound);
        assert!(status.message().starts_with("the callee's words cannot be read"), "{status}");
    }
}
