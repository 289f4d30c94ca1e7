//! Which process it is: its id, and when it started, for ids are used again.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

/// A process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Whose {
    pub(crate) pid: u32,
    /// When it started, in clock ticks since the machine did (`/proc/PID/stat`, field 22); 0 where that is not to be had.
    pub(crate) started: u64,
    /// Now, in nanoseconds since 1970.
    pub(crate) now_unix_ns: u64,
}

impl Whose {
    /// This process, now.
    pub(crate) fn own() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let pid = std::process::id();
        Self {
            pid,
            started: started(pid).unwrap_or_default(),
            now_unix_ns: u64::try_from(since_1970.as_nanos()).unwrap_or(u64::MAX),
        }
    }
}

/// When the process of this id started, in clock ticks since the machine did. `None`: there is none.
pub(crate) fn started(pid: u32) -> Option<u64> {
    field(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?, 22)
}

/// A field of `/proc/PID/stat` from the third on, counted from 1 as proc(5) does. The second is the program's name, which may have any character
/// in it.
pub(crate) fn field(stat: &str, number: usize) -> Option<u64> {
    let (_, behind_name) = stat.rsplit_once(')')?;
    behind_name.split_ascii_whitespace().nth(number.checked_sub(3)?)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_spaces_and_brackets_moves_no_field() {
        let stat = "7 (a ) 1 (b) S 1 7 7 0 -1 4194304 1 2 3 4 50 60 0 0 20 0 3 0 12345 1000 200";
        assert_eq!(field(stat, 14), Some(50));
        assert_eq!(field(stat, 20), Some(3));
        assert_eq!(field(stat, 22), Some(12345));
        assert_eq!(field("", 22), None);
        assert_eq!(field("7 (a) S", 22), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_has_started() {
        assert_eq!(started(std::process::id()), Some(Whose::own().started));
        assert_ne!(Whose::own().started, 0);
    }
}
