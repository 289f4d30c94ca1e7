//! What a service manager is told: that the server serves, and that it stops.
//!
//! The protocol is that of `sd_notify(3)`: a datagram of lines to the Unix socket that `NOTIFY_SOCKET` names. Where the variable is not set, nobody
//! asks.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::SocketAddr;
use std::time::Duration;

use tokio::net::UnixDatagram;
use tokio::time::timeout;

use crate::log::{self, Event};

/// What the manager gets to take a message, where its queue is full.
const PATIENCE: Duration = Duration::from_secs(1);

/// Whoever has started this process and wants to know how it is.
#[derive(Debug)]
pub(super) struct ServiceManager {
    /// `None`: nobody wants to know.
    socket: Option<OsString>,
}

impl ServiceManager {
    pub(super) fn of_process() -> Self {
        Self { socket: env::var_os("NOTIFY_SOCKET").filter(|name| !name.is_empty()) }
    }

    /// Says that calls are taken now; `status` is for whoever asks how it is.
    pub(super) async fn ready(&self, status: &str) {
        self.tell(&format!("READY=1\nSTATUS={}", status.escape_debug())).await;
    }

    /// Says that the process is about to end.
    pub(super) async fn stopping(&self) {
        self.tell("STOPPING=1\nSTATUS=waiting for the calls in flight").await;
    }

    /// A server serves whether or not its manager hears of it: what fails is said on stderr.
    async fn tell(&self, lines: &str) {
        let Some(socket) = &self.socket else { return };
        let sent = timeout(PATIENCE, send(socket, lines)).await.unwrap_or(Err(ErrorKind::TimedOut.into()));
        if let Err(error) = sent {
            let name = socket.display();
            log::line(
                Event::ServiceManagerUntold,
                &[],
                format_args!("the service manager at {name} (NOTIFY_SOCKET) cannot be told: {error}"),
            );
        }
    }
}

async fn send(socket: &OsStr, lines: &str) -> io::Result<()> {
    let datagram = std::os::unix::net::UnixDatagram::unbound()?;
    datagram.connect_addr(&address(socket)?)?;
    datagram.set_nonblocking(true)?;
    UnixDatagram::from_std(datagram)?.send(lines.as_bytes()).await?;
    Ok(())
}

fn address(socket: &OsStr) -> io::Result<SocketAddr> {
    match socket.as_bytes() {
        [b'/', ..] => SocketAddr::from_pathname(socket),
        [b'@', name @ ..] => abstract_address(name),
        _ => Err(io::Error::new(ErrorKind::Unsupported, "it is neither a path nor an abstract name")),
    }
}

#[cfg(target_os = "linux")]
fn abstract_address(name: &[u8]) -> io::Result<SocketAddr> {
    use std::os::linux::net::SocketAddrExt;
    SocketAddr::from_abstract_name(name)
}

#[cfg(not(target_os = "linux"))]
fn abstract_address(_: &[u8]) -> io::Result<SocketAddr> {
    Err(io::Error::new(ErrorKind::Unsupported, "this system has no abstract names"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_manager_is_told_by_a_path_or_by_an_abstract_name() {
        use std::os::linux::net::SocketAddrExt;
        use std::os::unix::net::UnixDatagram;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let name = format!("svrkit-notify-{}", std::process::id());
        let by_path = UnixDatagram::bind(&path).unwrap();
        let by_name = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
        for (socket, named) in [(by_path, path.into_os_string()), (by_name, format!("@{name}").into())] {
            let manager = ServiceManager { socket: Some(named) };
            manager.ready("serving\nMAINPID=1").await;
            manager.stopping().await;
            let heard = || {
                let mut buffer = [0; 256];
                let len = socket.recv(&mut buffer).unwrap();
                String::from_utf8(buffer[..len].to_vec()).unwrap()
            };
            assert_eq!(heard(), "READY=1\nSTATUS=serving\\nMAINPID=1", "one line is one");
            assert_eq!(heard(), "STOPPING=1\nSTATUS=waiting for the calls in flight");
        }
    }

    #[tokio::test]
    async fn a_manager_that_cannot_be_told_is_in_nobodys_way() {
        for socket in ["/nowhere/notify", "@nobody-listens-here", "vsock:2:1234"] {
            assert!(send(OsStr::new(socket), "READY=1").await.is_err(), "{socket}");
            ServiceManager { socket: Some(socket.into()) }.stopping().await;
        }
        ServiceManager { socket: None }.stopping().await;
    }
}
