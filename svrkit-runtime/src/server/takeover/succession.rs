//! Handing over to a successor, as the one sees it that serves.
//!
//! Whoever connects gets the sockets, one at a time. It then starts up, however long that takes, and says when it serves; if it ends before that,
//! the next one may come. Nothing of it is in the way of accepting.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::UnixStream;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::channel::Channel;
use super::control::ControlSocket;
use super::error::TakeoverError;
use super::message::{Message, VERSION};
use crate::limits::Limits;
use crate::log::{self, Event};
use crate::race::before;
use crate::task;
use crate::transport::Listener;

/// Those who are attended to at once; further ones wait in the socket's queue.
const VISITORS_MAX: usize = 16;

/// Rest after a failed accept, as the server's own loop takes it.
const REST_AFTER_ERROR: Duration = Duration::from_millis(10);

/// What visitors need of the server that they come to.
pub(super) struct Succession {
    listener: Arc<Listener>,
    /// The address as this server was given it.
    address: String,
    control: ControlSocket,
    limits: Limits,
    /// Who has the sockets and does not serve yet.
    heir: Mutex<Option<String>>,
    served: Notify,
}

impl Succession {
    pub(super) fn new(
        listener: Arc<Listener>,
        address: String,
        control: ControlSocket,
        limits: Limits,
    ) -> Self {
        Self { listener, address, control, limits, heir: Mutex::default(), served: Notify::new() }
    }

    /// Attends to successors until one of them serves.
    pub(super) async fn run(self) {
        let succession = Arc::new(self);
        let room = Arc::new(Semaphore::new(VISITORS_MAX));
        let mut visits: Vec<Visit> = Vec::new();
        while let Some(visitor) = before(succession.next(&room), succession.served.notified()).await {
            visits.retain(|visit| !visit.0.is_finished());
            let succession = Arc::clone(&succession);
            visits.push(Visit(task::spawn(async move {
                let (stream, _room) = visitor;
                succession.attend(stream).await;
            })));
        }
    }

    async fn next(&self, room: &Arc<Semaphore>) -> (UnixStream, OwnedSemaphorePermit) {
        let permit = Arc::clone(room).acquire_owned().await.expect("the semaphore is never closed");
        loop {
            match self.control.accept().await {
                Ok(stream) => return (stream, permit),
                Err(_) => sleep(REST_AFTER_ERROR).await,
            }
        }
    }

    async fn attend(&self, stream: UnixStream) {
        let mut channel = match Channel::new(stream, self.limits.takeover_handshake) {
            Ok(channel) => channel,
            Err(error) => return self.tell("somebody", "cannot take over", &error),
        };
        let name = channel.peer();
        match self.hand_over(&mut channel).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => return self.tell(&name, "does not take over", &error),
        }
        match channel.wait().await {
            Ok(Some((Message::Serving, _))) => return self.served.notify_one(),
            Ok(None) => self.tell(&name, "does not take over", &"it ended before it served"),
            Ok(Some(_)) => self.tell(&name, "does not take over", &"it sent a message out of its turn"),
            Err(error) => self.tell(&name, "does not take over", &error),
        }
        self.disinherit();
    }

    /// Hears the hello and hands over the sockets. False: the visitor was refused, or went again.
    async fn hand_over(&self, channel: &mut Channel) -> Result<bool, TakeoverError> {
        let Some((hello, _)) = channel.receive().await? else { return Ok(false) };
        let refusal = match hello {
            Message::Hello { min, max } if (min..=max).contains(&VERSION) => self.name_heir(channel.peer()),
            Message::Hello { min, max } => Err(format!(
                "it speaks version {VERSION} of the takeover, its successor {min} to {max}: stop the one before \
                 the other is started"
            )),
            _ => return Err(TakeoverError::Foreign { why: "its first message is no hello".into() }),
        };
        if let Err(words) = refusal {
            channel.send(&Message::Refused { words }, &[]).await?;
            return Ok(false);
        }
        // Whoever has a socket may outlive this process: then the file must, too.
        self.keep_files(false);
        let sent = self.send_sockets(channel).await;
        if sent.is_err() {
            self.disinherit();
        }
        sent.map(|()| true)
    }

    async fn send_sockets(&self, channel: &mut Channel) -> Result<(), TakeoverError> {
        let service = self.listener.as_fd().map_err(TakeoverError::Path)?;
        let sockets = Message::Sockets { address: self.address.clone() };
        channel.send(&sockets, &[service, self.control.as_fd()]).await
    }

    /// Takes `name` as the one to whom the sockets go, if there is no other.
    fn name_heir(&self, name: String) -> Result<(), String> {
        let mut heir = self.heir.lock().unwrap_or_else(PoisonError::into_inner);
        match &*heir {
            Some(other) => Err(format!("{other} is taking over already: wait until it serves, or end it")),
            None => {
                *heir = Some(name);
                Ok(())
            }
        }
    }

    fn disinherit(&self) {
        self.keep_files(true);
        *self.heir.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn keep_files(&self, is_ours: bool) {
        self.listener.keep_file(is_ours);
        self.control.keep_file(is_ours);
    }

    fn tell(&self, name: &str, does: &str, why: &dyn fmt::Display) {
        log::line(Event::TakeoverFailed, &[], format_args!("{name} {does}, this server goes on: {why}"));
    }
}

/// Ends with the server: who has not taken over by then finds its predecessor gone.
struct Visit(JoinHandle<()>);

impl Drop for Visit {
    fn drop(&mut self) {
        self.0.abort();
    }
}
