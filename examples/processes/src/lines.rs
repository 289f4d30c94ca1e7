//! What a process writes to one of its outputs, read on a thread of its own so that it never waits for a full pipe.

use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Instant;

/// The lines that were not taken yet, with their ends.
#[derive(Debug)]
pub(crate) struct Lines(Receiver<String>);

impl Lines {
    /// The thread ends with the output, which ends with the process.
    pub(crate) fn of(output: impl Read + Send + 'static) -> Self {
        let (line, lines) = mpsc::channel();
        thread::spawn(move || {
            let mut output = BufReader::new(output);
            let mut bytes = Vec::new();
            while output.read_until(b'\n', &mut bytes).is_ok_and(|len| len != 0) {
                if line.send(String::from_utf8_lossy(&bytes).into_owned()).is_err() {
                    return;
                }
                bytes.clear();
            }
        });
        Self(lines)
    }

    /// The next line; where the output is at its end, an empty one. `None`: there is neither at `deadline`.
    pub(crate) fn next(&mut self, deadline: Instant) -> Option<String> {
        match self.0.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Disconnected) => Some(String::new()),
            Err(RecvTimeoutError::Timeout) => None,
        }
    }

    /// All lines to the end, added to `text`, or those there are at `deadline` and `false`.
    #[must_use]
    pub(crate) fn rest(&mut self, deadline: Instant, text: &mut String) -> bool {
        while let Some(line) = self.next(deadline) {
            if line.is_empty() {
                return true;
            }
            text.push_str(&line);
        }
        false
    }
}
