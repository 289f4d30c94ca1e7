//! The generated file: written only when it changed, so that nothing is compiled again without need.

use std::fs;
use std::io;
use std::path::Path;

/// The name of the generated file; `svrkit_runtime::include_protocols!` looks for it in `OUT_DIR`.
pub(crate) const OUTPUT_FILE: &str = "svrkit.rs";

/// Writes `text` to `path` unless it stands there already, in which case the file is not touched.
pub(crate) fn write_if_changed(path: &Path, text: &str) -> io::Result<()> {
    let is_same_len = path.metadata().is_ok_and(|metadata| metadata.len() == text.len() as u64);
    if is_same_len && fs::read(path)? == text.as_bytes() {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}
