//! What happens, and when: what was sent arrives, is sent again, or fails.

use std::io::ErrorKind;
use std::net::SocketAddr;

use tokio::time::Instant;

use super::State;
use crate::simulation::connection::{Content, Phase, Role};
use crate::simulation::link::{RETRANSMITS_MAX, retransmit_after};

#[derive(Clone, Copy, Debug)]
pub(super) enum Event {
    /// What was sent by one end arrives at the other.
    Arrival { connection: u64, from: Role },
    /// An end is told that the other one knows nothing of the connection.
    Reset { connection: u64, to: Role },
}

impl State {
    /// When something happens next.
    pub(in crate::simulation) fn next(&self) -> Option<Instant> {
        self.events.first_key_value().map(|((at, _), _)| *at)
    }

    /// Everything that happens until `now`.
    pub(in crate::simulation) fn happen(&mut self, now: Instant) {
        while let Some(entry) = self.events.first_entry()
            && entry.key().0 <= now
        {
            match entry.remove() {
                Event::Arrival { connection, from } => self.arrive(connection, from, now),
                Event::Reset { connection, to } => self.reset(connection, to, now),
            }
        }
    }

    pub(super) fn schedule(&mut self, at: Instant, event: Event) {
        self.events.insert((at, self.events_begun), event);
        self.events_begun += 1;
    }

    pub(super) fn send(&mut self, id: u64, from: Role, content: Content, now: Instant) {
        let Some((sender, receiver)) = self.hosts_of(id, from) else { return };
        let delay = self.delay(sender, receiver);
        let Some(connection) = self.connections.get_mut(&id) else { return };
        connection.end(from).flow.send(content, now + delay);
        self.await_arrival(id, from);
    }

    pub(super) fn send_reset(&mut self, id: u64, to: Role, now: Instant) {
        let Some((receiver, sender)) = self.hosts_of(id, to) else { return };
        let delay = self.delay(sender, receiver);
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let at = connection.end(to.other()).flow.last().max(now + delay);
        self.schedule(at, Event::Reset { connection: id, to });
    }

    pub(super) fn await_arrival(&mut self, id: u64, from: Role) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let flow = &mut connection.end(from).flow;
        if let Some(next) = flow.next().filter(|_| !flow.is_awaited) {
            flow.is_awaited = true;
            self.schedule(next, Event::Arrival { connection: id, from });
        }
    }

    /// The host of the end of `role`, and that of the other.
    pub(super) fn hosts_of(&self, id: u64, role: Role) -> Option<(usize, usize)> {
        let ends = &self.connections.get(&id)?.ends;
        Some((ends[role as usize].host, ends[role.other() as usize].host))
    }

    pub(super) fn arrive(&mut self, id: u64, from: Role, now: Instant) {
        let Some((sender, receiver)) = self.hosts_of(id, from) else { return };
        if !self.passes(sender, receiver) {
            return self.retransmit(id, from, now);
        }
        let boot = self.hosts[receiver].boot;
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if connection.end(from.other()).boot != boot {
            // It knows nothing of what was before it lost power.
            self.send_reset(id, from, now);
            return self.retransmit(id, from, now);
        }
        let flow = &mut connection.end(from).flow;
        (flow.retransmits, flow.is_awaited) = (0, false);
        while let Some(content) =
            self.connections.get_mut(&id).and_then(|connection| connection.end(from).flow.arrived(now))
        {
            self.deliver(id, from, content, now);
        }
        self.await_arrival(id, from);
        self.forget_if_over(id);
    }

    /// Nobody acknowledges what was sent: it is sent again later, or given up.
    pub(super) fn retransmit(&mut self, id: u64, from: Role, now: Instant) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let end = connection.end(from);
        if end.flow.retransmits <= RETRANSMITS_MAX && end.flow.next().is_some() {
            let at = now + retransmit_after(end.flow.retransmits);
            end.flow.retransmits += 1;
            return self.schedule(at, Event::Arrival { connection: id, from });
        }
        end.flow.is_awaited = false;
        self.fail(id, from, ErrorKind::TimedOut, now);
    }

    pub(super) fn deliver(&mut self, id: u64, from: Role, content: Content, now: Instant) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let end = connection.end(from.other());
        let address = end.address;
        match content {
            Content::Syn => self.welcome(id, address, now),
            Content::Accepted | Content::Bytes(_) if end.is_closed() => self.send_reset(id, from, now),
            Content::Accepted => {
                if end.phase == Phase::Opening {
                    end.phase = Phase::Open;
                }
                self.woken.extend(end.wakers());
                self.note_of(id, from, &"accepts", now);
            }
            Content::Bytes(bytes) => {
                let len = bytes.len();
                if end.has_reader {
                    end.inbound.extend(bytes);
                }
                self.woken.extend(end.reader.take());
                self.note_of(id, from, &format_args!("{len} bytes"), now);
            }
            Content::End => {
                end.is_ended = true;
                self.woken.extend(end.reader.take());
                self.note_of(id, from, &"ends", now);
            }
        }
    }

    /// Somebody wants a connection to `address`.
    pub(super) fn welcome(&mut self, id: u64, address: SocketAddr, now: Instant) {
        let Some(listening) = self.listeners.get_mut(&address) else {
            self.note_of(id, Role::Callee, &"refuses", now);
            return self.send_reset(id, Role::Caller, now);
        };
        listening.waiting.push_back(id);
        self.woken.extend(listening.acceptor.take());
        if let Some(connection) = self.connections.get_mut(&id) {
            let end = connection.end(Role::Callee);
            (end.has_reader, end.has_writer) = (true, true);
        }
        self.send(id, Role::Callee, Content::Accepted, now);
    }

    pub(super) fn reset(&mut self, id: u64, to: Role, now: Instant) {
        let Some((receiver, sender)) = self.hosts_of(id, to) else { return };
        if !self.passes(sender, receiver) {
            return;
        }
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let error = match connection.end(to).phase {
            Phase::Opening => ErrorKind::ConnectionRefused,
            _ => ErrorKind::ConnectionReset,
        };
        // Some systems give what has come before it, others do not.
        if self.random.probably(0.5) {
            connection.end(to).inbound.clear();
        }
        self.fail(id, to, error, now);
    }

    pub(super) fn fail(&mut self, id: u64, role: Role, error: ErrorKind, now: Instant) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let end = connection.end(role);
        end.fail(error);
        self.woken.extend(end.wakers());
        self.note_of(id, role, &format_args!("fails: {error}"), now);
        self.forget_if_over(id);
    }
}
