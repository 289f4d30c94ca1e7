//! A service whose handlers wait at every place where a handler can.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use svrkit_runtime::{
    Call, Event, Receiver, Recorder, Sender, Service, ServiceSpec, Side, Spec, Status, Streaming,
};
use tokio::task::yield_now;

use crate::support::Note;

const ID: u32 = 4100;

const fn spec(method: &'static str, method_id: u16) -> Spec {
    Spec::new("test.Steps", ID, method, method_id)
        .messages("test.Note", "test.Note")
        .timeout(Duration::from_secs(30))
}

/// Takes `number` turns and sends the note back.
pub(crate) static STEP: Spec = spec("Step", 1);
/// Takes `number` turns and fails with NOT_FOUND.
pub(crate) static STUMBLE: Spec = spec("Stumble", 2);
/// Takes `number` turns, for nobody.
pub(crate) static STROLL: Spec = spec("Stroll", 3).oneway();
/// The same as STEP on the blocking pool.
pub(crate) static PLOD: Spec = spec("Plod", 4);
/// Sends the note `number` times.
pub(crate) static COUNT: Spec = spec("Count", 5).streaming(Streaming::Server);
/// Sends back how many notes came.
pub(crate) static SUM: Spec = spec("Sum", 6).streaming(Streaming::Client);
/// Sends each note back.
pub(crate) static CHAT: Spec = spec("Chat", 7).streaming(Streaming::Both);

static STEPS: ServiceSpec =
    ServiceSpec::new("test.Steps", ID, &[&STEP, &STUMBLE, &STROLL, &PLOD, &COUNT, &SUM, &CHAT]);

/// A clone counts with it.
#[derive(Clone, Default)]
pub(crate) struct Steps {
    started: Arc<AtomicUsize>,
}

impl Steps {
    /// How many handlers have started.
    pub(crate) fn started(&self) -> usize {
        self.started.load(Ordering::Relaxed)
    }

    async fn step(self, note: Note) -> Result<Note, Status> {
        self.started.fetch_add(1, Ordering::Relaxed);
        for _ in 0..note.number {
            yield_now().await;
        }
        Ok(note)
    }

    async fn stumble(self, note: Note) -> Result<Note, Status> {
        self.step(note).await?;
        Err(Status::not_found("as the test wants it"))
    }

    async fn stroll(self, note: Note) -> Result<(), Status> {
        self.step(note).await.map(drop)
    }

    async fn count(self, note: Note, mut out: Sender<Note>) -> Result<(), Status> {
        self.started.fetch_add(1, Ordering::Relaxed);
        for _ in 0..note.number {
            out.send(&note).await?;
        }
        Ok(())
    }

    async fn sum(self, mut notes: Receiver<Note>) -> Result<Note, Status> {
        self.started.fetch_add(1, Ordering::Relaxed);
        let mut sum = 0;
        while notes.next().await?.is_some() {
            sum += 1;
        }
        Ok(Note::number(sum))
    }

    async fn chat(self, mut notes: Receiver<Note>, mut out: Sender<Note>) -> Result<(), Status> {
        self.started.fetch_add(1, Ordering::Relaxed);
        while let Some(note) = notes.next().await? {
            out.send(&note).await?;
        }
        Ok(())
    }
}

impl Service for Steps {
    fn spec(&self) -> &'static ServiceSpec {
        &STEPS
    }

    fn dispatch(&self, call: Call) {
        let steps = self.clone();
        match call.method_id() {
            1 => call.handle(&STEP, move |note| steps.step(note)),
            2 => call.handle(&STUMBLE, move |note| steps.stumble(note)),
            3 => call.handle_oneway(&STROLL, move |note| steps.stroll(note)),
            4 => call.handle_blocking(&PLOD, move |note| steps.step(note)),
            5 => call.handle_server_stream(&COUNT, move |note, out| steps.count(note, out)),
            6 => call.handle_client_stream(&SUM, move |notes| steps.sum(notes)),
            7 => call.handle_both_streams(&CHAT, move |notes, out| steps.chat(notes, out)),
            _ => call.refuse_unknown_method(&STEPS),
        }
    }
}

/// Waits until every call that a server has begun has ended there.
pub(crate) async fn all_ended(recorder: &Recorder) {
    recorder
        .until(|events| {
            let of_server = |event: &&Event| matches!(event, Event::Began { side: Side::Server, .. });
            let began = events.iter().filter(of_server).count();
            let ended =
                events.iter().filter(|event| matches!(event, Event::Ended { side: Side::Server, .. }));
            began <= ended.count()
        })
        .await;
}

/// Waits until a server has seen the end of `count` connections.
pub(crate) async fn connections_ended(recorder: &Recorder, count: usize) {
    let is_end = |event: &&Event| matches!(event, Event::ConnectionEnded { .. });
    recorder.until(|events| events.iter().filter(is_end).count() >= count).await;
}
