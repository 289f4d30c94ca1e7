//! What a server tells whoever runs it, unasked: a line on stderr.

use std::fmt;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Most lines within [`WINDOW`]: a handler that always fails must not make its server wait for a terminal.
const LINES_MAX: u32 = 20;

const WINDOW: Duration = Duration::from_secs(1);

static BUDGET: Mutex<Budget> = Mutex::new(Budget { window: None, lines: 0, left_out: 0 });

/// How much may still be said.
#[derive(Debug)]
struct Budget {
    window: Option<Instant>,
    lines: u32,
    left_out: u64,
}

impl Budget {
    /// Whether a line may be said at `now`, and how many could not be before it.
    fn take(&mut self, now: Instant) -> Option<u64> {
        if self.window.is_none_or(|window| now.saturating_duration_since(window) >= WINDOW) {
            (self.window, self.lines) = (Some(now), 0);
        }
        if self.lines == LINES_MAX {
            self.left_out += 1;
            return None;
        }
        self.lines += 1;
        Some(std::mem::take(&mut self.left_out))
    }
}

/// Says `words` in a line of its own.
pub(crate) fn line(words: fmt::Arguments<'_>) {
    let taken = BUDGET.lock().unwrap_or_else(PoisonError::into_inner).take(Instant::now());
    // Where nobody reads what is said, serving goes on.
    let _ = match taken {
        None => Ok(()),
        Some(0) => writeln!(std::io::stderr(), "svrkit: {words}"),
        Some(left_out) => {
            writeln!(std::io::stderr(), "svrkit: {words} ({left_out} lines before it were left out)")
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_has_so_many_lines_and_the_next_one_says_what_it_missed() {
        let mut budget = Budget { window: None, lines: 0, left_out: 0 };
        let began = Instant::now();
        for _ in 0..LINES_MAX {
            assert_eq!(budget.take(began), Some(0));
        }
        assert_eq!((budget.take(began), budget.take(began + WINDOW / 2)), (None, None));
        assert_eq!(budget.take(began + WINDOW), Some(2));
        assert_eq!(budget.take(began + WINDOW), Some(0));
    }
}
