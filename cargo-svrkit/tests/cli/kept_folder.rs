//! A folder in the target folder that stays from run to run, with what cargo built in it.
//!
//! Its path is always the same, so that cargo knows the projects in it again and the folder does not grow. One test of
//! one run has it at a time; a second run at the same time works in a folder of its own, and builds everything.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::sync::{Mutex, MutexGuard, PoisonError};

use processes::run;
use tempfile::TempDir;

/// One test of this run at a time: what one starts must not wait for what the other builds.
static TURN: Mutex<()> = Mutex::new(());

/// How the file starts that says which process uses the folder.
const USED_BY: &str = "used-by-";

/// The folder, or a temporary one. It is given up when it is dropped.
pub(crate) struct KeptFolder {
    path: PathBuf,
    /// What says that it is used; `None` for a temporary one.
    used_by: Option<PathBuf>,
    _temporary: Option<TempDir>,
    _turn: MutexGuard<'static, ()>,
}

impl KeptFolder {
    pub(crate) fn claim() -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("new-project");
        fs::create_dir_all(&path).unwrap();
        // First said, then looked who else says so: of two that start at once, none takes it.
        let used_by = path.join(format!("{USED_BY}{}", process::id()));
        fs::write(&used_by, "").unwrap();
        if !is_used_by_another(&path) {
            return Self { path, used_by: Some(used_by), _temporary: None, _turn: turn };
        }
        fs::remove_file(&used_by).unwrap();
        let temporary = tempfile::tempdir().unwrap();
        let path = temporary.path().canonicalize().unwrap();
        Self { path, used_by: None, _temporary: Some(temporary), _turn: turn }
    }

    /// Where cargo builds.
    pub(crate) fn target(&self) -> PathBuf {
        self.path.join("target")
    }

    /// The folder `name` in it, empty.
    pub(crate) fn emptied(&self, name: &str) -> PathBuf {
        let folder = self.path.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        fs::create_dir(&folder).unwrap();
        folder
    }
}

impl Drop for KeptFolder {
    fn drop(&mut self) {
        if let Some(file) = &self.used_by {
            // What stays names a process that is gone, which the next run sees.
            let _ = fs::remove_file(file);
        }
    }
}

/// Whether a running process says that it uses `folder`. What processes left that are gone is removed.
fn is_used_by_another(folder: &Path) -> bool {
    let own = process::id().to_string();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let Some(pid) = name.strip_prefix(USED_BY).filter(|pid| *pid != own) else {
            continue;
        };
        if run(Command::new("sh").args(["-c", "kill -s 0 \"$0\"", pid])).status.success() {
            return true;
        }
        // The other run may have removed it itself.
        let _ = fs::remove_file(entry.path());
    }
    false
}
