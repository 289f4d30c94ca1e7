//! One connection of the simulated network: two ends, and what is under way between them. Pure: it is told the time.

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::task::Waker;

use tokio::time::Instant;

/// Bytes that have been written at one end and not read at the other: from here on a writer waits.
pub(super) const WINDOW: usize = 64 * 1024;

/// A connection between two hosts, or of one with itself.
#[derive(Debug)]
pub(super) struct Connection {
    /// The one that connects, and the one that accepts.
    pub(super) ends: [End; 2],
}

/// One of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Caller,
    Callee,
}

impl Role {
    pub(super) fn other(self) -> Self {
        match self {
            Self::Caller => Self::Callee,
            Self::Callee => Self::Caller,
        }
    }
}

/// A socket, as its host has it.
#[derive(Debug)]
pub(super) struct End {
    pub(super) address: SocketAddr,
    pub(super) host: usize,
    /// Which start of the host it belongs to: what was before is forgotten there.
    pub(super) boot: u64,
    pub(super) phase: Phase,
    /// What has come and was not read.
    pub(super) inbound: VecDeque<u8>,
    /// The other end sends no more than that.
    pub(super) is_ended: bool,
    pub(super) has_reader: bool,
    pub(super) has_writer: bool,
    pub(super) reader: Option<Waker>,
    pub(super) writer: Option<Waker>,
    pub(super) flow: Flow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The caller's, until it knows that the connection stands.
    Opening,
    Open,
    /// It writes no more.
    ShutDown,
    Failed(ErrorKind),
}

/// What is under way from one end to the other: in order, however long each packet takes.
#[derive(Debug)]
pub(super) struct Flow {
    packets: VecDeque<Packet>,
    bytes: usize,
    last: Instant,
    /// How often the first of them was sent in vain.
    pub(super) retransmits: u32,
    /// An arrival of it is among the network's events.
    pub(super) is_awaited: bool,
}

#[derive(Debug)]
struct Packet {
    arrives: Instant,
    content: Content,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Asks for a connection.
    Syn,
    /// It stands.
    Accepted,
    Bytes(Vec<u8>),
    /// There are no more.
    End,
}

impl Connection {
    pub(super) fn end(&mut self, role: Role) -> &mut End {
        &mut self.ends[role as usize]
    }

    /// How many more bytes the end of `role` may write.
    pub(super) fn room(&self, role: Role) -> usize {
        let (own, other) = (&self.ends[role as usize], &self.ends[role.other() as usize]);
        WINDOW.saturating_sub(own.flow.bytes + other.inbound.len())
    }

    /// Whether nobody has a socket of it any more, and nothing is under way.
    pub(super) fn is_over(&self) -> bool {
        self.ends.iter().all(|end| end.is_closed() && end.flow.packets.is_empty())
    }
}

impl End {
    pub(super) fn new(address: SocketAddr, host: usize, boot: u64, phase: Phase, now: Instant) -> Self {
        Self {
            address,
            host,
            boot,
            phase,
            inbound: VecDeque::new(),
            is_ended: false,
            has_reader: true,
            has_writer: true,
            reader: None,
            writer: None,
            flow: Flow { packets: VecDeque::new(), bytes: 0, last: now, retransmits: 0, is_awaited: false },
        }
    }

    /// Whether its host has closed it.
    pub(super) fn is_closed(&self) -> bool {
        !self.has_reader && !self.has_writer
    }

    /// Ends it by `error`. What was under way from it is not sent again.
    pub(super) fn fail(&mut self, error: ErrorKind) {
        self.phase = Phase::Failed(error);
        self.flow.clear();
    }

    pub(super) fn wakers(&mut self) -> impl Iterator<Item = Waker> + use<> {
        [self.reader.take(), self.writer.take()].into_iter().flatten()
    }
}

impl Flow {
    /// Sends what is to arrive at `arrives`, and not before what was sent earlier.
    pub(super) fn send(&mut self, content: Content, arrives: Instant) {
        self.last = self.last.max(arrives);
        if let Content::Bytes(bytes) = &content {
            self.bytes += bytes.len();
        }
        self.packets.push_back(Packet { arrives: self.last, content });
    }

    /// When the next one arrives.
    pub(super) fn next(&self) -> Option<Instant> {
        self.packets.front().map(|packet| packet.arrives)
    }

    /// When the last one arrives, were nothing lost.
    pub(super) fn last(&self) -> Instant {
        self.last
    }

    /// The next one that has arrived at `now`.
    pub(super) fn arrived(&mut self, now: Instant) -> Option<Content> {
        let packet = if self.next()? <= now { self.packets.pop_front()? } else { return None };
        if let Content::Bytes(bytes) = &packet.content {
            self.bytes -= bytes.len();
        }
        Some(packet.content)
    }

    pub(super) fn clear(&mut self) {
        self.packets.clear();
        self.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn packets_arrive_in_their_order_however_long_each_takes() {
        let now = Instant::now();
        let at = |milliseconds| now + Duration::from_millis(milliseconds);
        let mut end = End::new(([10, 0, 0, 1], 1).into(), 0, 0, Phase::Open, now);
        let bytes = |byte| Content::Bytes(vec![byte; 10]);
        for (byte, arrives) in [(1, 30), (2, 10), (3, 40)] {
            end.flow.send(bytes(byte), at(arrives));
        }
        assert_eq!((end.flow.next(), end.flow.bytes, end.flow.last()), (Some(at(30)), 30, at(40)));
        assert_eq!(end.flow.arrived(at(29)), None);
        assert_eq!(end.flow.arrived(at(30)), Some(bytes(1)));
        assert_eq!(end.flow.arrived(at(30)), Some(bytes(2)), "it waited for the first");
        assert_eq!((end.flow.arrived(at(30)), end.flow.bytes), (None, 10));
    }
}
