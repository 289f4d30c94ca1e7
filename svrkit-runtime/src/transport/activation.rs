//! Listening sockets that systemd passes to a service: socket activation.
//!
//! The protocol is that of `sd_listen_fds(3)`: `LISTEN_PID` says for which process they are, `LISTEN_FDS` how many there are from descriptor 3 on,
//! `LISTEN_FDNAMES` how they are called. Variables are read once, and left as they are: other threads may be reading them.

use std::error::Error;
use std::fmt;
use std::fs;
use std::io::{self, ErrorKind};
use std::os::fd::OwnedFd;
use std::sync::OnceLock;

use super::address::Address;
use super::listener::Listener;
use super::passed::listens;

/// Most sockets that are looked at; a service has a few.
const SOCKETS_MAX: u32 = 256;

/// The first descriptor that is passed.
const FIRST: u32 = 3;

/// The variables by which sockets are passed, as they were found.
#[derive(Clone, Debug, Default)]
struct Variables {
    pid: Option<String>,
    count: Option<String>,
    names: Option<String>,
}

/// A socket, and how it is called.
#[derive(Debug)]
struct Passed {
    name: String,
    socket: OwnedFd,
}

/// Why there is no socket.
#[derive(Clone, Debug, PartialEq, Eq)]
enum ActivationError {
    /// Nobody has passed any.
    None,
    /// They were passed to another process.
    AnotherProcess { pid: String },
    /// A variable is not what it should be.
    Variable { name: &'static str, value: String },
    /// A descriptor is not open, or no socket.
    NoSocket { descriptor: u32 },
    /// The system does not let it be had.
    System { error: String },
    /// There are several, and none was named.
    Several { names: Vec<String> },
    /// None has this name.
    Unnamed { name: String, names: Vec<String> },
    /// It is no socket that listens.
    Silent { name: String },
}

/// Listens with the socket of this name, or with the only one, and says where.
///
/// The process keeps it: who listens again gets it again, and meanwhile the system queues connections, as it does between two processes.
pub(super) fn listener(name: &str) -> io::Result<(Listener, Address)> {
    let socket = socket(name).map_err(|error| io::Error::new(ErrorKind::InvalidInput, error))?;
    Listener::passed(socket, None)
}

fn socket(name: &str) -> Result<OwnedFd, ActivationError> {
    static PASSED: OnceLock<Result<Vec<Passed>, ActivationError>> = OnceLock::new();
    let passed = PASSED.get_or_init(|| receive(&Variables::of_process())).as_ref().map_err(Clone::clone)?;
    let found = choose(passed, name)?;
    if !listens(&found.socket) {
        return Err(ActivationError::Silent { name: found.name.clone() });
    }
    found.socket.try_clone().map_err(|error| ActivationError::System { error: error.to_string() })
}

impl Variables {
    fn of_process() -> Self {
        let variable = |name| std::env::var(name).ok();
        Self { pid: variable("LISTEN_PID"), count: variable("LISTEN_FDS"), names: variable("LISTEN_FDNAMES") }
    }

    /// How many sockets this process was passed.
    fn count(&self) -> Result<u32, ActivationError> {
        let (Some(pid), Some(count)) = (&self.pid, &self.count) else { return Err(ActivationError::None) };
        let wrong = |name, value: &String| ActivationError::Variable { name, value: value.clone() };
        let for_process: u32 = pid.parse().map_err(|_| wrong("LISTEN_PID", pid))?;
        if for_process != std::process::id() {
            return Err(ActivationError::AnotherProcess { pid: pid.clone() });
        }
        match count.parse() {
            Ok(0) => Err(ActivationError::None),
            Ok(number) if number <= SOCKETS_MAX => Ok(number),
            _ => Err(wrong("LISTEN_FDS", count)),
        }
    }

    /// The names of so many sockets, `unknown` where they have none.
    fn names(&self, count: u32) -> Result<Vec<String>, ActivationError> {
        let Some(names) = &self.names else { return Ok((0..count).map(|_| "unknown".into()).collect()) };
        let split: Vec<String> = names.split(':').map(String::from).collect();
        if split.len() != count as usize {
            return Err(ActivationError::Variable { name: "LISTEN_FDNAMES", value: names.clone() });
        }
        Ok(split)
    }
}

/// Takes the sockets of this process. To be called once: each descriptor has one owner.
fn receive(variables: &Variables) -> Result<Vec<Passed>, ActivationError> {
    let count = variables.count()?;
    let names = variables.names(count)?;
    for descriptor in FIRST..FIRST + count {
        // A number that is nobody's must not become an owned descriptor.
        let link = fs::read_link(format!("/proc/self/fd/{descriptor}"));
        if !link.is_ok_and(|link| link.to_string_lossy().starts_with("socket:")) {
            return Err(ActivationError::NoSocket { descriptor });
        }
    }
    let system = |error: &dyn fmt::Display| ActivationError::System { error: error.to_string() };
    let sockets = sd_listen_fds::get().map_err(|error| system(&error))?;
    names
        .into_iter()
        .zip(sockets)
        .map(|(name, (_, socket))| {
            // The copy is not for programs that this one starts; the one that was passed is closed.
            let socket = socket.into_std().try_clone().map_err(|error| system(&error))?;
            Ok(Passed { name, socket })
        })
        .collect()
}

fn choose<'a>(passed: &'a [Passed], name: &str) -> Result<&'a Passed, ActivationError> {
    let names = || passed.iter().map(|passed| passed.name.clone()).collect();
    match (name, passed) {
        ("", [only]) => Ok(only),
        ("", _) => Err(ActivationError::Several { names: names() }),
        _ => passed
            .iter()
            .find(|passed| passed.name == name)
            .ok_or_else(|| ActivationError::Unnamed { name: name.into(), names: names() }),
    }
}

impl fmt::Display for ActivationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str(
                "no socket was passed to this process: start it by its socket unit, \
                 or give it an address of its own, as in 127.0.0.1:4310",
            ),
            Self::AnotherProcess { pid } => write!(
                f,
                "the sockets were passed to process {pid}, which is not this one: have whatever starts this one `exec` it"
            ),
            Self::Variable { name, value } => {
                write!(f, "{name} is {value:?}, which systemd does not say: see who sets it")
            }
            Self::NoSocket { descriptor } => {
                write!(f, "descriptor {descriptor} is no socket, though LISTEN_FDS says so: see who sets it")
            }
            Self::System { error } => f.write_str(error),
            Self::Several { names } => {
                let (first, names) = (names.first().map_or("NAME", String::as_str), names.join(", "));
                write!(f, "several sockets were passed, {names}: say which, as in systemd:{first}")
            }
            Self::Unnamed { name, names } => write!(
                f,
                "no socket of the name {name} was passed, but {}: see FileDescriptorName= of the socket unit",
                names.join(", ")
            ),
            Self::Silent { name } => {
                write!(f, "{name} does not listen: the socket unit wants ListenStream= and Accept=no")
            }
        }
    }
}

impl Error for ActivationError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pid: &str, count: &str, names: Option<&str>) -> Variables {
        Variables { pid: Some(pid.into()), count: Some(count.into()), names: names.map(String::from) }
    }

    #[test]
    fn variables_are_those_of_this_process_or_none() {
        let own = std::process::id().to_string();
        assert_eq!(Variables::default().count(), Err(ActivationError::None));
        assert_eq!(variables(&own, "0", None).count(), Err(ActivationError::None));
        assert_eq!(variables(&own, "2", None).count(), Ok(2));
        assert_eq!(variables(&own, "256", None).count(), Ok(256));
        let other = ActivationError::AnotherProcess { pid: "1".into() };
        assert_eq!(variables("1", "2", None).count(), Err(other));
        for count in ["257", "-1", "many", "4000000000"] {
            let wrong = ActivationError::Variable { name: "LISTEN_FDS", value: count.into() };
            assert_eq!(variables(&own, count, None).count(), Err(wrong));
        }
        let wrong = ActivationError::Variable { name: "LISTEN_PID", value: "x".into() };
        assert_eq!(variables("x", "1", None).count(), Err(wrong));
    }

    #[test]
    fn there_are_as_many_names_as_sockets() {
        assert_eq!(variables("1", "2", None).names(2).unwrap(), ["unknown", "unknown"]);
        assert_eq!(variables("1", "2", Some("web:admin")).names(2).unwrap(), ["web", "admin"]);
        assert!(variables("1", "2", Some("web")).names(2).is_err());
    }

    #[test]
    fn a_descriptor_that_is_none_is_not_taken() {
        let own = std::process::id().to_string();
        // Whatever a test program has open, it is not this.
        let closed = receive(&variables(&own, "256", None)).unwrap_err();
        assert!(matches!(closed, ActivationError::NoSocket { .. }), "{closed}");
    }

    #[test]
    fn a_socket_is_chosen_by_its_name_or_as_the_only_one() {
        let socket = || OwnedFd::from(std::net::TcpListener::bind("127.0.0.1:0").unwrap());
        let passed = |names: &[&str]| -> Vec<Passed> {
            names.iter().map(|name| Passed { name: (*name).into(), socket: socket() }).collect()
        };
        let (one, two) = (passed(&["web"]), passed(&["web", "admin"]));
        assert_eq!(choose(&one, "").unwrap().name, "web");
        assert_eq!(choose(&two, "admin").unwrap().name, "admin");
        assert_eq!(
            choose(&two, "").unwrap_err().to_string(),
            "several sockets were passed, web, admin: say which, as in systemd:web"
        );
        assert_eq!(
            choose(&two, "api").unwrap_err().to_string(),
            "no socket of the name api was passed, but web, admin: see FileDescriptorName= of the socket unit"
        );
    }
}
