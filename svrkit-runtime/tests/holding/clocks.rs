//! The clock on the wall may jump by an hour: calls know another one.

use std::fs;
use std::path::{Path, PathBuf};

use crate::nothing_left::by_itself;

/// Whatever a call passes through, at either end.
const OF_CALLS: &[&str] =
    &["client", "context", "dispatch", "interceptor", "server", "stream", "transport", "wire"];

/// What reads the clock on the wall there, and no call's time depends on it.
const OTHERS: &[(&str, &str)] = &[(
    "client/resolver/file.rs",
    "compares it with the time of change of a file, to read that once more if it is new",
)];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Deadlines, time-outs, ages and back-off are of `tokio::time::Instant`, which does not jump. What a peer is told of a deadline is the
/// time that is left, so no two clocks are compared either.
#[test]
fn no_code_of_calls_reads_the_clock_on_the_wall() {
    by_itself(async {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
        let mut files = vec![root.join("deadline.rs"), root.join("task.rs")];
        OF_CALLS.iter().for_each(|folder| sources(&root.join(folder), &mut files));
        let reads = |path: &PathBuf| fs::read_to_string(path).unwrap().contains("SystemTime");
        let mut found: Vec<_> = files.iter().filter(|path| reads(path)).collect();
        found.sort();
        let expected: Vec<_> = OTHERS.iter().map(|(path, _)| root.join(path)).collect();
        assert_eq!(
            found,
            expected.iter().collect::<Vec<_>>(),
            "calls go by Instant; is it no call's time, say why in OTHERS"
        );
        assert!(files.len() > 100, "{} files were looked at", files.len());
    });
}
