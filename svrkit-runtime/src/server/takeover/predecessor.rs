//! The server before this one, as the one sees it that takes over.

use std::io::ErrorKind;
use std::os::fd::OwnedFd;
use std::path::Path;

use tokio::net::UnixStream;

use super::channel::Channel;
use super::error::TakeoverError;
use super::message::{Message, VERSION};
use crate::limits::Limits;
use crate::transport::listens;

/// A server that has handed its sockets over and serves until it is [relieved](Self::relieve). While this is dropped before
/// that, it goes on as if nothing had been.
#[derive(Debug)]
pub(super) struct Predecessor {
    channel: Channel,
}

/// What a predecessor hands over.
#[derive(Debug)]
pub(super) struct Sockets {
    /// What its services are served on.
    pub(super) service: OwnedFd,
    /// The address of that one, as the predecessor was given it.
    pub(super) address: String,
    /// What successors connect to.
    pub(super) control: OwnedFd,
}

impl Predecessor {
    /// `None`: nobody serves there, or who did has ended before it had handed anything over.
    pub(super) async fn find(path: &Path, limits: &Limits) -> Result<Option<(Self, Sockets)>, TakeoverError> {
        let stream = match UnixStream::connect(path).await {
            Ok(stream) => stream,
            Err(error) if is_absent(error.kind()) => return Ok(None),
            Err(error) => return Err(TakeoverError::Path(error)),
        };
        let mut channel = Channel::new(stream, limits.takeover_handshake)?;
        match channel.send(&Message::Hello { min: VERSION, max: VERSION }, &[]).await {
            Err(TakeoverError::Lost(error)) if error.kind() == ErrorKind::BrokenPipe => return Ok(None),
            sent => sent?,
        }
        let Some((answer, sockets)) = channel.receive().await? else { return Ok(None) };
        let foreign = |why: &str| TakeoverError::Foreign { why: why.into() };
        match (answer, <[OwnedFd; 2]>::try_from(sockets)) {
            (Message::Sockets { address }, Ok([service, control])) => {
                if !listens(&service) || !listens(&control) {
                    return Err(foreign("it sent sockets that do not listen"));
                }
                Ok(Some((Self { channel }, Sockets { service, address, control })))
            }
            (Message::Sockets { .. }, Err(_)) => Err(foreign("it sent another number of sockets than two")),
            (Message::Refused { words }, _) => Err(TakeoverError::Refused { words }),
            (Message::Hello { .. } | Message::Serving, _) => {
                Err(foreign("it sent a message that only successors send"))
            }
        }
    }

    /// The process, in words.
    pub(super) fn name(&self) -> String {
        self.channel.peer()
    }

    /// Waits until it has ended, or has nothing more to do with this.
    pub(super) async fn gone(&mut self) {
        // Nothing is to come any more: whatever does is as good as its end.
        let _ = self.channel.wait().await;
    }

    /// Tells it that its successor serves.
    pub(super) async fn relieve(mut self) {
        // One that cannot be told has ended.
        let _ = self.channel.send(&Message::Serving, &[]).await;
    }
}

/// Nobody serves there: no file, or the file of a server that is gone.
fn is_absent(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::ConnectionRefused)
}
