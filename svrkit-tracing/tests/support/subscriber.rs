//! A subscriber that keeps spans, their fields and what was logged in them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

#[derive(Clone, Default)]
pub(crate) struct Recording(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    spans: Vec<Recorded>,
    entered: Vec<usize>,
}

#[derive(Clone, Default)]
pub(crate) struct Recorded {
    pub(crate) fields: BTreeMap<String, String>,
    pub(crate) events: Vec<String>,
}

impl Recording {
    pub(crate) fn spans(&self) -> Vec<Recorded> {
        self.0.lock().unwrap().spans.clone()
    }

    pub(crate) fn is_outside(&self) -> bool {
        self.0.lock().unwrap().entered.is_empty()
    }
}

struct Fields<'a>(&'a mut BTreeMap<String, String>);

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().into(), value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().into(), format!("{value:?}"));
    }
}

fn place(id: &Id) -> usize {
    id.into_u64() as usize - 1
}

impl Subscriber for Recording {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "svrkit" || metadata.target().starts_with("spans")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut state = self.0.lock().unwrap();
        let mut recorded = Recorded::default();
        span.record(&mut Fields(&mut recorded.fields));
        state.spans.push(recorded);
        Id::from_u64(state.spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        values.record(&mut Fields(&mut self.0.lock().unwrap().spans[place(span)].fields));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = BTreeMap::new();
        event.record(&mut Fields(&mut fields));
        let mut state = self.0.lock().unwrap();
        let within = *state.entered.last().unwrap();
        state.spans[within].events.push(fields.remove("message").unwrap());
    }

    fn enter(&self, span: &Id) {
        self.0.lock().unwrap().entered.push(place(span));
    }

    fn exit(&self, span: &Id) {
        assert_eq!(self.0.lock().unwrap().entered.pop(), Some(place(span)));
    }
}
