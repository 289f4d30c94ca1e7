//! No handler starts after its deadline, however busy its runtime is.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;
use svrkit_runtime::{Call, Code, Context, Server, Service, ServiceSpec, Spec};
use tokio::time::{Instant, advance};

use crate::nothing_left::with_paused_clock;
use crate::support::Note;

static PUNCTUAL: Spec = Spec::new("test.Clock", 4102, "Punctual", 1).messages("test.Note", "test.Note");
static CLOCK: ServiceSpec = ServiceSpec::new("test.Clock", 4102, &[&PUNCTUAL]);

/// Notes for each handler when it starts and when it has to be over, and computes for `number` milliseconds.
#[derive(Clone, Default)]
struct Clock(Arc<Mutex<Vec<(Instant, Instant)>>>);

impl Service for Clock {
    fn spec(&self) -> &'static ServiceSpec {
        &CLOCK
    }

    fn dispatch(&self, call: Call) {
        let starts = Arc::clone(&self.0);
        call.handle(&PUNCTUAL, move |note: Note| async move {
            starts.lock().unwrap().push((Instant::now(), Context::current().deadline().unwrap()));
            advance(Duration::from_millis(note.number)).await;
            Ok::<_, svrkit_runtime::Status>(note)
        });
    }
}

#[derive(Clone, Debug)]
enum Step {
    /// A call with so many milliseconds, whose handler computes for so many.
    Call { timeout: u64, computes: u64 },
    /// Something else computes for so many.
    Other { computes: u64 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (1_u64..60, 0_u64..20).prop_map(|(timeout, computes)| Step::Call { timeout, computes }),
        1 => (0_u64..20).prop_map(|computes| Step::Other { computes }),
    ];
    prop::collection::vec(step, 1..60)
}

/// Runs all steps as tasks of one thread. Says how many calls were answered, and how many came too late.
fn run(steps: Vec<Step>) -> (usize, usize, Vec<(Instant, Instant)>) {
    with_paused_clock(async {
        let clock = Clock::default();
        let client = Server::new().service(clock.clone()).in_process().unwrap();
        let tasks: Vec<_> = steps
            .into_iter()
            .map(|step| match step {
                Step::Call { timeout, computes } => {
                    let call = client.request::<_, Note>(&PUNCTUAL, &Note::number(computes));
                    let call = call.timeout(Duration::from_millis(timeout));
                    tokio::spawn(async move { Some(call.await.map(drop)) })
                }
                Step::Other { computes } => tokio::spawn(async move {
                    advance(Duration::from_millis(computes)).await;
                    None
                }),
            })
            .collect();
        let (mut answered, mut late) = (0, 0);
        for task in tasks {
            match task.await.unwrap() {
                Some(Ok(())) => answered += 1,
                Some(Err(status)) => {
                    assert_eq!(status.code(), Code::DeadlineExceeded, "{status}");
                    late += 1;
                }
                None => {}
            }
        }
        let starts = clock.0.lock().unwrap().clone();
        (answered, late, starts)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_handler_starts_after_its_deadline(steps in steps()) {
        let calls = steps.iter().filter(|step| matches!(step, Step::Call { .. })).count();
        let (answered, late, starts) = run(steps);
        prop_assert!(starts.iter().all(|(start, deadline)| start < deadline), "{starts:?}");
        prop_assert!(answered <= starts.len() && starts.len() <= calls);
        prop_assert_eq!(answered + late, calls, "a call has ended twice, or not at all");
    }
}

/// What the property is about happens: some handlers start, and for some it is too late.
#[test]
fn of_a_hundred_calls_that_compute_some_never_start() {
    let (_, late, starts) = run(vec![Step::Call { timeout: 50, computes: 5 }; 100]);
    assert!(!starts.is_empty() && starts.len() < 100, "{} started, {late} were late", starts.len());
}
