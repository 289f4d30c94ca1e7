//! The socket at which a server waits for its successor.

use std::fs::{self, Permissions};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::net::{AddressFamily, SocketAddrUnix, SocketType, bind, listen};
use tokio::net::{UnixListener, UnixStream};

use crate::transport::SocketFile;

/// Successors that wait to be attended to.
const BACKLOG: i32 = 16;

/// A socket that only its user may connect to. It is passed on to the successor, so that there is never a moment without one.
#[derive(Debug)]
pub(super) struct ControlSocket {
    /// Before the socket, so that it goes before that is closed.
    file: SocketFile,
    listener: UnixListener,
}

impl ControlSocket {
    pub(super) async fn bind(path: &Path) -> io::Result<Self> {
        let (file, listener) = SocketFile::bind(path, publish).await?;
        listener.set_nonblocking(true)?;
        Ok(Self { file, listener: UnixListener::from_std(listener)? })
    }

    /// The one of a predecessor, whose file stays that one's until it is [kept](Self::keep_file).
    pub(super) fn passed(socket: OwnedFd, path: &Path) -> io::Result<Self> {
        let file = SocketFile::of_another(path)?;
        let listener = std::os::unix::net::UnixListener::from(socket);
        listener.set_nonblocking(true)?;
        Ok(Self { file, listener: UnixListener::from_std(listener)? })
    }

    pub(super) fn keep_file(&self, is_ours: bool) {
        self.file.keep(is_ours);
    }

    /// Has this process be the one that those find at the other end who connect from here on: the system takes the one that listened last, which
    /// is a predecessor for a socket that came from there. Where it cannot, messages name the wrong process and nothing else.
    pub(super) fn own(&self) {
        let _ = listen(&self.listener, BACKLOG);
    }

    pub(super) async fn accept(&self) -> io::Result<UnixStream> {
        Ok(self.listener.accept().await?.0)
    }

    pub(super) fn as_fd(&self) -> BorrowedFd<'_> {
        self.listener.as_fd()
    }
}

/// Listens at `path`, where there must be nothing. The file appears there when it has its permissions and somebody listens: others
/// who start at the same time find a live server, and no socket that looks like a dead one's.
fn publish(path: &Path) -> io::Result<std::os::unix::net::UnixListener> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}.{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)));
    let draft = Draft(Path::new(&draft));
    let socket = own_socket()?;
    match bind(&socket, &SocketAddrUnix::new(draft.0)?) {
        Err(rustix::io::Errno::ADDRINUSE) => {
            // A process of the same number was killed here.
            fs::remove_file(draft.0)?;
            bind(&socket, &SocketAddrUnix::new(draft.0)?)?;
        }
        bound => bound?,
    }
    fs::set_permissions(draft.0, Permissions::from_mode(0o600))?;
    listen(&socket, BACKLOG)?;
    fs::hard_link(draft.0, path)?;
    Ok(socket.into())
}

/// A socket that programs which this one starts do not inherit: one of them would seem to be a server that does not answer.
fn own_socket() -> rustix::io::Result<OwnedFd> {
    #[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
    return rustix::net::socket_with(
        AddressFamily::UNIX,
        SocketType::STREAM,
        rustix::net::SocketFlags::CLOEXEC,
        None,
    );
    // Other systems cannot do both at once.
    #[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
    {
        let socket = rustix::net::socket(AddressFamily::UNIX, SocketType::STREAM, None)?;
        rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC)?;
        Ok(socket)
    }
}

/// A file that is removed when it has its name, or when it gets none.
struct Draft<'a>(&'a Path);

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        // One that stays is nobody's: it has a process's number in its name.
        let _ = fs::remove_file(self.0);
    }
}
