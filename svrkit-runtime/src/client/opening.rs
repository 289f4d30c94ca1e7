//! Opening a connection: a task of the client's own, whose result everybody who waits for it shares.
//!
//! It is bounded by `connect.timeout` and `hello.timeout`, not by the deadline of the request that happened to need it
//! first: a deadline that is too short for the way there must not keep the client from ever arriving.

use std::sync::{Arc, Weak};

use tokio::sync::watch;

use super::connection::Connection;
use super::{Client, Inner, Target, frame_link, in_process};
use crate::status::Status;
use crate::status::catalogue::connecting;

/// What came of opening a connection.
pub(super) type Opened = Result<Arc<Connection>, Status>;

/// A connection, or the wait for one.
#[derive(Debug, Default)]
pub(super) enum State {
    /// Nobody has needed one, or the last one could not be opened.
    #[default]
    None,
    Opening(watch::Receiver<Option<Opened>>),
    Open(Arc<Connection>),
}

impl Client {
    /// The connection, opened if need be.
    pub(super) async fn connection(&self) -> Opened {
        let mut opening = {
            let mut state = self.state();
            match &*state {
                State::Open(connection) if connection.link.takes_calls() => {
                    return Ok(Arc::clone(connection));
                }
                // One whose task is gone without a result, with its runtime, is no way to a connection.
                State::Opening(opening) if opening.has_changed().is_ok() => opening.clone(),
                State::None | State::Opening(_) | State::Open(_) => {
                    let (done, opening) = watch::channel(None);
                    tokio::spawn(open(Arc::downgrade(&self.0), done));
                    *state = State::Opening(opening.clone());
                    opening
                }
            }
        };
        match opening.wait_for(Option::is_some).await {
            Ok(opened) => opened.clone().expect("it was waited for"),
            Err(_) => Err(connecting::opening_ended().endpoint(self.endpoint())),
        }
    }

    /// The connection, if there is one that takes calls.
    pub(super) fn ready(&self) -> Option<Arc<Connection>> {
        match &*self.state() {
            State::Open(connection) if connection.link.takes_calls() => Some(Arc::clone(connection)),
            State::None | State::Opening(_) | State::Open(_) => None,
        }
    }
}

async fn open(client: Weak<Inner>, done: watch::Sender<Option<Opened>>) {
    // Gone already: nobody waits.
    let Some(inner) = client.upgrade() else { return };
    let limits = inner.limits;
    let opened = match &inner.target {
        Target::Endpoint(endpoint) => {
            let (endpoint, name) = (Arc::clone(endpoint), inner.name.clone());
            // Held across the wait, it would keep a client alive that its users have dropped.
            drop(inner);
            match endpoint.parse() {
                Ok(address) => frame_link::open(&address, &endpoint, &name, &limits).await,
                Err(error) => Err(connecting::endpoint_invalid(error).endpoint(endpoint)),
            }
        }
        Target::InProcess(router, hooks) => Ok(in_process::open(Arc::clone(router), hooks.clone(), limits)),
    };
    let opened = opened.map(Arc::new);
    if let Some(inner) = client.upgrade() {
        let client = Client(inner);
        *client.state() = match &opened {
            Ok(connection) => State::Open(Arc::clone(connection)),
            Err(_) => State::None,
        };
    }
    // Fails where nobody waits any more.
    let _ = done.send(Some(opened));
}
