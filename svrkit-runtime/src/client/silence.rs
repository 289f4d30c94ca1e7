//! Whether a server still says anything.
//!
//! Asked only when a call was not answered in time, so that a connection in order pays one atomic store a frame.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What a connection has heard since it last asked.
#[derive(Debug, Default)]
pub(super) struct Silence {
    /// A question is out, and nothing has been heard since.
    asked: AtomicBool,
    token: AtomicU64,
}

/// What came of a question.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// It is a new one, to be sent as a ping with this token.
    Anew(u64),
    /// The last one was not answered, by nothing at all.
    Again,
}

impl Silence {
    /// A frame has arrived.
    pub(super) fn heard(&self) {
        self.asked.store(false, Ordering::Relaxed);
    }

    /// A call was not answered in time: is anyone there?
    pub(super) fn ask(&self) -> Asked {
        if self.asked.swap(true, Ordering::Relaxed) {
            return Asked::Again;
        }
        Asked::Anew(self.token.fetch_add(1, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_question_into_silence_is_the_last() {
        let silence = Silence::default();
        assert_eq!(silence.ask(), Asked::Anew(0));
        silence.heard();
        assert_eq!(silence.ask(), Asked::Anew(1));
        assert_eq!(silence.ask(), Asked::Again);
    }
}
