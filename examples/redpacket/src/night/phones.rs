//! The phones of a million people, by way of a handful of connections.

use std::time::Duration;

use svrkit_runtime::{
    Cause, Client, ClientProtection, Code, Context, Layer, Limits, Marked, Priority, Request, Response,
    Status,
};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::crowd::rank;
use super::tally::{Ended, Tally};
use crate::protocol::{AccessClient, OpenRequest, ShakeRequest, ShareRequest, Token};
use crate::report::model::{Ask, Outcome};

/// How long anybody waits for anything, from when it was due.
pub(crate) const PATIENCE: Duration = Duration::from_millis(500);

/// Calls on one connection at once: more than without protection wait on one.
const IN_FLIGHT: u32 = 65_535;

/// All phones together: each connection stands for its share of them.
#[derive(Debug)]
pub(crate) struct Phones {
    clients: Vec<AccessClient>,
    tally: Tally,
    /// When the night began.
    began: Instant,
}

impl Phones {
    /// Connects to the access tier; with what clients of the kit do by default, or with nothing of it.
    ///
    /// # Errors
    /// It cannot be connected to.
    pub(crate) async fn connect(
        target: &str,
        connections: usize,
        is_protected: bool,
    ) -> Result<Self, Status> {
        let protection = if is_protected { ClientProtection::new() } else { ClientProtection::off() };
        let mut clients = Vec::new();
        for number in 0..connections.max(1) {
            let limits = Limits { calls_in_flight: IN_FLIGHT, ..Limits::default() };
            let client = Client::builder(target).name(format!("phones {number}")).limits(limits);
            clients.push(AccessClient::new(client.protection(protection).connect().await?));
        }
        Ok(Self { clients, tally: Tally::default(), began: Instant::now() })
    }

    /// How many shakes are answered in a second, by so many who shake again as soon as they are answered. It is measured for so long, after as long again.
    pub(crate) async fn capacity(&self, callers: u64, measured: Duration) -> f64 {
        let began = Instant::now();
        let from = began + measured;
        let mut tasks = JoinSet::new();
        for number in 0..callers {
            let Some(client) = self.client_of(number) else { break };
            let client = client.clone();
            tasks.spawn(async move {
                let (mut answered, mut user) = (0_u32, number + 1);
                while began.elapsed() < 2 * measured {
                    let request = ShakeRequest { user, ..ShakeRequest::default() };
                    let marked = client.shake(&request).with_marks().await;
                    let is_full = marked.is_ok_and(|marked| !marked.is_degraded);
                    answered += u32::from(is_full && Instant::now() >= from);
                    user += callers;
                }
                answered
            });
        }
        f64::from(tasks.join_all().await.into_iter().sum::<u32>()) / from.elapsed().as_secs_f64()
    }

    fn client_of(&self, user: u64) -> Option<&AccessClient> {
        let number = user % self.clients.len().max(1) as u64;
        self.clients.get(usize::try_from(number).ok()?)
    }

    /// Has the night begin now.
    pub(crate) fn begin(&mut self) {
        self.began = Instant::now();
    }

    pub(crate) fn began(&self) -> Instant {
        self.began
    }

    pub(crate) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// A packet that may be opened, if one falls out.
    pub(crate) async fn shake(&self, ask: Ask, user: u64, due: Instant) -> Option<Token> {
        let request = ShakeRequest { user, ..ShakeRequest::default() };
        let call = |client: &AccessClient| client.shake(&request);
        self.call(ask, user, Priority::LOSSY, due, call).await?.token
    }

    /// How much was in it.
    pub(crate) async fn open(&self, user: u64, token: Token, due: Instant) -> Option<u64> {
        let request = OpenRequest { user, token: Some(token), ..OpenRequest::default() };
        let call = |client: &AccessClient| client.open(&request);
        Some(self.call(Ask::Open, user, Priority::CORE, due, call).await?.fen)
    }

    /// Whether the friend has it.
    pub(crate) async fn share(&self, user: u64, token: Token, friend: u64, due: Instant) -> bool {
        let request = ShareRequest { user, token: Some(token), friend, ..ShareRequest::default() };
        let call = |client: &AccessClient| client.share(&request);
        self.call(Ask::Share, user, Priority::NORMAL, due, call).await.is_some()
    }

    /// Makes a call that was due then, and tells how it ended. Its time counts from when it was due, and so does its user's patience.
    async fn call<R: Response>(
        &self,
        ask: Ask,
        user: u64,
        class: Priority,
        due: Instant,
        call: impl FnOnce(&AccessClient) -> Request<R>,
    ) -> Option<R> {
        let late = due.elapsed();
        let left = PATIENCE.saturating_sub(late);
        let client = self.client_of(user)?;
        let context = Context::current().with_priority(Priority { rank: rank(user), ..class });
        let answer = match left.is_zero() {
            true => Err(Status::deadline_exceeded("it was made too late")),
            false => call(client).timeout(left).context(context).with_marks().await,
        };
        let outcome = outcome(&answer);
        let due_in = due.saturating_duration_since(self.began);
        self.tally.add(Ended { ask, due: due_in, late, took: due.elapsed(), outcome });
        answer.ok().map(|marked| marked.message)
    }
}

fn outcome<R>(answer: &Result<Marked<R>, Status>) -> Outcome {
    let status = match answer {
        Ok(marked) if marked.is_degraded => return Outcome::Degraded,
        Ok(_) => return Outcome::Answered,
        Err(status) => status,
    };
    let facts = status.facts();
    match (status.code(), facts.layer) {
        (Code::ResourceExhausted, Layer::Client) => Outcome::Kept,
        (Code::ResourceExhausted, _) => Outcome::Refused,
        // At once, for it could not have been in time.
        (Code::DeadlineExceeded, _) if facts.cause == Cause::Deadline => Outcome::Refused,
        (Code::DeadlineExceeded, _) => Outcome::Late,
        _ => Outcome::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_told_apart_by_what_their_users_saw() {
        let exhausted = || Status::resource_exhausted("too much");
        for (status, expected) in [
            (exhausted().layer(Layer::Client), Outcome::Kept),
            (exhausted().layer(Layer::Admission), Outcome::Refused),
            (Status::deadline_exceeded("over").cause(Cause::Deadline), Outcome::Refused),
            (Status::deadline_exceeded("over"), Outcome::Late),
            (Status::unavailable("gone"), Outcome::Failed),
        ] {
            assert_eq!(outcome::<()>(&Err(status.clone())), expected, "{status:?}");
        }
    }
}
