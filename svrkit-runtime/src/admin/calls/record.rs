//! One call that is kept.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::context::Trace;
use crate::monitor::{CallEnd, StreamTotals};
use crate::one_line::one_line;
use crate::status::{Code, Status};

/// Most bytes of a failure's words.
const WORDS_LEN_MAX: usize = 256;

/// What is known of a call that has ended.
#[derive(Debug)]
pub(in crate::admin) struct Record {
    /// When it began, by the clock on the wall.
    pub(in crate::admin) time: SystemTime,
    /// Full name of the method, `2000.7` where the ids are no method's.
    pub(in crate::admin) method: String,
    /// What the caller calls itself; may be empty.
    pub(in crate::admin) peer: String,
    pub(in crate::admin) trace: Option<Trace>,
    pub(in crate::admin) code: Code,
    /// What the caller was told; empty of a call that went well.
    pub(in crate::admin) words: String,
    pub(in crate::admin) request_len: usize,
    pub(in crate::admin) response_len: usize,
    pub(in crate::admin) stream: Option<StreamTotals>,
    /// What was left until its deadline when it ended; `None`: it had none.
    pub(in crate::admin) left: Option<Duration>,
    pub(in crate::admin) latency: Duration,
    /// When it began, and the others from there.
    began: Instant,
    ended: Instant,
    stages: [(&'static str, Option<Duration>); 4],
    written: OnceLock<Duration>,
}

impl Record {
    pub(super) fn of(end: &CallEnd<'_>) -> Self {
        let (call, stages) = (&end.call, &end.stages);
        let since = |stage: Option<Instant>| stage.map(|at| at.saturating_duration_since(stages.began));
        Self {
            time: SystemTime::now().checked_sub(stages.latency()).unwrap_or(SystemTime::UNIX_EPOCH),
            method: match call.spec {
                Some(spec) => spec.to_string(),
                None => format!("{}.{}", call.service_id, call.method_id),
            },
            peer: call.peer.into(),
            trace: call.context.trace(),
            code: end.code(),
            words: end.status.map(words).unwrap_or_default(),
            request_len: call.request_len,
            response_len: end.response_len,
            stream: end.stream,
            left: call.context.deadline().map(|at| at.saturating_duration_since(stages.ended)),
            latency: stages.latency(),
            began: stages.began,
            ended: stages.ended,
            stages: [
                ("queued", since(stages.queued)),
                ("decoded", since(stages.decoded)),
                ("started", since(stages.started)),
                ("handled", since(stages.handled)),
            ],
            written: OnceLock::new(),
        }
    }

    /// When it had ended.
    pub(super) fn ended(&self) -> Instant {
        self.ended
    }

    /// Notes when its answer had been written.
    pub(super) fn note_written(&self, at: Instant) {
        let _ = self.written.set(at.saturating_duration_since(self.began));
    }

    /// Its stages that are known, in their order in time, from its beginning.
    pub(in crate::admin) fn stages(&self) -> Vec<(&'static str, Duration)> {
        let last = [("ended", Some(self.latency)), ("written", self.written.get().copied())];
        let stages = self.stages.into_iter().chain(last);
        let mut stages: Vec<_> = stages.filter_map(|(name, at)| Some((name, at?))).collect();
        // An interceptor starts before its handler's request is decoded.
        stages.sort_by_key(|(_, at)| *at);
        stages
    }
}

#[cfg(test)]
impl Record {
    /// Of a call that took so long and ends now.
    pub(super) fn took(latency: Duration) -> Self {
        Self {
            time: SystemTime::UNIX_EPOCH,
            method: String::new(),
            peer: String::new(),
            trace: None,
            code: Code::Ok,
            words: String::new(),
            request_len: 0,
            response_len: 0,
            stream: None,
            left: None,
            latency,
            began: Instant::now() - latency,
            ended: Instant::now(),
            stages: [("queued", None), ("decoded", None), ("started", None), ("handled", None)],
            written: OnceLock::new(),
        }
    }
}

fn words(status: &Status) -> String {
    one_line(format_args!("{}", status.message()), WORDS_LEN_MAX)
}
