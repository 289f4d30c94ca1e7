//! Every metric that the runtime itself has: one row each. `docs/monitoring.md`, the Prometheus text and the segment follow from
//! this table, and so do the slots that are counted in.

use super::family::{Group, Kind, Metric, Unit};
use crate::monitor::Decision;
use crate::status::{Cause, Code, Layer};

/// Makes, of each group, a module with a constant for the first slot of each metric, and the group itself.
macro_rules! groups {
    ($(
        $(#[doc = $doc:literal])+
        $group:ident($($label:literal),*) {
            $($metric:ident = $name:literal, $kind:ident, $unit:ident $(, by $by:literal of $values:expr)? => $help:literal;)+
        }
    )+) => {
        $(
            $(#[doc = $doc])+
            pub(crate) mod $group {
                use super::*;

                pub(crate) static GROUP: Group = Group {
                    labels: &[$($label),*],
                    metrics: &[$(Metric {
                        name: $name,
                        kind: Kind::$kind,
                        unit: Unit::$unit,
                        by: groups!(@by $($by, $values)?),
                        help: $help,
                    }),+],
                };

                groups!(@slots 0; $($metric,)+);
            }
        )+

        /// All groups, with what each is of.
        pub(crate) static GROUPS: &[(&str, &Group)] = &[$((concat!($($doc),+), &$group::GROUP)),+];
    };
    (@by) => { None };
    (@by $by:literal, $values:expr) => { Some(($by, $values)) };
    (@slots $index:expr;) => {};
    (@slots $index:expr; $metric:ident, $($others:ident,)*) => {
        pub(crate) const $metric: usize = GROUP.slot_of($index);
        groups!(@slots $index + 1; $($others,)*);
    };
}

groups! {
    /// A method, as the side that calls or the side that is called sees it.
    method("side", "service", "method") {
        CALLS = "svrkit_calls_total", Counter, None, by "code" of CODES
            => "Attempts that have ended, by how.";
        IN_FLIGHT = "svrkit_calls_in_flight", Gauge, None
            => "Attempts that have begun and not ended.";
        REFUSED = "svrkit_calls_refused_total", Counter, None, by "cause" of CAUSES
            => "Attempts that were refused before their handler, by why.";
        FAILED = "svrkit_calls_failed_total", Counter, None, by "layer" of LAYERS
            => "Attempts that have ended with another code than OK, by where they failed.";
        DURATION = "svrkit_call_duration_seconds", Histogram, Seconds, by "outcome" of &["ok", "failed"]
            => "How long attempts took: at a server from the request's bytes to the answer's, at a client from the first poll until the answer had been read; streams until their end.";
        WAIT = "svrkit_call_wait_seconds", Histogram, Seconds
            => "How long attempts waited before they started: at a server for their handler, by a look at the clock that at most 16 short ones share, at a client to be sent.";
        REQUEST = "svrkit_request_bytes", Histogram, Bytes
            => "Lengths of encoded requests; of streams of requests, 0.";
        RESPONSE = "svrkit_response_bytes", Histogram, Bytes
            => "Lengths of encoded answers, where there was one.";
        MESSAGES = "svrkit_stream_messages_total", Counter, None, by "direction" of DIRECTIONS
            => "Messages of streams, counted when the stream has ended.";
        STREAMED = "svrkit_stream_bytes_total", Counter, Bytes, by "direction" of DIRECTIONS
            => "Bytes of the messages of streams, counted when the stream has ended.";
        DEGRADED = "svrkit_calls_degraded_total", Counter, None
            => "Attempts whose answer was marked as degraded: less than the method's best.";
    }

    /// A method of a server, for what seldom happens.
    handler("service", "method") {
        PANICS = "svrkit_handler_panics_total", Counter, None
            => "Handlers that have panicked.";
        BLOCKED = "svrkit_callers_blocked_total", Counter, None, by "mode" of MODES
            => "Blocks of callers that ran wild, each time it was for one of them; those of servers that only watch came to nothing.";
        SPARED = "svrkit_calls_spared_total", Counter, None, by "cause" of CAUSES
            => "Calls that mechanisms of protection which only watch would have refused, by why; nothing came of it.";
    }

    /// A queue of a server's methods.
    queue("queue") {
        ACCEPTED = "svrkit_jobs_accepted_total", Counter, None, by "job" of &["new", "known"]
            => "Calls of a queued method that were answered with a ticket: for a job that was not there, or one whose id was known.";
        ATTEMPTS = "svrkit_job_attempts_total", Counter, None, by "outcome" of &["done", "again", "dead", "unrecorded"]
            => "Attempts at jobs that have ended: the job is done, is tried again, is a dead letter; or the queue has no word of it, as it came after the lease or the queue failed.";
        DURATION = "svrkit_job_duration_seconds", Histogram, Seconds
            => "How long jobs took from their acceptance until they were done.";
        JOBS = "svrkit_queue_jobs", Gauge, None
            => "Jobs that wait or are being done, once a second.";
        LATE = "svrkit_queue_late_seconds", Gauge, Seconds
            => "How long the job could have been begun that has waited longest, once a second.";
    }

    /// The connections of one side, over sockets.
    connection("side") {
        OPEN = "svrkit_connections_open", Gauge, None
            => "Connections whose two sides have said hello and that have not ended.";
        OPENED = "svrkit_connections_opened_total", Counter, None
            => "Connections whose two sides have said hello.";
        ENDED = "svrkit_connections_ended_total", Counter, None, by "ending" of ENDINGS
            => "Connections that have ended, or were not opened, by how: the peer closed it, this side left it, it was lost, the peer broke the protocol, a limit, it did not come about.";
    }

    /// An endpoint of a client, by what the client was told to call.
    endpoint("target", "endpoint") {
        CALLS = "svrkit_endpoint_calls_total", Counter, None, by "outcome" of OUTCOMES
            => "Calls that were sent there and have ended: answered, be it by a handler's error, failed, or given up by the caller.";
        DURATION = "svrkit_endpoint_duration_seconds", Histogram, Seconds
            => "How long its answers took, from when the call was sent; of streams nothing.";
    }

    /// What a client decides for protection, by what the client was told to call.
    protection("target") {
        DECIDED = "svrkit_client_decisions_total", Counter, None, by "decision" of Decision::WORDS
            => "Decisions of clients for the protection of their servers, their callers and themselves.";
        WATCHED = "svrkit_client_decisions_watched_total", Counter, None, by "decision" of Decision::WORDS
            => "The same of mechanisms that only watch: nothing came of them.";
    }

    /// The clients of one target, over sockets.
    pool("target") {
        CONNECTIONS = "svrkit_pool_connections", Gauge, None
            => "Connections that they have, to all endpoints together.";
        WAITING = "svrkit_pool_waiting", Gauge, None
            => "Calls that wait for a connection, as there is none that takes them.";
    }

    /// The load of the process's server.
    load() {
        TIER = "svrkit_load_tier", Gauge, None
            => "The tier of its load, learned or held by hand: 0 calm, 1 busy, 2 high, 3 critical.";
        HELD = "svrkit_load_tier_held", Gauge, None
            => "1 while the tier of its load is held by hand, and 0 while it is learned.";
    }

    /// The executor of a server.
    executor() {
        LAG = "svrkit_executor_lag_seconds", Histogram, Seconds
            => "How late a task runs that asks ten times a second to be woken; up to a millisecond of it is the timer's.";
    }

    /// The process, as /proc has it, once a second while a server serves.
    process() {
        CPU = "process_cpu_seconds_total", Counter, Seconds
            => "Time that its threads have computed, in the program and in the system.";
        RESIDENT = "process_resident_memory_bytes", Gauge, Bytes
            => "Memory that it has in use.";
        THREADS = "process_threads", Gauge, None
            => "Threads that it has.";
        FDS = "process_open_fds", Gauge, None
            => "Files and sockets that it has open.";
        STARTED = "process_start_time_seconds", Gauge, Seconds
            => "When it started, since 1970.";
    }

    /// What happens to metrics themselves.
    registry() {
        UNCOUNTED = "svrkit_metrics_uncounted_total", Counter, None
            => "Updates that were not counted, because there was no memory for them within metrics.bytes.";
    }
}

/// The codes, by their numbers.
const CODES: &[&str] = &{
    let mut codes = [""; 17];
    let mut number = 0;
    while number < 17 {
        codes[number as usize] = Code::from_number(number).as_str();
        number += 1;
    }
    codes
};

/// The number of the last cause that is known.
const CAUSE_LAST: u8 = Cause::Tier.number();

/// The causes of refusals: those of numbers 1 to [`CAUSE_LAST`], and the unknown one.
const CAUSES: &[&str] = &{
    let mut causes = [Cause::Unknown.as_str(); CAUSE_LAST as usize + 1];
    let mut number = 1;
    while number <= CAUSE_LAST {
        causes[number as usize - 1] = Cause::from_number(number).as_str();
        number += 1;
    }
    causes
};

/// The layers, by their numbers.
const LAYERS: &[&str] = &{
    let mut layers = [""; 9];
    let mut number = 0;
    while number < 9 {
        layers[number as usize] = Layer::from_number(number).as_str();
        number += 1;
    }
    layers
};

/// Of mechanisms that decide.
const MODES: &[&str] = &["on", "watch"];

const ENDINGS: &[&str] = &["closed", "left", "lost", "protocol", "limit", "not_opened"];
const OUTCOMES: &[&str] = &["answered", "failed", "abandoned"];
const DIRECTIONS: &[&str] = &["request", "response"];

/// Where a refusal of this cause is counted; `None`: it is none.
pub(crate) fn cause_index(cause: Cause) -> Option<usize> {
    match cause.number() {
        0 => None,
        number @ 1..=CAUSE_LAST => Some(usize::from(number) - 1),
        _ => Some(CAUSE_LAST.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_metric_has_a_name_and_labels_of_its_own() {
        let mut names = HashSet::new();
        for metric in GROUPS.iter().flat_map(|(_, group)| group.metrics) {
            assert!(names.insert(metric.name), "{}", metric.name);
            assert!(metric.help.ends_with('.') && metric.help.is_ascii(), "{}", metric.help);
            assert_eq!(metric.name.ends_with("_total"), metric.kind == Kind::Counter, "{}", metric.name);
            let unit = metric.name.trim_end_matches("_total").ends_with(&metric.unit.to_string());
            assert!(unit, "{} does not end with its unit", metric.name);
        }
    }

    #[test]
    fn slots_follow_one_another() {
        assert_eq!(method::CALLS, 0);
        assert_eq!(method::IN_FLIGHT, 17);
        assert_eq!(method::REFUSED, 18);
        assert_eq!(method::DURATION, 18 + 10 + 9);
        assert_eq!(method::WAIT, method::DURATION + 2 * (1 + 528));
        assert_eq!(method::GROUP.slots(), method::STREAMED + 3);
        assert_eq!(
            (CODES[14], CAUSES[0], CAUSES[8], CAUSES[9], LAYERS[8]),
            ("UNAVAILABLE", "queue", "tier", "unknown", "client")
        );
    }
}
