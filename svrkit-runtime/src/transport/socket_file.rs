//! The file that is a listening Unix socket's name.
//!
//! It outlives the process that made it unless that one removes it, so one that nobody listens on is replaced. It has
//! the permissions that the umask leaves it: who may write to it may connect.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::net::UnixStream;

/// The file of a listening Unix socket. Dropping it removes the file, unless another has taken its place or another process
/// is to keep it.
#[derive(Debug)]
pub(crate) struct SocketFile {
    path: PathBuf,
    /// What tells the file from another of the same name.
    identity: (u64, u64),
    is_ours: AtomicBool,
}

impl SocketFile {
    /// Makes a socket there by `bind`, which fails with [`ErrorKind::AddrInUse`] or [`ErrorKind::AlreadyExists`] where
    /// there is something: the file of a server that is gone is removed before a second try.
    ///
    /// # Errors
    /// Those of the system, and [`ErrorKind::AddrInUse`] in words where a server listens on it or where something else is in
    /// its place.
    pub(crate) async fn bind<L>(path: &Path, bind: impl Fn(&Path) -> io::Result<L>) -> io::Result<(Self, L)> {
        let listener = match bind(path) {
            Err(error) if matches!(error.kind(), ErrorKind::AddrInUse | ErrorKind::AlreadyExists) => {
                remove_stale(path).await?;
                bind(path)?
            }
            bound => bound?,
        };
        Ok((Self::of(path, true)?, listener))
    }

    /// The file of a socket that another process has bound; it stays that one's until it is [kept](Self::keep).
    ///
    /// # Errors
    /// The file is gone, or no socket any more.
    #[cfg(any(feature = "systemd", feature = "takeover"))]
    pub(crate) fn of_another(path: &Path) -> io::Result<Self> {
        Self::of(path, false)
    }

    fn of(path: &Path, is_ours: bool) -> io::Result<Self> {
        let found = fs::symlink_metadata(path)?;
        if !found.file_type().is_socket() {
            return Err(ErrorKind::NotFound.into());
        }
        Ok(Self { path: path.into(), identity: identity(&found), is_ours: AtomicBool::new(is_ours) })
    }

    /// Has the file removed with this one, or left to another process that listens on the same socket.
    #[cfg(feature = "takeover")]
    pub(crate) fn keep(&self, is_ours: bool) {
        self.is_ours.store(is_ours, Ordering::Relaxed);
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        // A server that was started while this one stopped may have replaced it.
        let is_it = || fs::symlink_metadata(&self.path).is_ok_and(|found| identity(&found) == self.identity);
        if self.is_ours.load(Ordering::Relaxed) && is_it() {
            // What cannot be removed is replaced by the next server.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Removes the socket of a server that is gone.
async fn remove_stale(path: &Path) -> io::Result<()> {
    let in_use = |words: &str| io::Error::new(ErrorKind::AddrInUse, words.to_owned());
    let found = fs::symlink_metadata(path)?;
    if !found.file_type().is_socket() {
        return Err(in_use("what is there is no socket: remove it or listen on another path"));
    }
    match UnixStream::connect(path).await {
        // Nobody listens.
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => {}
        // Somebody does, be it with a queue that is full.
        Ok(_) => return Err(in_use("a server listens on this socket: stop it or listen on another path")),
        Err(error) if error.kind() == ErrorKind::WouldBlock => {
            return Err(in_use("a server listens on this socket: stop it or listen on another path"));
        }
        Err(error) => return Err(error),
    }
    // Only what was asked: two servers may be starting at once.
    if identity(&fs::symlink_metadata(path)?) == identity(&found) { fs::remove_file(path) } else { Ok(()) }
}

fn identity(file: &Metadata) -> (u64, u64) {
    (file.dev(), file.ino())
}
