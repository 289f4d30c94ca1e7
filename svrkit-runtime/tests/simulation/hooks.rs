//! What monitors are told: every attempt and every connection begins once and ends once, on both sides.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use svrkit_runtime::{CallEnd, CallFacts, ConnectionEnd, ConnectionFacts, Monitor, Side};

use crate::ledger::Ledger;

/// Counts what is told of the calls and connections of one host.
#[derive(Clone)]
pub(crate) struct Hooks {
    host: String,
    ledger: Ledger,
    /// What has begun and not ended, by what it is.
    open: Arc<Mutex<BTreeMap<String, i64>>>,
}

impl Hooks {
    pub(crate) fn new(host: String, ledger: Ledger) -> Self {
        Self { host, ledger, open: Arc::default() }
    }

    /// Nothing is open any more.
    pub(crate) fn check_closed(&self) {
        for (what, open) in &*self.open.lock().unwrap() {
            self.ledger
                .must(*open == 0, || format!("{}: {open} of {what} have begun and not ended", self.host));
        }
    }

    fn change(&self, what: String, by: i64) {
        let mut all = self.open.lock().unwrap();
        let open = all.entry(what).or_default();
        *open += by;
        let (open, words) = (*open, "more have ended than begun");
        self.ledger.must(open >= 0, || format!("{}: {words}: {all:?}", self.host));
    }
}

fn call(call: &CallFacts<'_>) -> String {
    format!("the calls of method {} at the {:?}", call.method_id, call.side)
}

fn connection(side: Side) -> String {
    format!("the connections of the {side:?}")
}

impl Monitor for Hooks {
    fn call_began(&self, facts: &CallFacts<'_>) {
        self.change(call(facts), 1);
    }

    fn call_ended(&self, end: &CallEnd<'_>) {
        self.change(call(&end.call), -1);
    }

    fn connection_opened(&self, facts: &ConnectionFacts<'_>) {
        self.change(connection(facts.side), 1);
    }

    fn connection_ended(&self, end: &ConnectionEnd<'_>) {
        if end.was_open {
            self.change(connection(end.connection.side), -1);
        }
    }
}
