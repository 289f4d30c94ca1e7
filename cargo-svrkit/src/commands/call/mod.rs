//! `cargo svrkit call`: a method of a server is called, by what its schema says of it.
//!
//! - `requests`: the messages that are sent, from an argument, a file or standard input;
//! - `exchange`: one call of whichever kind, and its answers;
//! - `jobs`: which jobs of queued methods are meant, and where they are;
//! - `own_error`: what the service's own errors say of a call that was not answered;
//! - `stages`: when was what;
//! - `template`: a request to fill in.
//!
//! Answers are printed as they come: a stream may have no end.

mod exchange;
mod jobs;
mod own_error;
mod requests;
mod stages;
mod template;

use std::error::Error;
use std::io::{self, IsTerminal as _};
use std::time::Duration;

use clap::Args;
use svrkit_reflect::{MethodDescriptor, json};
use svrkit_runtime::queue::JobId;
use svrkit_runtime::{Context, Priority, Status};
use tokio::runtime;

use self::exchange::{Exchange, Failure};
use self::jobs::Wanted;
use self::requests::Source;
use self::stages::Stages;
use crate::arguments;
use crate::outcome::Outcome;
use crate::server::{DescribedBy, Reach, Unknown, refusal};

/// Calls a method of a server: requests and answers are JSON.
///
/// What the messages are, the server says itself (reflection), or the schemas that are named by --schema. A request that is not given
/// is an empty one; that of a method which takes many is one JSON in each line, of standard input unless another place is named. Answers are
/// printed as they come, those of a stream a line each. Ctrl-C cancels.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
                        cargo svrkit call 127.0.0.1:4310 Greeter.Greet '{\"name\":\"Ada\"}'\n  \
                        cargo svrkit call 127.0.0.1:4310 Greet --template\n  \
                        cargo svrkit call unix:/run/shop.sock Orders.Place @order.json --deadline 2s --meta tenant=blue -v\n  \
                        cargo svrkit call 127.0.0.1:4310 Ledger.Credit --state 4f1b9d0c6f2e4d1f8a7b3c5d9e0f1a2b\n\n\
                        Exit codes:\n  \
                        0  answered\n  \
                        1  not answered: the call failed or was cancelled, or something is wrong with the schemas\n  \
                        2  nothing was called: wrong usage, no such method, a request that is none, a file that cannot be read")]
pub(crate) struct Call {
    #[command(flatten)]
    reach: Reach,
    /// The method, as in shop.Orders.Place; as short as no other ends so: Orders.Place, Place
    #[arg(value_name = "METHOD")]
    method: String,
    /// The request: JSON, @FILE with it, or `-` for standard input
    #[arg(value_name = "REQUEST")]
    request: Option<String>,
    #[command(flatten)]
    described: DescribedBy,
    /// Time for the call, such as 300ms; of a stream, until its first answer [default: what the schema says, or 1s]
    #[arg(long, value_name = "TIME", value_parser = arguments::duration)]
    deadline: Option<Duration>,
    /// Value to send beside the request; may be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = arguments::entry)]
    meta: Vec<(String, String)>,
    /// How important it is: core, important, normal, lossy, or a number from 0 [default: what the schema says]
    #[arg(long, value_name = "CLASS", value_parser = arguments::priority)]
    priority: Option<Priority>,
    /// Of a queued method: the id of the job, 32 hexadecimal digits [default: a random one]
    #[arg(long, value_name = "ID")]
    job: Option<JobId>,
    /// Of a queued method: print what this job has come to, or say where it is, instead of calling
    #[arg(long, value_name = "ID", conflicts_with_all = ["request", "job"])]
    state: Option<JobId>,
    /// Print a request with every field to fill in, and what the fields are, instead of calling
    #[arg(long, conflicts_with_all = ["request", "job", "state"])]
    template: bool,
    /// Write answers with the fields that are zero or empty, too
    #[arg(long)]
    defaults: bool,
    /// Say on stderr when was what, how much went over the wire, and the id of the trace
    #[arg(short, long)]
    verbose: bool,
}

impl Call {
    pub(in crate::commands) fn run(&self) -> Result<Outcome, Box<dyn Error>> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let ended = runtime.block_on(async {
            tokio::select! {
                ended = self.call() => ended,
                _ = tokio::signal::ctrl_c() => Err(Failure::Cancelled),
            }
        });
        // Whoever still waits for a line of standard input is not waited for.
        runtime.shutdown_background();
        match ended {
            Ok(outcome) => Ok(outcome),
            Err(Failure::Usage(error)) => Err(error),
            Err(Failure::Report(report)) => Ok(Outcome::findings(report.render())),
            Err(Failure::Cancelled) => Ok(Outcome::findings("error: cancelled\n")),
            // Nobody reads any more: there is nobody to be told.
            Err(Failure::OutputClosed) => Ok(Outcome::fine("")),
            Err(Failure::Ended(status)) => Ok(Outcome::findings(refusal(&status))),
            Err(Failure::Said(said)) => Ok(Outcome::findings(said)),
        }
    }

    async fn call(&self) -> Result<Outcome, Failure> {
        let stages = Stages::begin(self.verbose);
        let builder = self.reach.client(self.deadline).map_err(Failure::Usage)?;
        let client = builder.monitor(stages.clone()).lazy();
        let knowledge = self.described.knowledge(&client)?;
        let (pool, name) = knowledge.method(&self.method).await?;
        let method = pool.method(&name.service, &name.method).ok_or_else(|| {
            Failure::Usage(format!("the server lists the method {name} and does not describe it").into())
        })?;
        stages.known(&name);
        if self.template {
            let template = template::of(method.request());
            return Ok(Outcome { stderr: template.notes, ..Outcome::fine(template.json) });
        }
        let exchange = Exchange {
            client,
            method,
            context: self.context(&stages),
            metadata: &self.meta,
            deadline: self.deadline,
            options: self.options(method),
            wanted: self.state.map_or(Wanted::Accepted(self.job), Wanted::Asked),
        };
        let ended = exchange.run(Source::of(self.request.as_deref())).await;
        stages.tell();
        ended.map(|()| Outcome::fine("")).map_err(|failure| failure.said_by(method))
    }

    fn context(&self, stages: &Stages) -> Context {
        let context = match stages.trace() {
            Some(trace) => Context::default().with_trace(trace),
            None => Context::default(),
        };
        match self.priority {
            Some(priority) => context.with_priority(priority),
            None => context,
        }
    }

    /// People get one answer in many lines; whoever reads lines gets a line for each.
    fn options(&self, method: MethodDescriptor<'_>) -> json::Options {
        let pretty = io::stdout().is_terminal() && !exchange::streams_answers(method);
        json::Options { pretty, emit_defaults: self.defaults, ..json::Options::default() }
    }
}

impl From<Unknown> for Failure {
    fn from(unknown: Unknown) -> Self {
        match unknown {
            Unknown::Report(report) => Self::Report(report),
            Unknown::Status(status) => Self::Ended(status),
            Unknown::Usage(error) => Self::Usage(error),
        }
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        Self::Ended(status)
    }
}
