//! A handler on its way: from its turn to its answer, unless something stops it.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Waker;

use tokio::time::Instant;

use super::{Permit, Starts};
use crate::admission::HandlerSeen;
use crate::context::Context;
use crate::dispatch::message::Output;
use crate::dispatch::moment::Moment;
use crate::dispatch::panic;
use crate::dispatch::workplace::Workplace;
use crate::spec::Spec;
use crate::status::Status;
use crate::status::catalogue::admitting;
use crate::task;

impl Permit {
    /// Runs a handler at its workplace, in `context`, and answers with what comes of it.
    pub(in crate::dispatch) fn run<W, Out, F, Fut>(self, spec: &'static Spec, context: Context, handler: F)
    where
        W: Workplace,
        Out: Output,
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = Result<Out, Status>> + Send + 'static,
    {
        let may_start = W::MAY_START_AT_ONCE && self.starts == Starts::AtOnce;
        if !may_start {
            self.take_slot();
        }
        start(Box::pin(context.scope(W::place(self.for_end(spec, Some(handler))))), may_start);
    }

    #[expect(clippy::manual_async_fn, reason = "an async fn keeps its arguments twice in its future")]
    fn for_end<Out, F, Fut>(
        self,
        spec: &'static Spec,
        mut handler: Option<F>,
    ) -> impl Future<Output = ()> + Send
    where
        Out: Output,
        F: FnOnce() -> Fut + Send,
        Fut: Future<Output = Result<Out, Status>> + Send,
    {
        async move {
            let mut permit = self;
            if permit.is_late() {
                return permit.answer(Err(&admitting::late_in_turn()));
            }
            // Where it is stopped, the handler's future is dropped here, and the permit after it.
            let outcome = {
                let mut handling = pin!(None);
                let turns = pin!(poll_fn(|cx| {
                    // Code of the service begins here, and nowhere else.
                    panic::forget();
                    if let Some(handler) = handler.take() {
                        handling.set(Some(handler()));
                    }
                    let poll = handling.as_mut().as_pin_mut().expect("its first turn has made it").poll(cx);
                    if poll.is_pending() {
                        permit.take_slot();
                    }
                    poll
                }));
                permit.until_stopped(turns).await
            };
            let Some(outcome) = outcome else {
                permit.was_stopped();
                // Where the stop came before its first turn, what it would have worked on goes before the permit does.
                drop(handler);
                return;
            };
            permit.is_done();
            permit.pass.end(HandlerSeen::Ended, Moment::now);
            permit.end_stream();
            if let Some(watched) = &mut permit.watched {
                watched.handled();
            }
            let waits = Out::IS_MESSAGE && permit.is_awaited() && !permit.may_answer();
            if waits && !permit.room(0).await {
                return;
            }
            match outcome {
                Ok(output) => {
                    let waits = permit.answer_with(spec, &output);
                    drop(output);
                    if let Some(answer) = waits {
                        // Apart, or every call's future would be as large as those that wait.
                        Box::pin(permit.answer_in_turn(answer)).await;
                    }
                }
                Err(status) => permit.answer(Err(&status)),
            }
        }
    }

    /// `None`: the call was stopped before `work` was ready.
    async fn until_stopped<F: Future>(&self, work: Pin<&mut F>) -> Option<F::Output> {
        self.responder.in_flight().until_stopped(self.call_id, self.stops, work).await
    }

    /// Whether the deadline came before the handler's turn, which is now: then none starts.
    #[inline]
    fn is_late(&mut self) -> bool {
        // Who listens is told when exactly.
        let moment = if self.watched.is_none() { Moment::before(self.start_by) } else { None };
        if let Some(moment) = moment {
            if let Some(tally) = &mut self.tally {
                tally.waited(moment.waited_since(tally.began()));
            }
            return false;
        }
        self.is_late_by_the_clock()
    }

    fn is_late_by_the_clock(&mut self) -> bool {
        if self.start_by.is_none() && !self.is_told_of() {
            return false;
        }
        let now = Instant::now();
        if self.start_by.is_some_and(|deadline| now >= deadline) {
            return true;
        }
        if let Some(tally) = &mut self.tally {
            tally.waited(now.saturating_duration_since(tally.began()));
        }
        if let Some(watched) = &mut self.watched {
            watched.started(now);
        }
        false
    }

    /// Whether it is to be answered now with what its handler has given: nobody has stopped it, and there is room.
    #[inline]
    fn may_answer(&self) -> bool {
        !self.is_given_up() && self.responder.has_room(0)
    }

    /// Waits until the connection takes an answer of this length: while a caller does not read its answers, its calls stay in
    /// flight, and those that may be short are not encoded. False: the call was stopped meanwhile.
    pub(super) async fn room(&self, answer_len: usize) -> bool {
        let waiting = WaitingForRoom(self);
        let room = pin!(poll_fn(|cx| waiting.0.responder.poll_room(waiting.0.call_id, answer_len, cx)));
        self.until_stopped(room).await.is_some()
    }
}

/// Runs `handler`, to its first wait here if it may start at once, and on a task of its own from there on.
///
/// A panic goes through whoever has dispatched the call, as from any code of a service.
fn start(mut handler: Pin<Box<dyn Future<Output = ()> + Send>>, at_once: bool) {
    // Whatever it waits for has its waker from its first poll on the task.
    let mut nobody = std::task::Context::from_waker(Waker::noop());
    if at_once && handler.as_mut().poll(&mut nobody).is_ready() {
        return;
    }
    // Its handle is not kept: those in flight tell it when to end.
    task::spawn(handler);
}

/// A wait for room that is forgotten when it is given up.
struct WaitingForRoom<'a>(&'a Permit);

impl Drop for WaitingForRoom<'_> {
    fn drop(&mut self) {
        self.0.responder.forget_room(self.0.call_id);
    }
}
