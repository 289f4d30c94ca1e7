//! Which cores server and client run on, and putting a process there.
//!
//! The two never share a core where there are two, and share no physical core (SMT siblings) where the machine
//! has a choice. Linux only.

use std::fmt;
use std::fs;
use std::str::FromStr;

use anyhow::{Context, Result};
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

/// Where the two sides of a measurement run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placement {
    /// Each on a core of its own.
    Apart {
        server: usize,
        client: usize,
        siblings: bool,
    },
    /// This process may use one core only: nothing is pinned, and the figures say little.
    OneCore,
}

/// Two cores named by a person, `SERVER,CLIENT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CorePair {
    pub server: usize,
    pub client: usize,
}

impl Placement {
    /// Chooses among the cores this process may use; a pair given by hand is taken as it is.
    pub(crate) fn choose(by_hand: Option<CorePair>) -> Result<Self> {
        if let Some(CorePair { server, client }) = by_hand {
            return Ok(Self::Apart {
                server,
                client,
                siblings: siblings(server).contains(&client),
            });
        }
        Ok(Self::among(&allowed_cores()?, siblings))
    }

    fn among(cores: &[usize], siblings: impl Fn(usize) -> Vec<usize>) -> Self {
        let [server, others @ ..] = cores else {
            return Self::OneCore;
        };
        let near = siblings(*server);
        match others.iter().find(|core| !near.contains(core)) {
            Some(client) => Self::Apart {
                server: *server,
                client: *client,
                siblings: false,
            },
            None => match others {
                [client, ..] => Self::Apart {
                    server: *server,
                    client: *client,
                    siblings: true,
                },
                [] => Self::OneCore,
            },
        }
    }

    /// The server's core, unless it is left where it is.
    pub(crate) fn server(&self) -> Option<usize> {
        match self {
            Self::Apart { server, .. } => Some(*server),
            Self::OneCore => None,
        }
    }

    /// The client's core, unless it is left where it is.
    pub(crate) fn client(&self) -> Option<usize> {
        match self {
            Self::Apart { client, .. } => Some(*client),
            Self::OneCore => None,
        }
    }
}

impl fmt::Display for Placement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Apart {
                server,
                client,
                siblings,
            } => {
                write!(f, "server on core {server}, client on core {client}")?;
                if *siblings {
                    f.write_str(" (hyperthreads of one physical core: they slow each other down)")?;
                }
                Ok(())
            }
            Self::OneCore => f.write_str(
                "NOT PINNED: only one core may be used here, server and client take turns on it; \
                 do not compare these figures with others",
            ),
        }
    }
}

impl FromStr for CorePair {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let cores = text.split_once(',').and_then(|(server, client)| {
            Some(Self {
                server: server.trim().parse().ok()?,
                client: client.trim().parse().ok()?,
            })
        });
        match cores {
            Some(cores) if cores.server != cores.client => Ok(cores),
            Some(_) => Err("server and client need a core each".to_owned()),
            None => Err("expected two core numbers, SERVER,CLIENT".to_owned()),
        }
    }
}

/// Binds this process, and what it spawns later, to one core.
pub(crate) fn pin_to(core: usize) -> Result<()> {
    let mut cores = CpuSet::new();
    cores
        .set(core)
        .with_context(|| format!("core {core} is beyond what the kernel counts"))?;
    sched_setaffinity(Pid::from_raw(0), &cores).with_context(|| {
        format!(
            "cannot run on core {core}; this process may use {:?}",
            allowed_cores().unwrap_or_default()
        )
    })
}

/// The last core this process may use: the first is where most else runs.
pub(crate) fn last_core() -> Result<usize> {
    allowed_cores()?.pop().context("this process may use no core")
}

fn allowed_cores() -> Result<Vec<usize>> {
    let allowed = sched_getaffinity(Pid::from_raw(0)).context("cannot ask which cores may be used")?;
    Ok((0..CpuSet::count())
        .filter(|&core| allowed.is_set(core).unwrap_or(false))
        .collect())
}

/// The hyperthreads that share `core`'s physical core, itself among them; empty where the kernel does not tell.
fn siblings(core: usize) -> Vec<usize> {
    let path = format!("/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list");
    fs::read_to_string(path)
        .map(|list| parse_core_list(&list))
        .unwrap_or_default()
}

/// Reads the kernel's `0-2,8`; parts that are neither number nor range are left out.
fn parse_core_list(list: &str) -> Vec<usize> {
    let part = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.parse::<usize>().ok()?..=last.parse::<usize>().ok()?)
    };
    list.trim().split(',').filter_map(part).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cores: &[usize], siblings: &[&[usize]], expected: Placement) {
        let of = |core| {
            siblings
                .iter()
                .find(|group| group.contains(&core))
                .map(|group| group.to_vec())
        };
        assert_eq!(
            Placement::among(cores, |core| of(core).unwrap_or_default()),
            expected
        );
    }

    #[test]
    fn server_and_client_share_no_physical_core_where_there_is_a_choice() {
        use Placement::{Apart, OneCore};
        check(&[], &[], OneCore);
        check(&[3], &[], OneCore);
        check(
            &[0, 1],
            &[],
            Apart {
                server: 0,
                client: 1,
                siblings: false,
            },
        );
        check(
            &[0, 1],
            &[&[0, 1]],
            Apart {
                server: 0,
                client: 1,
                siblings: true,
            },
        );
        check(
            &[0, 1, 2, 3],
            &[&[0, 1], &[2, 3]],
            Apart {
                server: 0,
                client: 2,
                siblings: false,
            },
        );
        check(
            &[2, 5],
            &[&[2], &[5]],
            Apart {
                server: 2,
                client: 5,
                siblings: false,
            },
        );
    }

    #[test]
    fn the_kernels_list_of_cores_is_read() {
        let rows: &[(&str, &[usize])] = &[
            ("0\n", &[0]),
            ("0-1\n", &[0, 1]),
            ("0,8\n", &[0, 8]),
            ("2-3,6\n", &[2, 3, 6]),
            ("", &[]),
            ("x", &[]),
        ];
        for (list, expected) in rows {
            assert_eq!(parse_core_list(list), *expected, "{list:?}");
        }
    }

    #[test]
    fn two_cores_by_hand_are_two() {
        assert_eq!("4,6".parse(), Ok(CorePair { server: 4, client: 6 }));
        for text in ["4", "4,4", "a,b", ""] {
            assert!(text.parse::<CorePair>().is_err(), "{text:?}");
        }
    }
}
