//! `cargo svrkit top`: what a server does, live.
//!
//! - `figures`: what happened between two snapshots;
//! - `table`: figures as lines, as wide as there is room;
//! - `view`: what is on the screen, and what keys change of it;
//! - `screen`: the terminal.

mod figures;
mod screen;
mod table;
mod view;

use std::error::Error;
use std::io::{self, IsTerminal as _};
use std::time::Duration;

use clap::Args;
use svrkit_runtime::monitoring::{MonitoringClient, SnapshotReply, SnapshotRequest};
use svrkit_runtime::{Code, Status};
use tokio::runtime;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};

use self::figures::Figures;
use self::screen::{Happening, Screen};
use self::table::Choice;
use self::view::View;
use crate::arguments;
use crate::outcome::Outcome;
use crate::server::{Reach, refusal};

/// As wide as a table is that nobody looks at.
const WIDTH_OF_PIPES: usize = 120;

/// Shows what a server does, method by method: calls and errors a second, percentiles, calls in flight, connections.
///
/// Figures are those of the last second, or of --interval. Where the output is no terminal, and with --once, it is one table of all since the server
/// began.
#[derive(Args)]
#[command(after_help = "Keys:\n  \
                        q quit   r e p f n  sort by rate, errors, p99, calls in flight, name\n  \
                        /  filter by a part of the name, until Enter; Escape ends it   k  the kit's own methods   space  pause\n\n\
                        Examples:\n  \
                        cargo svrkit top 127.0.0.1:4310\n  \
                        cargo svrkit top unix:/run/shop.sock --once\n\n\
                        Exit codes:\n  \
                        0  shown until it was left\n  \
                        1  the server did not answer at the beginning\n  \
                        2  wrong usage, or no terminal to be had")]
pub(crate) struct Top {
    #[command(flatten)]
    reach: Reach,
    /// How often the server is asked
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = arguments::duration)]
    interval: Duration,
    /// Print one table and end
    #[arg(long)]
    once: bool,
    /// Show the kit's own methods, too
    #[arg(long)]
    kit: bool,
}

impl Top {
    pub(in crate::commands) fn run(&self) -> Result<Outcome, Box<dyn Error>> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let shown = runtime.block_on(self.show());
        // The thread that reads keys is not waited for.
        runtime.shutdown_background();
        shown
    }

    async fn show(&self) -> Result<Outcome, Box<dyn Error>> {
        let monitoring = MonitoringClient::new(self.reach.client(None)?.lazy());
        let choice = Choice { with_kit: self.kit, ..Choice::default() };
        let first = match ask(&monitoring).await {
            Ok(reply) => reply,
            Err(status) => return Ok(Outcome::findings(refused(&status))),
        };
        if self.once || !io::stdout().is_terminal() {
            let mut table = table::lines(&Figures::between(None, &first), &choice, WIDTH_OF_PIPES).join("\n");
            table.push('\n');
            return Ok(Outcome::fine(table));
        }
        let mut view = View::new(self.reach.address(), choice);
        view.take(Ok(first));
        self.follow(view, monitoring).await?;
        Ok(Outcome::fine(""))
    }

    /// Until somebody leaves.
    async fn follow(&self, mut view: View, monitoring: MonitoringClient) -> io::Result<()> {
        let mut screen = Screen::open()?;
        let mut happenings = screen::happenings()?;
        let mut answers = answers(monitoring, self.interval);
        loop {
            screen.draw(&view)?;
            tokio::select! {
                happening = happenings.recv() => match happening {
                    Some(Happening::Pressed(key)) if view.press(key) => {}
                    Some(Happening::Resized) => {}
                    Some(Happening::Pressed(_)) | None => return Ok(()),
                },
                Some(answer) = answers.recv() => view.take(answer),
            }
        }
    }
}

/// An answer for each time that the server is asked, by a task of its own: keys do not wait for it.
fn answers(monitoring: MonitoringClient, period: Duration) -> mpsc::Receiver<Result<SnapshotReply, Status>> {
    let (tell, answers) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut turns = interval(period);
        turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first is at once, and the beginning is known.
        turns.tick().await;
        loop {
            turns.tick().await;
            if tell.send(ask(&monitoring).await).await.is_err() {
                return;
            }
        }
    });
    answers
}

async fn ask(monitoring: &MonitoringClient) -> Result<SnapshotReply, Status> {
    monitoring.snapshot(&SnapshotRequest::default()).await
}

fn refused(status: &Status) -> String {
    let advice = match status.code() {
        Code::Unimplemented => "  the server tells no figures: server.monitoring turns them on\n",
        _ => "",
    };
    refusal(status) + advice
}
