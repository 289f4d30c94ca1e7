//! What became of every call, at both ends, and what must hold of it whatever happens.
//!
//! A call carries its number, and its handler says when it starts and when it is gone. What must not be is written down where it is
//! seen: a panic would be the handler's, and the server would make a status of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use svrkit_runtime::simulation::Network;
use svrkit_runtime::{Code, Context, Retry, Status};
use tokio::time::Instant;

use crate::work::{Job, Task};

/// The grain of every timer: what was to end at an instant has ended so much later.
const GRAIN: Duration = Duration::from_millis(1);

#[derive(Clone)]
pub(crate) struct Ledger {
    book: Arc<Mutex<Book>>,
    network: Network,
    promises: Promises,
}

/// What must hold where less happens.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Promises {
    /// No packet is lost, and nobody vanishes untold: so long after its caller gave up, or was killed, a handler is dropped.
    pub(crate) cancelled_within: Option<Duration>,
    /// And nobody but a drain stops a server: no call fails for that.
    pub(crate) nothing_fails: bool,
}

#[derive(Default)]
struct Book {
    calls: Vec<Record>,
    /// For how long handlers have computed, or processes stood still: all that is late is so much later.
    computed: Duration,
    violations: Vec<String>,
}

/// One call.
struct Record {
    task: Task,
    deadline: Instant,
    /// What [`Book::computed`] was then, as for all instants here.
    computed: Duration,
    outcome: Option<End>,
    runs: Vec<Run>,
}

/// How a call ended for its caller, and when.
#[derive(Clone, Copy, Debug)]
struct End {
    outcome: Outcome,
    at: Instant,
    computed: Duration,
}

/// One run of a handler.
struct Run {
    ended: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Answered,
    /// The status says that no handler has run.
    NeverStarted(Code),
    Failed(Code),
    /// Its caller no longer waited.
    GivenUp,
}

/// A call that is under way. Dropped without an outcome, it was given up.
pub(crate) struct Calling {
    ledger: Ledger,
    number: u64,
    is_over: bool,
}

/// A handler that runs.
pub(crate) struct Running {
    ledger: Ledger,
    number: u64,
    index: usize,
}

impl Ledger {
    pub(crate) fn new(network: Network, promises: Promises) -> Self {
        Self { book: Arc::default(), network, promises }
    }

    /// A call is made that ends at `deadline` at the latest.
    pub(crate) fn call(&self, task: Task, deadline: Instant) -> Calling {
        let mut book = self.lock();
        let number = book.calls.len() as u64;
        let computed = book.computed;
        book.calls.push(Record { task, deadline, computed, outcome: None, runs: Vec::new() });
        Calling { ledger: self.clone(), number, is_over: false }
    }

    /// The handler of a call starts.
    pub(crate) fn start(&self, job: &Job, task: Task) -> Running {
        let now = Instant::now();
        let mut book = self.lock();
        let (within, computed) = (self.promises.cancelled_within, book.computed);
        let Some(record) = book.calls.get_mut(job.number as usize) else {
            book.violations.push(format!("a handler runs for call {}, which nobody has made", job.number));
            return Running { ledger: self.clone(), number: 0, index: usize::MAX };
        };
        let index = record.runs.len();
        record.runs.push(Run { ended: None });
        let (known, deadline) = (record.task, Context::current().deadline());
        let outcome = record.outcome;
        let mut must = |holds: bool, words: &str| {
            if !holds {
                book.violations.push(format!("call {} ({task:?}): {words}", job.number));
            }
        };
        must(known == task, "it reaches the handler of another method");
        must(index == 0, "a second handler runs for it");
        must(deadline.is_none_or(|deadline| now < deadline), "its handler starts after its deadline");
        must(
            !matches!(outcome, Some(End { outcome: Outcome::NeverStarted(_), .. })),
            "its handler starts after its caller was told that none would",
        );
        if let (Some(within), Some(end)) = (within, outcome.filter(|end| end.outcome == Outcome::GivenUp)) {
            let late = task != Task::Tell && now > end.at + within + GRAIN + (computed - end.computed);
            must(!late, "its handler starts when the cancel must have been there");
        }
        Running { ledger: self.clone(), number: job.number, index }
    }

    /// A handler is about to compute, or a process to be paused, for so long.
    pub(crate) fn stand_still(&self, time: Duration) {
        self.lock().computed += time;
    }

    /// Writes down what must not be.
    pub(crate) fn must(&self, holds: bool, words: impl FnOnce() -> String) {
        if !holds {
            self.lock().violations.push(words());
        }
    }

    /// What must not be, and is.
    pub(crate) fn violations(&self) -> Vec<String> {
        self.lock().violations.clone()
    }

    /// No caller waits and no handler runs any more: so nothing is open.
    pub(crate) fn check_closed(&self) {
        let mut book = self.lock();
        let mut found = Vec::new();
        for (number, record) in book.calls.iter().enumerate() {
            if record.outcome.is_none() {
                found.push(format!("call {number} ({:?}) has no outcome", record.task));
            }
            if record.runs.iter().any(|run| run.ended.is_none()) {
                found.push(format!("the handler of call {number} ({:?}) runs for ever", record.task));
            }
        }
        book.violations.append(&mut found);
    }

    /// How many handlers have started.
    pub(crate) fn runs(&self) -> usize {
        self.lock().calls.iter().map(|record| record.runs.len()).sum()
    }

    /// How many handlers run.
    pub(crate) fn running(&self) -> usize {
        let book = self.lock();
        book.calls.iter().flat_map(|record| &record.runs).filter(|run| run.ended.is_none()).count()
    }

    /// How many calls of which task ended how.
    pub(crate) fn outcomes(&self) -> BTreeMap<String, usize> {
        let mut outcomes = BTreeMap::new();
        for record in &self.lock().calls {
            if let Some(end) = record.outcome {
                *outcomes.entry(format!("{:?} {:?}", record.task, end.outcome)).or_default() += 1;
            }
        }
        outcomes
    }

    fn close(&self, number: u64, outcome: Outcome, words: Option<String>) {
        let now = Instant::now();
        self.network.note(format_args!("call {number}: {outcome:?}"));
        let mut book = self.lock();
        book.violations.extend(words.map(|words| format!("call {number}: {words}")));
        let computed = book.computed;
        let record = &mut book.calls[number as usize];
        let grain = GRAIN + (computed - record.computed);
        let (task, deadline, runs) = (record.task, record.deadline, record.runs.len());
        let was_open = record.outcome.replace(End { outcome, at: now, computed }).is_none();
        let mut must = |holds: bool, words: &str| {
            if !holds {
                book.violations.push(format!("call {number} ({task:?}), {outcome:?}: {words}"));
            }
        };
        must(was_open, "it ends twice");
        must(now <= deadline + grain || outcome == Outcome::GivenUp, "it ends after its deadline");
        match outcome {
            Outcome::Answered => must(runs == 1 || task == Task::Tell, "it is answered by no handler"),
            Outcome::NeverStarted(_) => must(runs == 0, "it was told that no handler has run, and one has"),
            Outcome::Failed(Code::DeadlineExceeded) => {
                must(
                    now >= deadline || task == Task::Relay || task.is_stream(),
                    "it is late before its deadline",
                );
            }
            Outcome::Failed(code) => {
                let expected = match task {
                    Task::Fail => code == Code::NotFound,
                    Task::Panic => code == Code::Internal,
                    // What its own calls meet, it meets.
                    Task::Relay => true,
                    _ => false,
                };
                must(expected || !self.promises.nothing_fails, "nobody has failed, and it has");
            }
            Outcome::GivenUp => {}
        }
    }

    fn end(&self, number: u64, index: usize) {
        let now = Instant::now();
        let mut book = self.lock();
        let computed = book.computed;
        let Some(record) = book.calls.get_mut(number as usize) else { return };
        let Some(run) = record.runs.get_mut(index) else { return };
        run.ended = Some(now);
        let (task, outcome) = (record.task, record.outcome);
        if let (Some(within), Some(end)) =
            (self.promises.cancelled_within, outcome.filter(|end| end.outcome == Outcome::GivenUp))
            && task != Task::Tell
            && now > end.at + within + GRAIN + (computed - end.computed)
        {
            let late = (now - end.at).as_millis();
            book.violations.push(format!(
                "call {number} ({task:?}): its handler goes on for {late} ms after it was given up"
            ));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap()
    }
}

impl Calling {
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// It has ended so. An answer has to be its own.
    pub(crate) fn end(mut self, answer: Result<Option<&Job>, &Status>) {
        self.is_over = true;
        let (outcome, words) = match answer {
            Ok(None) => (Outcome::Answered, None),
            Ok(Some(job)) if job.number == self.number => (Outcome::Answered, None),
            Ok(Some(job)) => (Outcome::Answered, Some(format!("it gets the answer to call {}", job.number))),
            Err(status) => self.failed(status),
        };
        self.ledger.close(self.number, outcome, words);
    }

    fn failed(&self, status: &Status) -> (Outcome, Option<String>) {
        let facts = status.facts();
        if matches!(facts.retry, Retry::Elsewhere | Retry::ElsewhereOrAfter(_) | Retry::After(_)) {
            return (Outcome::NeverStarted(status.code()), None);
        }
        // The handler of Fail says whose error it is.
        let own = format!("no {}", self.number);
        let is_others = facts.error_code != 0 && status.message() != own;
        let words = is_others.then(|| format!("it gets the error of another one: {status}"));
        (Outcome::Failed(status.code()), words)
    }
}

impl Drop for Calling {
    fn drop(&mut self) {
        if !self.is_over {
            self.ledger.close(self.number, Outcome::GivenUp, None);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.ledger.end(self.number, self.index);
    }
}
