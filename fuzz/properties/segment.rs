//! What a file must never do to who reads it as a segment of metrics.

use svrkit_runtime::Snapshot;

use crate::heap;

/// Where the header says how many bytes are whole.
const COMMITTED: usize = 40;

/// Samples of a snapshot that is written as text: more take long and show nothing else.
const WRITTEN_MAX: usize = 1000;

/// Any bytes are read in memory that their length accounts for, or refused; what is read becomes text of whole lines. As they are, and with a header
/// that says what is there, so that their records are reached.
pub(crate) fn segment(bytes: &[u8]) {
    read(bytes);
    if let Some(whole) = with_header(bytes) {
        read(&whole);
    }
}

fn with_header(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut whole = bytes[..bytes.len() / 8 * 8].to_vec();
    let committed = (whole.len() as u64).to_le_bytes();
    whole.get_mut(..12)?.copy_from_slice(b"SVRKSEG\0\x01\0\0\0");
    whole.get_mut(COMMITTED..COMMITTED + 8)?.copy_from_slice(&committed);
    Some(whole)
}

fn read(bytes: &[u8]) {
    let (snapshot, taken) = heap::taken(|| Snapshot::of_bytes(bytes));
    // What records become, and what a snapshot may have for them.
    let allowed = (4 << 20) + (64 + 64) * bytes.len() + (64 << 10);
    assert!(taken.peak <= allowed, "{} bytes of memory for {}", taken.peak, bytes.len());
    let Ok(snapshot) = snapshot else { return };
    let samples: usize = snapshot.families().iter().map(|family| family.samples.len()).sum();
    if samples <= WRITTEN_MAX {
        snapshot.prometheus().lines().for_each(check_line);
    }
}

/// No text of the file ends a line of it, or stands where a number does.
fn check_line(line: &str) {
    if line.starts_with("# HELP ") || line.starts_with("# TYPE ") {
        return;
    }
    let number = line.rsplit_once(' ').and_then(|(_, number)| number.parse::<f64>().ok());
    assert!(number.is_some(), "{line:?} is no line of a sample");
}
