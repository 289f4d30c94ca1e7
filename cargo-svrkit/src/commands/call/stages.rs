//! When was what, for people who ask with -v.

use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use svrkit_runtime::{CallEnd, ConnectionFacts, Monitor, Trace};
use tokio::time::Instant;

use crate::server::MethodName;

/// What is noted of one run of the command; a clone notes for the same.
#[derive(Clone)]
pub(super) struct Stages(Option<Arc<Noted>>);

struct Noted {
    began: Instant,
    trace: Option<Trace>,
    said: Mutex<Said>,
}

/// In the order in which it happens.
#[derive(Default)]
struct Said {
    connected: Option<(Duration, String)>,
    known: Option<(Duration, MethodName)>,
    call: Option<String>,
}

impl Stages {
    /// Notes nothing unless it `is_wanted`.
    pub(super) fn begin(is_wanted: bool) -> Self {
        let noted = || Noted { began: Instant::now(), trace: new_trace(), said: Mutex::default() };
        Self(is_wanted.then(|| Arc::new(noted())))
    }

    /// The trace that the call is made a part of, so that it is found in what servers keep.
    pub(super) fn trace(&self) -> Option<Trace> {
        self.0.as_ref().and_then(|noted| noted.trace)
    }

    /// The method is known with its messages.
    pub(super) fn known(&self, name: &MethodName) {
        self.note(|said, time| said.known = Some((time, name.clone())));
    }

    /// Tells what was noted.
    pub(super) fn tell(&self) {
        let Some(noted) = &self.0 else { return };
        let said = noted.said.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines = String::new();
        if let Some((time, endpoint)) = &said.connected {
            lines.push_str(&line("connected", *time, endpoint));
        }
        if let Some((time, name)) = &said.known {
            lines.push_str(&line("described", *time, &name.to_string()));
        }
        lines.extend(said.call.as_deref());
        if let Some(trace) = noted.trace {
            lines.push_str(&format!("trace      {:032x}\n", trace.trace_id()));
        }
        // Where nobody reads it, nobody misses it.
        let _ = io::stderr().write_all(lines.as_bytes());
    }

    fn note(&self, note: impl FnOnce(&mut Said, Duration)) {
        if let Some(noted) = &self.0 {
            note(&mut noted.said.lock().unwrap_or_else(PoisonError::into_inner), noted.began.elapsed());
        }
    }
}

impl Monitor for Stages {
    fn connection_opened(&self, connection: &ConnectionFacts<'_>) {
        self.note(|said, time| {
            said.connected.get_or_insert((time, connection.peer.into()));
        });
    }

    /// The last one is the one that was asked for: what is asked of reflection comes before it.
    fn call_ended(&self, call: &CallEnd<'_>) {
        let Some(noted) = &self.0 else { return };
        let since = |at: Instant| at.saturating_duration_since(noted.began);
        let mut lines = String::new();
        let (sent, came) = match call.stream {
            None => (bytes(call.call.request_len as u64), bytes(call.response_len as u64)),
            Some(totals) => (
                format!("{} in {} requests", bytes(totals.request_bytes), totals.requests),
                format!("{} in {} answers", bytes(totals.response_bytes), totals.responses),
            ),
        };
        if let Some(started) = call.stages.started {
            lines.push_str(&line("sent", since(started), &sent));
        }
        let end = if call.status.is_some() { call.code().to_string() } else { came };
        lines.push_str(&line("ended", since(call.stages.ended), &end));
        self.note(|said, _| said.call = Some(lines));
    }
}

/// A line of what happened, and how long after the beginning.
fn line(stage: &str, time: Duration, what: &str) -> String {
    format!("{stage:10} {:9.3} ms  {what}\n", time.as_secs_f64() * 1e3)
}

fn bytes(count: u64) -> String {
    format!("{count} bytes")
}

fn new_trace() -> Option<Trace> {
    let random = || RandomState::new().hash_one(0_u8);
    Trace::new(u128::from(random()) << 64 | u128::from(random()), random(), true)
}
