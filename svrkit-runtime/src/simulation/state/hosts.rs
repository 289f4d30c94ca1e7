//! Hosts: their names, processes and power.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::task::{Context, Poll, Waker};

use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::State;

/// The first port that is given to whoever wants any.
const PORT_MIN: u16 = 40_000;

/// A host and the process that runs there.
#[derive(Debug)]
pub(in crate::simulation) struct HostState {
    pub(in crate::simulation) name: String,
    pub(in crate::simulation) ip: IpAddr,
    pub(super) is_up: bool,
    /// How often it was started. What belongs to an earlier start is forgotten.
    pub(super) boot: u64,
    /// How often its process was: of earlier ones nothing runs any more.
    pub(in crate::simulation) life: u64,
    tasks: Vec<AbortHandle>,
    /// Whose turn came while the process was paused, if it is: they go on when it does.
    paused: Option<Vec<Waker>>,
    ports_given: u16,
}

impl State {
    /// The host of this name, which is made if there is none.
    pub(in crate::simulation) fn host(&mut self, name: &str) -> usize {
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
            paused: None,
            ports_given: 0,
        });
        number - 1
    }

    /// The addresses of `host:port`.
    pub(in crate::simulation) fn look_up(&self, name: &str) -> Option<SocketAddr> {
        let (host, port) = name.rsplit_once(':')?;
        let host = self.hosts.iter().find(|known| known.name == host)?;
        Some(SocketAddr::new(host.ip, port.parse().ok()?))
    }

    /// Ends the process of `host`; the system closes its sockets. Its tasks are left to be stopped.
    pub(in crate::simulation) fn crash(&mut self, host: usize, now: Instant) -> Vec<AbortHandle> {
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

    /// The same for the whole host: its sockets are gone, and nobody is told.
    pub(in crate::simulation) fn lose_power(&mut self, host: usize, now: Instant) -> Vec<AbortHandle> {
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

    pub(in crate::simulation) fn power_on(&mut self, host: usize, now: Instant) {
        let state = &mut self.hosts[host];
        if !std::mem::replace(&mut state.is_up, true) {
            let words = format!("{}: has power again", state.name);
            self.note(now, &words);
        }
    }

    /// Notes a task of a process. False: that has ended, or there is no power for it.
    pub(in crate::simulation) fn keep_task(&mut self, host: usize, life: u64, task: AbortHandle) -> bool {
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

    /// Has the process of `host` do nothing until [`Self::resume`].
    pub(in crate::simulation) fn pause(&mut self, host: usize, now: Instant) {
        let state = &mut self.hosts[host];
        if state.paused.is_none() {
            state.paused = Some(Vec::new());
            let words = format!("{}: its process is paused", state.name);
            self.note(now, &words);
        }
    }

    pub(in crate::simulation) fn resume(&mut self, host: usize, now: Instant) {
        let state = &mut self.hosts[host];
        if let Some(waiting) = state.paused.take() {
            let words = format!("{}: its process goes on", state.name);
            self.woken.extend(waiting);
            self.note(now, &words);
        }
    }

    /// Ready where the process of `host` is not paused. Otherwise who asks is woken when it goes on.
    pub(in crate::simulation) fn poll_running(&mut self, host: usize, cx: &Context<'_>) -> Poll<()> {
        match &mut self.hosts[host].paused {
            None => Poll::Ready(()),
            Some(waiting) => {
                waiting.push(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    fn end_process(&mut self, host: usize) -> Vec<AbortHandle> {
        let state = &mut self.hosts[host];
        state.life += 1;
        // The next one runs.
        state.paused = None;
        std::mem::take(&mut state.tasks)
    }
}

impl HostState {
    pub(super) fn is_own(&self, ip: IpAddr) -> bool {
        ip == self.ip || ip.is_loopback() || ip.is_unspecified()
    }

    pub(super) fn next_port(&mut self) -> u16 {
        let port = PORT_MIN + self.ports_given;
        self.ports_given = (self.ports_given + 1) % (u16::MAX - PORT_MIN);
        port
    }
}
