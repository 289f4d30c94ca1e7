//! A listening Unix socket and the file that is its name.
//!
//! The file outlives the process that made it unless that one removes it, so one that nobody listens on is replaced. It has
//! the permissions that the umask leaves it: who may write to it may connect.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use tokio::net::{UnixListener, UnixStream};

/// A listening Unix socket. Dropping it removes its file, unless another has taken its place.
#[derive(Debug)]
pub(crate) struct SocketFile {
    listener: UnixListener,
    path: PathBuf,
    /// What tells the file from another of the same name.
    identity: (u64, u64),
}

impl SocketFile {
    pub(super) async fn bind(path: &Path) -> io::Result<Self> {
        let listener = match UnixListener::bind(path) {
            Err(error) if error.kind() == ErrorKind::AddrInUse => {
                remove_stale(path).await?;
                UnixListener::bind(path)?
            }
            bound => bound?,
        };
        let identity = identity(&fs::symlink_metadata(path)?);
        Ok(Self { listener, path: path.into(), identity })
    }

    pub(super) async fn accept(&self) -> io::Result<UnixStream> {
        Ok(self.listener.accept().await?.0)
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        // A server that was started while this one stopped may have replaced it.
        if fs::symlink_metadata(&self.path).is_ok_and(|found| identity(&found) == self.identity) {
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
