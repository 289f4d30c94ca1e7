//! Credit: how many bytes of messages a sender may have on their way, and when its receiver gives more.
//!
//! A frame of messages costs its body's length and [`FRAME_COST`] for the books that are kept of it, so that empty messages are not
//! free. A sender begins a message while it has any credit left, however long the message is: so a window may be shorter than a
//! message, no message is ever begun and not ended for want of credit, and what a receiver holds is bounded by its window and one
//! message. Credit comes back when half of a window has been taken, not message by message.
//!
//! Pure: no clock, no lock, no frames.

use std::sync::atomic::{AtomicI64, Ordering};

/// What a frame of messages costs beside the length of its body, in bytes.
const FRAME_COST: u32 = 64;

/// No receiver gives less: it is half of the least window.
pub(crate) const CREDIT_MIN: u32 = 512;

/// Most credit that a sender may have. A peer that gives more has lost count.
const CREDIT_MAX: i64 = u32::MAX as i64;

/// What a frame of messages with a body of `len` bytes costs.
pub(crate) fn cost(len: usize) -> u32 {
    share_cost(len).saturating_add(FRAME_COST)
}

/// What `len` bytes cost that are added to the body of such a frame.
pub(crate) fn share_cost(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// What a sender may send. It is looked at and charged without a lock; who waits for it has one to do so.
#[derive(Debug)]
pub(crate) struct SendWindow {
    /// Below zero after a message that was longer than what was left.
    credit: AtomicI64,
}

impl SendWindow {
    pub(crate) fn new(window: u32) -> Self {
        Self { credit: AtomicI64::new(window.into()) }
    }

    /// Whether a message may begin.
    pub(crate) fn is_open(&self) -> bool {
        self.credit.load(Ordering::Relaxed) > 0
    }

    /// Takes the credit of a message. False: it may not begin.
    pub(crate) fn charge(&self, cost: u32) -> bool {
        let charged = |credit| (credit > 0).then(|| credit - i64::from(cost));
        self.credit.fetch_update(Ordering::Relaxed, Ordering::Relaxed, charged).is_ok()
    }

    /// Adds credit that came from the receiver. False: no receiver has so much to give.
    pub(crate) fn grant(&self, bytes: u32) -> bool {
        let bytes = i64::from(bytes);
        self.credit.fetch_add(bytes, Ordering::Relaxed) + bytes <= CREDIT_MAX
    }
}

/// What a receiver has room for.
#[derive(Debug)]
pub(crate) struct ReceiveWindow {
    size: u32,
    /// The most one message costs.
    message_max: u32,
    /// Has come, and its credit has not been given back.
    outstanding: u64,
    /// Of that, what has been taken.
    taken: u32,
}

impl ReceiveWindow {
    /// Of `size` bytes, for messages of at most `message_len_max`.
    pub(crate) fn new(size: u32, message_len_max: u32) -> Self {
        Self { size, message_max: cost(message_len_max as usize), outstanding: 0, taken: 0 }
    }

    /// Notes a message that has come. False: its sender has no credit for it.
    pub(crate) fn receive(&mut self, cost: u32) -> bool {
        self.outstanding += u64::from(cost);
        self.outstanding <= u64::from(self.size) + u64::from(self.message_max)
    }

    /// Notes that a message was taken. Gives the credit that its sender is to have back now, if any.
    pub(crate) fn take(&mut self, cost: u32) -> Option<u32> {
        self.taken = self.taken.saturating_add(cost);
        if self.taken < self.size / 2 {
            return None;
        }
        self.outstanding = self.outstanding.saturating_sub(self.taken.into());
        Some(std::mem::take(&mut self.taken))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_begins_while_there_is_any_credit() {
        let window = SendWindow::new(100);
        assert!(window.charge(99) && window.is_open());
        assert!(window.charge(1000), "longer than what is left");
        assert!(!window.is_open() && !window.charge(1));
        assert!(window.grant(999) && !window.is_open(), "all of it is owed");
        assert!(window.grant(1) && window.charge(64));
    }

    #[test]
    fn nobody_gives_more_credit_than_a_window_has() {
        let window = SendWindow::new(u32::MAX);
        assert!(window.charge(7) && window.grant(7));
        assert!(!window.grant(1));
    }

    #[test]
    fn credit_comes_back_by_halves() {
        let mut window = ReceiveWindow::new(1000, 1000);
        assert!(window.receive(300) && window.receive(300) && window.receive(600));
        assert_eq!(window.take(300), None);
        assert_eq!(window.take(300), Some(600));
        assert_eq!(window.take(600), Some(600));
        assert_eq!(window.outstanding, 0);
    }

    #[test]
    fn a_receiver_holds_its_window_and_one_message() {
        let mut window = ReceiveWindow::new(1000, 500);
        assert!(window.receive(999) && window.receive(cost(500)), "the last byte of credit bears a message");
        assert_eq!(window.take(999), Some(999));
        assert!(window.receive(1000 - 564 + 563), "an open window and another");
        assert!(window.receive(1));
        assert!(!window.receive(1));
    }

    #[test]
    fn sender_and_receiver_never_wait_for_each_other() {
        for size in [1, 2, 63, 64, 1000] {
            for len in [0, 1, 500, 5000] {
                let (send, mut receive) = (SendWindow::new(size), ReceiveWindow::new(size, 5000));
                let (mut sent, mut taken) = (0, 0);
                while taken < 100 {
                    while send.charge(cost(len)) {
                        assert!(receive.receive(cost(len)), "window {size}, messages of {len}");
                        sent += 1;
                    }
                    assert!(taken < sent, "window {size}, messages of {len}: both wait");
                    taken += 1;
                    if let Some(credit) = receive.take(cost(len)) {
                        assert!(send.grant(credit));
                    }
                }
            }
        }
    }
}
