//! `/queues`: jobs that are to be done and those that nobody tries any more, which are tried again by POST.

use std::sync::Arc;

use crate::admin::Subject;
use crate::admin::http::{HttpStatus, form};
use crate::admin::page::{Column, Document, Page, Showing, Shown};
use crate::metrics::Snapshot;
use crate::queue::{JobId, JobState, Queue, QueueError, Queued, Queues};

pub(super) struct QueuesPage(pub(super) Arc<dyn Subject>);

/// Dead letters that are shown of each queue.
const SHOWN_MAX: usize = 100;

/// Dead letters that one wish has tried again.
const REVIVED_MAX: usize = 10_000;

const QUEUES: &[Column] = &[
    Column::left("queue"),
    Column::left("method"),
    Column::right("jobs"),
    Column::right("late"),
    Column::right("accepted"),
    Column::right("known"),
    Column::right("done"),
    Column::right("again"),
    Column::right("dead"),
];

const DEAD: &[Column] =
    &[Column::left("queue"), Column::left("job"), Column::right("attempts"), Column::left("why")];

impl Page for QueuesPage {
    fn path(&self) -> &'static str {
        "/queues"
    }

    fn about(&self) -> &'static str {
        "queued methods: jobs that wait, and dead letters, to be tried again"
    }

    fn show(&self) -> Showing<'_> {
        Box::pin(async {
            let document = Document::new("Queues");
            let queues = self.0.queues();
            let Some(engine) = queues.engine() else {
                return document.words("No method of this server is queued.").into();
            };
            let snapshot = self.0.metrics().map(|metrics| metrics.snapshot());
            match shown(document, queues, &**engine, snapshot.as_ref()).await {
                Ok(document) => document.into(),
                Err(error) => failed(&error),
            }
        })
    }

    fn act<'a>(&'a self, form: &'a [u8]) -> Option<Showing<'a>> {
        Some(Box::pin(async {
            let queues = self.0.queues();
            let (Some(wish), Some(engine)) = (form::field(form, "revive"), queues.engine()) else {
                return nothing();
            };
            let (name, job) = wish.split_once('/').unwrap_or((&wish, ""));
            let Some(queue) = queues.methods().iter().map(|method| method.queue.name).find(|it| *it == name)
            else {
                return nothing();
            };
            let revived = match job {
                "" => revive_all(&**engine, queue).await,
                job => match job.parse() {
                    Ok(job) => engine.revive(queue, job).await.map(usize::from),
                    Err(_) => return nothing(),
                },
            };
            match revived {
                Ok(0) => nothing(),
                Ok(count) => {
                    let words = format!("{count} of {queue} will be tried again, as if for the first time.");
                    Shown::from(Document::new("Revived").words(words))
                }
                Err(error) => failed(&error),
            }
        }))
    }
}

async fn shown(
    document: Document,
    queues: &Queues,
    engine: &dyn Queue,
    snapshot: Option<&Snapshot>,
) -> Result<Document, QueueError> {
    let (mut rows, mut dead, mut buttons) = (Vec::new(), Vec::new(), Vec::new());
    for method in queues.methods() {
        let queue = method.queue.name;
        rows.push(row(method, engine, snapshot).await?);
        let letters = engine.dead(queue, None, SHOWN_MAX).await?;
        if letters.len() > 1 {
            buttons.push((queue.to_owned(), format!("Revive all of {queue}")));
        }
        for job in letters {
            // One that somebody has revived meanwhile is none.
            if let Some(JobState::Dead { attempts, why }) = engine.state(queue, job).await? {
                dead.push(vec![queue.to_owned(), job.to_string(), attempts.to_string(), why]);
                buttons.push((format!("{queue}/{job}"), format!("Revive {job}")));
            }
        }
    }
    let guarantee = format!("What was accepted is safe by the guarantee {:?}.", engine.guarantee());
    let document = document.words(guarantee).table("Queues", QUEUES, rows, "");
    let caption = format!("Dead letters, at most {SHOWN_MAX} of each queue");
    let document = document.table(caption, DEAD, dead, "No dead letters.");
    let button = |document: Document, (wish, words): (String, String)| {
        document.button_of("/queues", ("revive", wish), &words)
    };
    Ok(buttons.into_iter().fold(document, button))
}

async fn row(
    method: &Queued,
    engine: &dyn Queue,
    snapshot: Option<&Snapshot>,
) -> Result<Vec<String>, QueueError> {
    let queue = method.queue.name;
    let load = engine.load(queue).await?;
    let counted = |family: &str, label: &str, value: &str| {
        let samples = snapshot.and_then(|snapshot| snapshot.family(family)).map_or(&[][..], |it| &it.samples);
        let of = |sample: &&crate::metrics::Sample| {
            sample.label("queue") == Some(queue) && sample.label(label) == Some(value)
        };
        let count = samples.iter().filter(of).find_map(|sample| match sample.value {
            crate::metrics::Value::Counter(count) => Some(count),
            _ => None,
        });
        count.map_or_else(|| "-".to_owned(), |count| count.to_string())
    };
    Ok(vec![
        queue.to_owned(),
        method.spec.to_string(),
        load.jobs.to_string(),
        format!("{:.1} s", load.late.as_secs_f64()),
        counted("svrkit_jobs_accepted_total", "job", "new"),
        counted("svrkit_jobs_accepted_total", "job", "known"),
        counted("svrkit_job_attempts_total", "outcome", "done"),
        counted("svrkit_job_attempts_total", "outcome", "again"),
        counted("svrkit_job_attempts_total", "outcome", "dead"),
    ])
}

/// How many there were.
async fn revive_all(engine: &dyn Queue, queue: &str) -> Result<usize, QueueError> {
    let (mut after, mut revived): (Option<JobId>, _) = (None, 0);
    while revived < REVIVED_MAX {
        let letters = engine.dead(queue, after, SHOWN_MAX).await?;
        let Some(last) = letters.last() else { break };
        after = Some(*last);
        for job in letters {
            revived += usize::from(engine.revive(queue, job).await?);
        }
    }
    Ok(revived)
}

fn nothing() -> Shown {
    let words = "No dead letter is called so: say one of /queues, as in curl -d revive=QUEUE/JOB, or all of a queue by revive=QUEUE.";
    Shown::new(HttpStatus::NOT_FOUND, Document::new("Nothing to revive").words(words))
}

fn failed(error: &QueueError) -> Shown {
    Shown::new(HttpStatus::UNAVAILABLE, Document::new("Queues").words(error.to_string()))
}
