//! A service that calls the next one of its kind.

use std::future::pending;

use svrkit_runtime::{Call, Client, Service, ServiceSpec, Spec, Status, Tlv};

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "test.Note")]
pub(crate) struct Note {
    #[tlv(1)]
    pub(crate) number: u64,
}

const ID: u32 = 4000;

/// Answers after the next one has.
pub(crate) static FORWARD: Spec =
    Spec::new("test.Relay", ID, "Forward", 1).messages("test.Note", "test.Note");
/// Ends with NOT_FOUND.
pub(crate) static FAIL: Spec = Spec::new("test.Relay", ID, "Fail", 2).messages("test.Note", "test.Note");
/// Never ends.
pub(crate) static STALL: Spec = Spec::new("test.Relay", ID, "Stall", 3).messages("test.Note", "test.Note");

static RELAY: ServiceSpec = ServiceSpec::new("test.Relay", ID, &[&FORWARD, &FAIL, &STALL]);

#[derive(Clone, Default)]
pub(crate) struct Relay {
    pub(crate) next: Option<Client>,
}

impl Service for Relay {
    fn spec(&self) -> &'static ServiceSpec {
        &RELAY
    }

    fn dispatch(&self, call: Call) {
        let next = self.next.clone();
        match call.method_id() {
            1 => call.handle(&FORWARD, |note: Note| async move {
                tracing::info!("forwards {}", note.number);
                match next {
                    Some(next) => next.request(&FORWARD, &note).await,
                    None => Ok(note),
                }
            }),
            2 => call.handle(&FAIL, |note: Note| async move {
                Err::<Note, _>(Status::not_found(format!("note {} is not here", note.number)))
            }),
            3 => call.handle(&STALL, |_: Note| async move { pending::<Result<Note, Status>>().await }),
            _ => call.refuse_unknown_method(&RELAY),
        }
    }
}
