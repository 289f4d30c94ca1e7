//! How many connections a server takes: of all peers together, and of one (`connections`, `peer.share`).

use std::net::{IpAddr, Ipv6Addr};

use crate::limits::Limits;

/// However small its share is, one peer may have so many: a share is to stop a flood, not a pool.
const SHARE_MIN: usize = 64;

/// Who counts as one peer: an address; of IPv6 its first 64 bits, for whoever has one address there has all that begin so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct PeerNetwork(IpAddr);

impl From<IpAddr> for PeerNetwork {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => {
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::from(u64::MAX) << 64)))
            }
            v4 => v4,
        })
    }
}

impl PeerNetwork {
    /// Its first address.
    pub(super) fn address(self) -> IpAddr {
        self.0
    }
}

/// What a server has room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Capacity {
    connections: usize,
    /// It would be more if the process might open more files.
    is_of_descriptors: bool,
    of_one_peer: usize,
    share: u32,
}

/// Why there is no room for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    Server,
    Peer,
}

impl Capacity {
    /// For a process that may open so many files, where that is known. Half of them are left to all else that it opens.
    pub(super) fn of(limits: &Limits, descriptors: Option<usize>) -> Self {
        let half = descriptors.map_or(usize::MAX, |max| (max / 2).max(1));
        let connections = limits.connections.min(half);
        let share = limits.peer_share;
        let of_one_peer = (connections as u128 * u128::from(share) / 100) as usize;
        Self {
            connections,
            is_of_descriptors: half < limits.connections,
            of_one_peer: of_one_peer.max(SHARE_MIN),
            share,
        }
    }

    /// Whether there is room beside so many connections, of which so many are the same peer's.
    pub(super) fn takes(&self, open: usize, of_peer: usize) -> Result<(), Full> {
        if open >= self.connections {
            return Err(Full::Server);
        }
        if of_peer >= self.of_one_peer { Err(Full::Peer) } else { Ok(()) }
    }

    /// What a peer is told that is turned away.
    pub(super) fn words(&self, full: Full) -> String {
        let Self { connections, of_one_peer, share, .. } = self;
        match full {
            Full::Server if self.is_of_descriptors => format!(
                "the server has {connections} connections already, for which it takes half of the files that its process may open \
                 (connections): raise that by ulimit -n"
            ),
            Full::Server => format!("the server has {connections} connections already (connections)"),
            Full::Peer => format!(
                "the server has {of_one_peer} connections from this address already, which may have {share} of a hundred \
                 (peer.share)"
            ),
        }
    }
}

/// How many files this process may open. `None` where the system does not say so in a file.
pub(super) fn descriptors() -> Option<usize> {
    soft_limit(&std::fs::read_to_string("/proc/self/limits").ok()?)
}

/// Of the form of Linux: a line for each limit, its name, the soft one, the hard one, its unit.
fn soft_limit(limits: &str) -> Option<usize> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capacity(connections: usize, share: u32, descriptors: Option<usize>) -> Capacity {
        let limits = Limits { connections, peer_share: share, ..Limits::default() };
        Capacity::of(&limits, descriptors)
    }

    #[test]
    fn half_of_the_files_are_for_connections() {
        for (descriptors, connections) in [(None, 1000), (Some(2000), 1000), (Some(1000), 500), (Some(0), 1)]
        {
            let capacity = capacity(1000, 100, descriptors);
            assert_eq!(capacity.takes(connections - 1, 0), Ok(()));
            assert_eq!(capacity.takes(connections, 0), Err(Full::Server));
            assert_eq!(capacity.words(Full::Server).contains("ulimit -n"), connections < 1000);
        }
    }

    #[test]
    fn a_peer_has_its_share_and_never_less_than_a_pool_needs() {
        for (connections, share, of_one_peer) in [(10_000, 25, 2500), (10_000, 1, 100), (100, 25, 64)] {
            let capacity = capacity(connections, share, None);
            assert_eq!(capacity.takes(of_one_peer, of_one_peer - 1), Ok(()));
            assert_eq!(capacity.takes(of_one_peer, of_one_peer), Err(Full::Peer));
        }
        assert_eq!(capacity(100, 100, None).takes(99, 99), Ok(()));
    }

    #[test]
    fn addresses_of_one_site_are_one_peer() {
        let peer = |text: &str| PeerNetwork::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(peer("2001:db8:1:2::1"), peer("2001:db8:1:2:ffff::2"));
        assert_ne!(peer("2001:db8:1:2::1"), peer("2001:db8:1:3::1"));
        assert_eq!(peer("::ffff:192.0.2.1"), peer("192.0.2.1"));
        assert_ne!(peer("192.0.2.2"), peer("192.0.2.1"));
    }

    #[test]
    fn the_limit_is_the_soft_one() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units\n\
                      Max processes             1                    2                    processes\n\
                      Max open files            1024                 524288               files\n";
        assert_eq!(soft_limit(limits), Some(1024));
        assert_eq!(
            soft_limit("Max open files            unlimited            unlimited            files\n"),
            None
        );
        assert_eq!(soft_limit(""), None);
        #[cfg(target_os = "linux")]
        assert!(descriptors().is_some());
    }
}
