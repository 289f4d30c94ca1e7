//! A segment's file: made for this process alone, and longer whenever more is counted.

use std::fs::{self, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::mapping::Mapping;
use super::{SegmentError, stale};
use crate::metrics::whose::Whose;

/// A file that grows. It is removed when it is dropped, and stays when its process dies.
#[derive(Debug)]
pub(crate) struct SegmentFile {
    path: PathBuf,
    len: usize,
}

impl SegmentFile {
    /// A new one in `dir`, which is made if need be, with its first `len` bytes. Those there of processes that are gone are removed.
    ///
    /// # Errors
    /// [`SegmentError`]: the folder cannot be had, is not this user's alone, or takes no file of that length.
    pub(crate) fn create(dir: &Path, len: usize) -> Result<(Self, Mapping), SegmentError> {
        prepare(dir)?;
        stale::remove(dir);
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let Whose { pid, started, .. } = Whose::own();
        let name = stale::name(pid, started, NEXT.fetch_add(1, Ordering::Relaxed));
        let path = dir.join(name);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path).map_err(SegmentError::io("make", &path))?;
        let mut made = Self { path, len: 0 };
        let first = made.grow(len).map_err(SegmentError::io("make room in", &made.path))?;
        Ok((made, first))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds `len` bytes, all 0, and maps them. They are written, not only promised: what a full disk has no room for is an error here and
    /// not a signal later. Then the file is as long as it was.
    ///
    /// # Errors
    /// The system's.
    pub(crate) fn grow(&mut self, len: usize) -> io::Result<Mapping> {
        // Not kept open: it seldom grows, and the process has a descriptor more for its connections.
        let mut file = OpenOptions::new().read(true).write(true).open(&self.path)?;
        file.seek(SeekFrom::Start(self.len as u64))?;
        let added = file.write_all(&vec![0; len]).and_then(|()| Mapping::new(&file, self.len, len));
        match added {
            Ok(mapping) => {
                self.len += len;
                Ok(mapping)
            }
            Err(error) => {
                // What is cut off was never mapped. Where it cannot be, it is room that nobody uses.
                let _ = file.set_len(self.len as u64);
                Err(error)
            }
        }
    }
}

impl Drop for SegmentFile {
    fn drop(&mut self) {
        // Somebody may have removed it already.
        let _ = fs::remove_file(&self.path);
    }
}

/// Where segments are unless somebody says otherwise: `/dev/shm/svrkit-UID`. `None`: this system has no such place.
#[must_use]
pub fn default_dir() -> Option<PathBuf> {
    #[cfg(all(target_os = "linux", target_endian = "little"))]
    {
        let shared = Path::new("/dev/shm");
        shared.is_dir().then(own_uid).flatten().map(|uid| shared.join(format!("svrkit-{uid}")))
    }
    #[cfg(not(all(target_os = "linux", target_endian = "little")))]
    None
}

#[cfg(unix)]
fn own_uid() -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata("/proc/self").ok().map(|own| own.uid())
}

/// Has the folder be there, and be this user's alone.
#[cfg(unix)]
fn prepare(dir: &Path) -> Result<(), SegmentError> {
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(dir);
    made.map_err(SegmentError::io("make the folder", dir))?;
    let found = fs::symlink_metadata(dir).map_err(SegmentError::io("look at the folder", dir))?;
    let refuse = |why| Err(SegmentError::Folder { path: dir.to_owned(), why });
    if !found.is_dir() {
        return refuse("it is a link");
    }
    if own_uid().is_some_and(|own| own != found.uid()) {
        return refuse("it belongs to another user");
    }
    if found.mode() & 0o022 != 0 {
        return refuse("others may write to it");
    }
    Ok(())
}

#[cfg(not(unix))]
fn prepare(dir: &Path) -> Result<(), SegmentError> {
    Err(SegmentError::io("make a segment in", dir)(io::ErrorKind::Unsupported.into()))
}
