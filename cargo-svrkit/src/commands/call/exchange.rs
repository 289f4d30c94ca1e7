//! One call of whichever kind: its requests go out, its answers are printed.

use std::error::Error;
use std::io::{self, Write as _};
use std::pin::pin;
use std::time::Duration;

use svrkit_gen::Report;
use svrkit_reflect::call::{Encoded, spec};
use svrkit_reflect::descriptor::Stream;
use svrkit_reflect::{MethodDescriptor, json};
use svrkit_runtime::queue::asking::{JobsClient, State, Ticket};
use svrkit_runtime::queue::{JobId, NotAJobId};
use svrkit_runtime::{Client, Context, Status, Streaming};

use super::jobs::{self, JOB_KEY, Wanted};
use super::own_error;
use super::requests::Source;

/// A call about to be made.
pub(super) struct Exchange<'c> {
    pub(super) client: Client,
    pub(super) method: MethodDescriptor<'c>,
    pub(super) context: Context,
    pub(super) metadata: &'c [(String, String)],
    pub(super) deadline: Option<Duration>,
    pub(super) options: json::Options,
    /// Of a queued method's jobs.
    pub(super) wanted: Wanted,
}

/// Why there are not all answers.
pub(super) enum Failure {
    /// Nothing was called, or no more was sent.
    Usage(Box<dyn Error>),
    /// The schemas are at fault.
    Report(Report),
    /// How the call ended.
    Ended(Status),
    /// The same, in the words that the method has for it.
    Said(String),
    Cancelled,
    /// Nobody reads what is printed.
    OutputClosed,
}

impl Failure {
    /// In the words that the method has for it.
    pub(super) fn said_by(self, method: MethodDescriptor<'_>) -> Self {
        match self {
            Self::Ended(status) => Self::Said(own_error::of_method(&status, method)),
            other => other,
        }
    }
}

/// Whether any number of answers may come.
pub(super) fn streams_answers(method: MethodDescriptor<'_>) -> bool {
    matches!(method.source().stream, Stream::Server | Stream::Both)
}

/// What is set is the same for a call of each kind.
macro_rules! with_settings {
    ($exchange:expr, $call:expr) => {{
        let mut call = $call.context($exchange.context.clone());
        if let Some(deadline) = $exchange.deadline {
            call = call.timeout(deadline);
        }
        for (key, value) in $exchange.metadata {
            call = call.metadata(key, value.clone());
        }
        call
    }};
}

impl Exchange<'_> {
    pub(super) async fn run(&self, source: Source) -> Result<(), Failure> {
        self.check_wanted()?;
        let spec = spec(self.method);
        match (spec.streaming, spec.oneway) {
            (Streaming::Unary, false) if self.is_queued() => {
                let id = match self.wanted {
                    Wanted::Asked(job) => return self.ask(job).await,
                    Wanted::Accepted(id) => id.unwrap_or_else(JobId::random),
                };
                let request = self.encoded(&source.whole().map_err(Failure::Usage)?)?;
                let ticket = with_settings!(self, self.client.request::<_, Ticket>(spec, &request));
                print_ticket(&ticket.metadata(JOB_KEY, id.to_string()).await?)
            }
            (Streaming::Unary, true) => {
                let request = self.encoded(&source.whole().map_err(Failure::Usage)?)?;
                let oneway = with_settings!(self, self.client.oneway(spec, &request));
                Ok(oneway.await?)
            }
            (Streaming::Unary, false) => {
                let request = self.encoded(&source.whole().map_err(Failure::Usage)?)?;
                let answer = with_settings!(self, self.client.request::<_, Encoded>(spec, &request));
                self.print(&answer.await?)
            }
            (Streaming::Server, _) => {
                let request = self.encoded(&source.whole().map_err(Failure::Usage)?)?;
                let mut answers =
                    with_settings!(self, self.client.server_stream::<_, Encoded>(spec, &request));
                while let Some(answer) = answers.next().await? {
                    self.print(&answer)?;
                }
                Ok(())
            }
            (Streaming::Client, _) => {
                let mut lines = source.lines().map_err(Failure::Usage)?;
                let mut requests = with_settings!(self, self.client.client_stream::<Encoded, Encoded>(spec));
                while let Some(line) = lines.recv().await {
                    requests.send(&self.encoded_line(line)?).await?;
                }
                self.print(&requests.finish().await?)
            }
            (Streaming::Both, _) => {
                let mut lines = source.lines().map_err(Failure::Usage)?;
                let call = with_settings!(self, self.client.both_streams::<Encoded, Encoded>(spec));
                let (mut requests, mut answers) = call.split().await?;
                let sending = async {
                    while let Some(line) = lines.recv().await {
                        // A handler that takes no more says why by its end.
                        if requests.send(&self.encoded_line(line)?).await.is_err() {
                            break;
                        }
                    }
                    requests.end();
                    Ok(())
                };
                let receiving = async {
                    while let Some(answer) = answers.next().await? {
                        self.print(&answer)?;
                    }
                    Ok(())
                };
                let (mut sending, mut receiving) = (pin!(sending), pin!(receiving));
                tokio::select! {
                    biased;
                    received = &mut receiving => received,
                    sent = &mut sending => match sent {
                        Ok(()) => receiving.await,
                        Err(failure) => Err(failure),
                    },
                }
            }
        }
    }

    fn encoded_line(&self, (number, line): super::requests::Line) -> Result<Encoded, Failure> {
        let at = |error: Box<dyn Error>| Failure::Usage(format!("request in line {number}: {error}").into());
        match line {
            Ok(line) => self.encoded(&line).map_err(|failure| match failure {
                Failure::Usage(error) => at(error),
                other => other,
            }),
            Err(error) => Err(at(error.into())),
        }
    }

    fn encoded(&self, text: &str) -> Result<Encoded, Failure> {
        let bytes = json::read_message(self.method.request(), text, &self.options);
        let message = bytes.map_err(|error| Failure::Usage(error.into()))?;
        Encoded::new(&message).map_err(|error| Failure::Usage(error.into()))
    }

    /// Where a job is.
    async fn ask(&self, job: JobId) -> Result<(), Failure> {
        let method = format!("{}.{}", self.method.service().name, self.method.source().name);
        let reply =
            with_settings!(self, JobsClient::new(self.client.clone()).state(&jobs::question(method, job)));
        let reply = reply.await?;
        match reply.state {
            State::Done => {
                self.print(&Encoded::new(&reply.answer).map_err(|error| Failure::Usage(error.into()))?)
            }
            _ => Err(Failure::Said(jobs::words(job, &reply))),
        }
    }

    /// A method that is not queued has no jobs.
    fn check_wanted(&self) -> Result<(), Failure> {
        if self.is_queued() || matches!(self.wanted, Wanted::Accepted(None)) {
            return Ok(());
        }
        let words = format!("{} is not queued: it has no jobs", self.method.source().name);
        Err(Failure::Usage(words.into()))
    }

    fn is_queued(&self) -> bool {
        self.method.source().queue.is_some()
    }

    fn print(&self, answer: &Encoded) -> Result<(), Failure> {
        let Some(message) = self.method.response() else { return Ok(()) };
        let pool = message.pool();
        let mut line = json::write(pool, message.full_name(), answer.as_bytes(), &self.options)
            .map_err(|error| Failure::Said(format!("error: the answer cannot be shown: {error}\n")))?;
        line.push('\n');
        print_line(&line)
    }
}

/// A ticket as JSON. What stands in it needs no escape: an id is digits.
fn print_ticket(ticket: &Ticket) -> Result<(), Failure> {
    let id: JobId =
        ticket.job.parse().map_err(|error: NotAJobId| Failure::Said(format!("error: {error}\n")))?;
    print_line(&format!("{{\"job\":\"{id}\",\"known\":{}}}\n", ticket.known))
}

fn print_line(line: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(line.as_bytes()).and_then(|()| out.flush()).map_err(|_| Failure::OutputClosed)
}
