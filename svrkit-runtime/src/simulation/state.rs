//! The simulated network by itself: hosts, ways between them, connections, and what happens next. Pure: it is told the time,
//! and who is to be woken is for others to wake.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::{self, Write as _};
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::task::Waker;
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::connection::{Connection, Content, End, Phase, Role};
use super::link::{Conditions, RETRANSMITS_MAX, retransmit_after};
use super::random::Random;

/// Writes longer than a packet of Ethernet may come in parts.
const PACKET_LEN: usize = 1460;

/// The first port that is given to whoever wants any.
const PORT_MIN: u16 = 40_000;

#[derive(Debug)]
pub(super) struct State {
    began: Instant,
    random: Random,
    pub(super) hosts: Vec<HostState>,
    conditions: Conditions,
    conditions_of: BTreeMap<(usize, usize), Conditions>,
    /// Ways on which nothing arrives.
    cuts: BTreeSet<(usize, usize)>,
    pub(super) listeners: BTreeMap<SocketAddr, Listening>,
    pub(super) connections: BTreeMap<u64, Connection>,
    connections_begun: u64,
    events: BTreeMap<(Instant, u64), Event>,
    events_begun: u64,
    log: Vec<String>,
    /// Who has to be told of what has changed.
    pub(super) woken: Vec<Waker>,
}

#[derive(Debug)]
pub(super) struct HostState {
    pub(super) name: String,
    pub(super) ip: IpAddr,
    is_up: bool,
    /// How often it was started. What belongs to an earlier start is forgotten.
    boot: u64,
    /// How often its process was: of earlier ones nothing runs any more.
    pub(super) life: u64,
    pub(super) tasks: Vec<AbortHandle>,
    ports_given: u16,
}

/// A listening socket.
#[derive(Debug, Default)]
pub(super) struct Listening {
    /// Connections that were not accepted yet.
    pub(super) waiting: VecDeque<u64>,
    pub(super) acceptor: Option<Waker>,
}

#[derive(Clone, Copy, Debug)]
enum Event {
    /// What was sent by one end arrives at the other.
    Arrival { connection: u64, from: Role },
    /// An end is told that the other one knows nothing of the connection.
    Reset { connection: u64, to: Role },
}

impl State {
    pub(super) fn new(random: Random, conditions: Conditions, now: Instant) -> Self {
        Self {
            began: now,
            random,
            hosts: Vec::new(),
            conditions,
            conditions_of: BTreeMap::new(),
            cuts: BTreeSet::new(),
            listeners: BTreeMap::new(),
            connections: BTreeMap::new(),
            connections_begun: 0,
            events: BTreeMap::new(),
            events_begun: 0,
            log: Vec::new(),
            woken: Vec::new(),
        }
    }

    // Hosts and ways.

    /// The host of this name, which is made if there is none.
    pub(super) fn host(&mut self, name: &str) -> usize {
        if let Some(host) = self.hosts.iter().position(|host| host.name == name) {
            return host;
        }
        let number = self.hosts.len() + 1;
        let ip = Ipv4Addr::new(10, 0, (number >> 8) as u8, number as u8).into();
        self.hosts.push(HostState {
            name: name.into(),
            ip,
            is_up: true,
            boot: 0,
            life: 0,
            tasks: Vec::new(),
            ports_given: 0,
        });
        number - 1
    }

    /// The addresses of `host:port`.
    pub(super) fn look_up(&self, name: &str) -> Option<SocketAddr> {
        let (host, port) = name.rsplit_once(':')?;
        let host = self.hosts.iter().find(|known| known.name == host)?;
        Some(SocketAddr::new(host.ip, port.parse().ok()?))
    }

    pub(super) fn set_conditions(&mut self, conditions: Conditions) {
        self.conditions = conditions;
        self.conditions_of.clear();
    }

    pub(super) fn set_conditions_of(&mut self, from: usize, to: usize, conditions: Conditions) {
        self.conditions_of.insert((from, to), conditions);
    }

    pub(super) fn cut(&mut self, from: usize, to: usize, now: Instant) {
        if self.cuts.insert((from, to)) {
            let words = format!("{} -> {}: cut", self.hosts[from].name, self.hosts[to].name);
            self.note(now, &words);
        }
    }

    pub(super) fn heal(&mut self, now: Instant) {
        if !self.cuts.is_empty() {
            self.cuts.clear();
            self.note(now, &"all ways are whole");
        }
    }

    fn passes(&self, from: usize, to: usize) -> bool {
        self.hosts[to].is_up && !self.cuts.contains(&(from, to))
    }

    fn delay(&mut self, from: usize, to: usize) -> Duration {
        if from == to {
            return Duration::ZERO;
        }
        self.conditions_of.get(&(from, to)).unwrap_or(&self.conditions).draw(&mut self.random)
    }

    /// Ends the process of `host`; the system closes its sockets. Its tasks are left to be stopped.
    pub(super) fn crash(&mut self, host: usize, now: Instant) -> Vec<AbortHandle> {
        let words = format!("{}: its process is killed", self.hosts[host].name);
        self.note(now, &words);
        let ip = self.hosts[host].ip;
        let own = self.listeners.keys().copied().filter(|address| address.ip() == ip).collect::<Vec<_>>();
        own.into_iter().for_each(|address| self.stop_listening(address, now));
        for (id, role) in self.sockets_of(host) {
            self.close_writer(id, role, now);
            self.close_reader(id, role, now);
        }
        self.end_process(host)
    }

    /// The ends that somebody on `host` has.
    fn sockets_of(&self, host: usize) -> Vec<(u64, Role)> {
        let ends = self.connections.iter().flat_map(|(id, connection)| {
            [Role::Caller, Role::Callee].map(|role| (*id, role, &connection.ends[role as usize]))
        });
        let own = ends.filter(|(.., end)| end.host == host && !end.is_closed());
        own.map(|(id, role, _)| (id, role)).collect()
    }

    /// How many sockets there are, listening ones left out.
    pub(super) fn sockets(&self) -> usize {
        (0..self.hosts.len()).map(|host| self.sockets_of(host).len()).sum()
    }

    /// The same for the whole host: its sockets are gone, and nobody is told.
    pub(super) fn lose_power(&mut self, host: usize, now: Instant) -> Vec<AbortHandle> {
        let words = format!("{}: loses power", self.hosts[host].name);
        self.note(now, &words);
        let state = &mut self.hosts[host];
        state.is_up = false;
        state.boot += 1;
        let ip = state.ip;
        self.listeners.retain(|address, _| address.ip() != ip);
        for end in self.connections.values_mut().flat_map(|connection| &mut connection.ends) {
            if end.host == host {
                (end.has_reader, end.has_writer) = (false, false);
                end.inbound.clear();
                end.flow.clear();
            }
        }
        self.connections.retain(|_, connection| !connection.is_over());
        self.end_process(host)
    }

    pub(super) fn power_on(&mut self, host: usize, now: Instant) {
        let state = &mut self.hosts[host];
        if !std::mem::replace(&mut state.is_up, true) {
            let words = format!("{}: has power again", state.name);
            self.note(now, &words);
        }
    }

    /// Notes a task of a process. False: that has ended, or there is no power for it.
    pub(super) fn keep_task(&mut self, host: usize, life: u64, task: AbortHandle) -> bool {
        let state = &mut self.hosts[host];
        if state.life != life || !state.is_up {
            return false;
        }
        if state.tasks.len() == state.tasks.capacity() {
            // Those that have ended by themselves need no room.
            state.tasks.retain(|task| !task.is_finished());
        }
        state.tasks.push(task);
        true
    }

    fn end_process(&mut self, host: usize) -> Vec<AbortHandle> {
        let state = &mut self.hosts[host];
        state.life += 1;
        std::mem::take(&mut state.tasks)
    }

    // Sockets.

    /// Has `host` listen on a port of its own, or on any for port 0.
    pub(super) fn listen(&mut self, host: usize, wanted: SocketAddr) -> Result<SocketAddr, ErrorKind> {
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

    pub(super) fn stop_listening(&mut self, address: SocketAddr, now: Instant) {
        let Some(listening) = self.listeners.remove(&address) else { return };
        for connection in listening.waiting {
            // What nobody has accepted is reset.
            self.close(connection, Role::Callee);
            self.send_reset(connection, Role::Caller, now);
        }
    }

    /// Begins a connection from `host` to `address`.
    pub(super) fn connect(
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
    pub(super) fn write(&mut self, id: u64, role: Role, mut bytes: Vec<u8>, now: Instant) -> usize {
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
    pub(super) fn shut_down(&mut self, id: u64, role: Role, now: Instant) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let end = connection.end(role);
        if matches!(end.phase, Phase::Open | Phase::Opening) {
            end.phase = Phase::ShutDown;
            self.send(id, role, Content::End, now);
        }
    }

    /// Closes an end for reading; as with TCP, unread bytes of a socket that is closed reset its connection.
    pub(super) fn close_reader(&mut self, id: u64, role: Role, now: Instant) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        connection.end(role).has_reader = false;
        self.close_if_unused(id, role, now);
    }

    pub(super) fn close_writer(&mut self, id: u64, role: Role, now: Instant) {
        self.shut_down(id, role, now);
        let Some(connection) = self.connections.get_mut(&id) else { return };
        connection.end(role).has_writer = false;
        self.close_if_unused(id, role, now);
    }

    fn close_if_unused(&mut self, id: u64, role: Role, now: Instant) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let end = connection.end(role);
        if end.is_closed() && !end.inbound.is_empty() && !matches!(end.phase, Phase::Failed(_)) {
            end.inbound.clear();
            self.send_reset(id, role.other(), now);
        }
        self.forget_if_over(id);
    }

    fn close(&mut self, id: u64, role: Role) {
        if let Some(connection) = self.connections.get_mut(&id) {
            let end = connection.end(role);
            (end.has_reader, end.has_writer) = (false, false);
        }
    }

    fn forget_if_over(&mut self, id: u64) {
        if self.connections.get(&id).is_some_and(Connection::is_over) {
            self.connections.remove(&id);
        }
    }

    // What happens.

    /// When something happens next.
    pub(super) fn next(&self) -> Option<Instant> {
        self.events.first_key_value().map(|((at, _), _)| *at)
    }

    /// Everything that happens until `now`.
    pub(super) fn happen(&mut self, now: Instant) {
        while let Some(entry) = self.events.first_entry()
            && entry.key().0 <= now
        {
            match entry.remove() {
                Event::Arrival { connection, from } => self.arrive(connection, from, now),
                Event::Reset { connection, to } => self.reset(connection, to, now),
            }
        }
    }

    fn schedule(&mut self, at: Instant, event: Event) {
        self.events.insert((at, self.events_begun), event);
        self.events_begun += 1;
    }

    fn send(&mut self, id: u64, from: Role, content: Content, now: Instant) {
        let Some((sender, receiver)) = self.hosts_of(id, from) else { return };
        let delay = self.delay(sender, receiver);
        let Some(connection) = self.connections.get_mut(&id) else { return };
        connection.end(from).flow.send(content, now + delay);
        self.await_arrival(id, from);
    }

    fn send_reset(&mut self, id: u64, to: Role, now: Instant) {
        let Some((receiver, sender)) = self.hosts_of(id, to) else { return };
        let delay = self.delay(sender, receiver);
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let at = connection.end(to.other()).flow.last().max(now + delay);
        self.schedule(at, Event::Reset { connection: id, to });
    }

    fn await_arrival(&mut self, id: u64, from: Role) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let flow = &mut connection.end(from).flow;
        if let Some(next) = flow.next().filter(|_| !flow.is_awaited) {
            flow.is_awaited = true;
            self.schedule(next, Event::Arrival { connection: id, from });
        }
    }

    /// The host of the end of `role`, and that of the other.
    fn hosts_of(&self, id: u64, role: Role) -> Option<(usize, usize)> {
        let ends = &self.connections.get(&id)?.ends;
        Some((ends[role as usize].host, ends[role.other() as usize].host))
    }

    fn arrive(&mut self, id: u64, from: Role, now: Instant) {
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
    fn retransmit(&mut self, id: u64, from: Role, now: Instant) {
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

    fn deliver(&mut self, id: u64, from: Role, content: Content, now: Instant) {
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
    fn welcome(&mut self, id: u64, address: SocketAddr, now: Instant) {
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

    fn reset(&mut self, id: u64, to: Role, now: Instant) {
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

    fn fail(&mut self, id: u64, role: Role, error: ErrorKind, now: Instant) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let end = connection.end(role);
        end.fail(error);
        self.woken.extend(end.wakers());
        self.note_of(id, role, &format_args!("fails: {error}"), now);
        self.forget_if_over(id);
    }

    // The log.

    /// Adds a line.
    pub(super) fn note(&mut self, now: Instant, words: &dyn fmt::Display) {
        let at = now.saturating_duration_since(self.began).as_millis();
        self.log.push(format!("{at:>8} ms  {words}"));
    }

    fn note_of(&mut self, id: u64, from: Role, words: &dyn fmt::Display, now: Instant) {
        let Some((from, to)) = self.hosts_of(id, from) else { return };
        let words = format!("{} -> {}  #{id}: {words}", self.hosts[from].name, self.hosts[to].name);
        self.note(now, &words);
    }

    pub(super) fn log(&self) -> String {
        let mut text = String::new();
        for line in &self.log {
            // A text takes all that is written to it.
            let _ = writeln!(text, "{line}");
        }
        text
    }
}

impl HostState {
    fn is_own(&self, ip: IpAddr) -> bool {
        ip == self.ip || ip.is_loopback() || ip.is_unspecified()
    }

    fn next_port(&mut self) -> u16 {
        let port = PORT_MIN + self.ports_given;
        self.ports_given = (self.ports_given + 1) % (u16::MAX - PORT_MIN);
        port
    }
}
