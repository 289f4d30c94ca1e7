//! How a call ends: by its answer, or by its permit's being dropped without one.

use std::thread::panicking;

use bytes::Bytes;
use tokio::time::Instant;

use super::Permit;
use crate::admission::HandlerSeen;
use crate::dispatch::in_flight::StoppedBy;
use crate::dispatch::message::Output;
use crate::dispatch::panic::{self, Noted};
use crate::dispatch::responder::Answered;
use crate::interceptor::Side;
use crate::log::{self, Event};
use crate::metrics::TallyEnd;
use crate::monitor::WhenWritten;
use crate::spec::Spec;
use crate::status::catalogue::{calling, handling, streaming};
use crate::status::{Status, story};
use crate::wire::frame::WHOLE_LEN_MAX;

impl Permit {
    pub(in crate::dispatch) fn answer(mut self, outcome: Result<&[u8], &Status>) {
        self.answer_once(outcome);
    }

    /// The same where moving it costs more than the rest.
    fn answer_once(&mut self, outcome: Result<&[u8], &Status>) {
        if self.end() == Some(StoppedBy::Caller) {
            // Nobody waits for the answer, and its id may be another call's by now.
            return self.tell_cancelled();
        }
        if self.is_awaited() {
            let is_degraded = self.is_degraded;
            self.responder.answer(self.call_id, outcome.map(|body| Answered { body, is_degraded }));
        }
        self.tell_answered(outcome.err(), outcome.map_or(0, <[u8]>::len));
    }

    /// Encodes the answer and sends it, or gives it back where it is long and others like it wait.
    pub(super) fn answer_with<Out: Output>(&mut self, spec: &'static Spec, output: &Out) -> Option<Bytes> {
        output.encode(self.limits().message_out, |encoded| {
            match encoded {
                Ok(bytes) => match self.responder.caller_message_in() {
                    Some(max) if bytes.len() > max as usize => {
                        self.answer_once(Err(&handling::response_over_limit(bytes.len(), max)));
                    }
                    _ if bytes.len() > WHOLE_LEN_MAX && !self.responder.has_room(bytes.len()) => {
                        return Some(Bytes::copy_from_slice(bytes));
                    }
                    _ => self.answer_once(Ok(bytes)),
                },
                Err(error) => self.answer_once(Err(&handling::response_unencodable(spec, error))),
            }
            None
        })
    }

    /// Sends a long answer in its turn. The call stays in flight until then: so many wait at most.
    pub(super) async fn answer_in_turn(self, answer: Bytes) {
        if self.room(answer.len()).await {
            self.answer(Ok(&answer));
        }
    }

    /// Has the stream take and send nothing any more, if there is one: what the handler has left to others goes nowhere.
    pub(super) fn end_stream(&mut self) {
        if let Some(end) = self.stream() {
            end.close();
            self.responder.stream_ended(self.call_id);
        }
    }

    fn end(&mut self) -> Option<StoppedBy> {
        self.ended = true;
        self.end_stream();
        self.responder.in_flight().end(self.call_id)
    }

    /// Its handler is gone without an answer.
    #[cold]
    pub(super) fn answer_unanswered(&mut self) {
        let stopped_by = self.end();
        if let Some(StoppedBy::Caller | StoppedBy::Deadline) = stopped_by {
            self.pass.end(HandlerSeen::Stopped, Instant::now);
        }
        if panicking() {
            self.tell_panic();
        }
        let status = match stopped_by {
            Some(StoppedBy::Caller) => return self.tell_cancelled(),
            Some(StoppedBy::Drain) => handling::handler_cut(),
            Some(StoppedBy::Deadline) => handling::handler_late(),
            Some(StoppedBy::Idle) => streaming::stream_idle(self.limits().stream_idle.as_millis()),
            None if panicking() => handling::handler_panicked(),
            None => handling::call_dropped(),
        };
        if self.is_awaited() {
            self.responder.answer(self.call_id, Err(&status));
        }
        self.tell_answered(Some(&status), 0);
    }

    /// The same as [`Self::tell`] where its caller is answered if it waits: who wants to know when that is written is told.
    #[inline]
    fn tell_answered(&mut self, status: Option<&Status>, response_len: usize) {
        let when_written = self.tell(status, response_len);
        if let Some(when_written) = when_written.filter(|when| self.is_awaited() && !when.is_empty()) {
            self.responder.when_written(when_written);
        }
    }

    /// Tells whoever listens how it ended, and the log what its caller is not told. Gives back who listens for when it is written.
    #[inline]
    fn tell(&mut self, status: Option<&Status>, response_len: usize) -> Option<WhenWritten> {
        if let Some(status) = status {
            self.log(status);
        }
        // Those who are told of it have to know when, and then the rest does as well.
        let now = self.watched.as_ref().map(|_| Instant::now());
        if self.is_degraded && status.is_none() {
            self.tell_degraded();
        }
        let stream = self.stream().map(|end| end.totals());
        if let (Some(tally), Some(metrics)) = (self.tally.take(), self.responder.metrics()) {
            tally.end(metrics, &TallyEnd { side: Side::Server, now, status, response_len, stream });
        }
        let mut watched = self.watched.take()?;
        if let Some(totals) = stream {
            watched.streamed(totals);
        }
        Some(watched.end(status, response_len, now.unwrap_or_else(Instant::now)))
    }

    #[cold]
    fn tell_degraded(&mut self) {
        if let (Some(tally), Some(metrics)) = (&self.tally, self.responder.metrics()) {
            tally.degraded(metrics);
        }
        if let Some(watched) = &mut self.watched {
            watched.degraded();
        }
    }

    #[cold]
    fn log(&self, status: &Status) {
        log::refused(status, self.spec, std::time::Instant::now);
        if let Some(error) = status.private_error() {
            let method = self.method();
            let words = format_args!("{method} failed: {}", story(error));
            log::line(Event::HandlerFailed, &[("method", &method)], words);
        }
    }

    /// Whether anybody is told how it ends, be it only that it is counted.
    pub(super) fn is_told_of(&self) -> bool {
        self.tally.is_some() || self.watched.is_some()
    }

    /// The method's name, for the log.
    fn method(&self) -> String {
        self.spec.map_or_else(|| "a service".into(), ToString::to_string)
    }

    fn tell_cancelled(&mut self) {
        if self.is_told_of() {
            self.tell(Some(&calling::caller_gone()), 0);
        }
    }

    fn tell_panic(&self) {
        let Noted { message, place } = panic::last();
        let method = self.method();
        if place.is_empty() {
            let words =
                format_args!("{method} panicked, no panic hook said where; its caller was told INTERNAL");
            log::line(Event::HandlerPanicked, &[("method", &method)], words);
        } else {
            let words = format_args!("{method} panicked at {place}: {message}; its caller was told INTERNAL");
            log::line(Event::HandlerPanicked, &[("method", &method), ("place", &place)], words);
        }
        if let Some(metrics) = self.responder.metrics() {
            metrics.panicked(self.spec);
        }
        if let Some(watched) = &self.watched {
            watched.panicked(&message, &place);
        }
    }
}
