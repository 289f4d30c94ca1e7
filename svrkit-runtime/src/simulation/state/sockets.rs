//! Sockets: what a process has its system do.

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::task::Waker;

use tokio::time::Instant;

use super::State;
use crate::simulation::connection::{Connection, Content, End, Phase, Role};

/// Writes longer than a packet of Ethernet may come in parts.
const PACKET_LEN: usize = 1460;

/// A listening socket.
#[derive(Debug, Default)]
pub(in crate::simulation) struct Listening {
    /// Connections that were not accepted yet.
    pub(in crate::simulation) waiting: VecDeque<u64>,
    pub(in crate::simulation) acceptor: Option<Waker>,
}

impl State {
    /// The ends that somebody on `host` has.
    pub(super) fn sockets_of(&self, host: usize) -> Vec<(u64, Role)> {
        let ends = self.connections.iter().flat_map(|(id, connection)| {
            [Role::Caller, Role::Callee].map(|role| (*id, role, &connection.ends[role as usize]))
        });
        let own = ends.filter(|(.., end)| end.host == host && !end.is_closed());
        own.map(|(id, role, _)| (id, role)).collect()
    }

    /// How many sockets there are, listening ones left out.
    pub(in crate::simulation) fn sockets(&self) -> usize {
        (0..self.hosts.len()).map(|host| self.sockets_of(host).len()).sum()
    }

    /// Has `host` listen on a port of its own, or on any for port 0.
    pub(in crate::simulation) fn listen(
        &mut self,
        host: usize,
        wanted: SocketAddr,
    ) -> Result<SocketAddr, ErrorKind> {
        let state = &mut self.hosts[host];
        if !state.is_own(wanted.ip()) {
            return Err(ErrorKind::AddrNotAvailable);
        }
        let port = if wanted.port() == 0 { state.next_port() } else { wanted.port() };
        let address = SocketAddr::new(state.ip, port);
        if self.listeners.contains_key(&address) {
            return Err(ErrorKind::AddrInUse);
        }
        self.listeners.insert(address, Listening::default());
        Ok(address)
    }

    pub(in crate::simulation) fn stop_listening(&mut self, address: SocketAddr, now: Instant) {
        let Some(listening) = self.listeners.remove(&address) else { return };
        for connection in listening.waiting {
            // What nobody has accepted is reset.
            self.close(connection, Role::Callee);
            self.send_reset(connection, Role::Caller, now);
        }
    }

    /// Begins a connection from `host` to `address`.
    pub(in crate::simulation) fn connect(
        &mut self,
        host: usize,
        address: SocketAddr,
        now: Instant,
    ) -> Result<u64, ErrorKind> {
        let state = &mut self.hosts[host];
        let own = SocketAddr::new(state.ip, state.next_port());
        let boot = state.boot;
        let ip = if state.is_own(address.ip()) { state.ip } else { address.ip() };
        let callee = self.hosts.iter().position(|host| host.ip == ip).ok_or(ErrorKind::HostUnreachable)?;
        let address = SocketAddr::new(ip, address.port());
        let id = self.connections_begun;
        self.connections_begun += 1;
        let caller = End::new(own, host, boot, Phase::Opening, now);
        let mut other = End::new(address, callee, self.hosts[callee].boot, Phase::Open, now);
        // It has no socket yet.
        (other.has_reader, other.has_writer) = (false, false);
        self.connections.insert(id, Connection { ends: [caller, other] });
        self.send(id, Role::Caller, Content::Syn, now);
        Ok(id)
    }

    /// Writes to an end that has room, and says how much of `bytes` that took.
    pub(in crate::simulation) fn write(
        &mut self,
        id: u64,
        role: Role,
        mut bytes: Vec<u8>,
        now: Instant,
    ) -> usize {
        let len = bytes.len();
        // In parts, so that frames come in parts.
        while bytes.len() > PACKET_LEN || (bytes.len() > 1 && self.random.probably(0.1)) {
            let part = 1 + self.random.below(bytes.len() - 1);
            let rest = bytes.split_off(part);
            self.send(id, role, Content::Bytes(std::mem::replace(&mut bytes, rest)), now);
        }
        self.send(id, role, Content::Bytes(bytes), now);
        len
    }

    /// Says that an end writes no more.
    pub(in crate::simulation) fn shut_down(&mut self, id: u64, role: Role, now: Instant) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let end = connection.end(role);
        if matches!(end.phase, Phase::Open | Phase::Opening) {
            end.phase = Phase::ShutDown;
            self.send(id, role, Content::End, now);
        }
    }

    /// Closes an end for reading; as with TCP, unread bytes of a socket that is closed reset its connection.
    pub(in crate::simulation) fn close_reader(&mut self, id: u64, role: Role, now: Instant) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        connection.end(role).has_reader = false;
        self.close_if_unused(id, role, now);
    }

    pub(in crate::simulation) fn close_writer(&mut self, id: u64, role: Role, now: Instant) {
        self.shut_down(id, role, now);
        let Some(connection) = self.connections.get_mut(&id) else { return };
        connection.end(role).has_writer = false;
        self.close_if_unused(id, role, now);
    }

    pub(super) fn close_if_unused(&mut self, id: u64, role: Role, now: Instant) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let end = connection.end(role);
        if end.is_closed() && !end.inbound.is_empty() && !matches!(end.phase, Phase::Failed(_)) {
            end.inbound.clear();
            self.send_reset(id, role.other(), now);
        }
        self.forget_if_over(id);
    }

    pub(super) fn close(&mut self, id: u64, role: Role) {
        if let Some(connection) = self.connections.get_mut(&id) {
            let end = connection.end(role);
            (end.has_reader, end.has_writer) = (false, false);
        }
    }

    pub(super) fn forget_if_over(&mut self, id: u64) {
        if self.connections.get(&id).is_some_and(Connection::is_over) {
            self.connections.remove(&id);
        }
    }
}
