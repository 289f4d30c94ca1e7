//! Segments of processes that are gone, known by their names.

use std::fs;
use std::path::Path;

use crate::metrics::whose;

/// What names of segments end with.
const SUFFIX: &str = ".svrkseg";

/// The name of a process's segment: `NAMESPACE-PID-STARTED-NUMBER.svrkseg`. Ids of processes mean something within their namespace alone; 0 where that is not to
/// be had.
pub(super) fn name(pid: u32, started: u64, number: u32) -> String {
    format!("{}-{pid}-{started}-{number}{SUFFIX}", namespace().unwrap_or_default())
}

/// Removes from `dir` the segments of this namespace whose process is gone. What cannot be removed stays.
pub(super) fn remove(dir: &Path) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    let Some(namespace) = namespace() else { return };
    for entry in entries.flatten() {
        let is_stale = |name: &str| {
            let owner = Owner::of(name)?;
            Some(owner.namespace == namespace && whose::started(owner.pid) != Some(owner.started))
        };
        if entry.file_name().to_str().and_then(is_stale) == Some(true) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whose a segment is, by its name.
#[derive(Debug, PartialEq, Eq)]
struct Owner {
    namespace: u64,
    pid: u32,
    started: u64,
}

impl Owner {
    fn of(name: &str) -> Option<Self> {
        let mut parts = name.strip_suffix(SUFFIX)?.split('-');
        let owner = Self {
            namespace: parts.next()?.parse().ok()?,
            pid: parts.next()?.parse().ok()?,
            started: parts.next()?.parse().ok()?,
        };
        let _number: u32 = parts.next()?.parse().ok()?;
        parts.next().is_none().then_some(owner)
    }
}

/// The namespace of this process's ids, by its number: containers that share a folder do not share ids.
fn namespace() -> Option<u64> {
    let link = fs::read_link("/proc/self/ns/pid").ok()?;
    link.to_str()?.strip_prefix("pid:[")?.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_whose_they_are_and_others_are_nobodys() {
        let owner = Owner { namespace: 4026531836, pid: 77, started: 5 };
        assert_eq!(Owner::of("4026531836-77-5-0.svrkseg"), Some(owner));
        for name in [
            "",
            "77-5-0.svrkseg",
            "1-77-5-0",
            "1-77-5-0.svrkseg.bak",
            "1-a-5-0.svrkseg",
            "1-77-5-0-9.svrkseg",
        ] {
            assert_eq!(Owner::of(name), None, "{name}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn only_segments_of_the_dead_of_this_namespace_are_removed() {
        let dir = tempfile::tempdir().unwrap();
        let own = std::process::id();
        let started = whose::started(own).unwrap();
        let (living, strange) = (name(own, started, 0), format!("1-{own}-{started}-0{SUFFIX}"));
        let earlier = name(own, started + 1, 0);
        for file in [&*living, &*earlier, &*strange, "notes.txt"] {
            fs::write(dir.path().join(file), "x").unwrap();
        }
        remove(dir.path());
        let mut left: Vec<_> = fs::read_dir(dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        let mut expected = vec![living, strange, "notes.txt".to_owned()];
        expected.sort();
        assert_eq!(left, expected);
    }
}
