//! A writer that is killed at any moment: what it was told is there, whole, and the store opens at once.

use std::collections::HashMap;
use std::path::Path;

use svrkit_store::Store;

use crate::child::{Process, WRITERS};
use crate::records::{COUNTS, NOTES, Note};

/// How often it is killed: more by `STORE_KILLS`.
fn kills() -> u64 {
    std::env::var("STORE_KILLS").map_or(10, |kills| kills.parse().expect("STORE_KILLS is a number"))
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.store");
    let mut acknowledged: HashMap<u64, u64> = HashMap::new();
    for kill in 0..kills() {
        let mut process = Process::start(&path);
        assert_eq!(process.next().as_deref(), Some("opened"), "kill {kill}: the store opens clean");
        // Moments that lie anywhere within commits: so many lines, which is another time each time, and the last are read after it is dead.
        let lines = 1 + (kill * 37) % 101;
        for line in process.by_ref().take(lines as usize) {
            note(&mut acknowledged, &line);
        }
        process.kill();
        for line in process.by_ref() {
            note(&mut acknowledged, &line);
        }
        check(&path, &mut acknowledged).await;
    }
    let total: u64 = acknowledged.values().sum();
    assert!(total > kills(), "it has written: {total}");
}

fn note(acknowledged: &mut HashMap<u64, u64>, line: &str) {
    let words: Vec<&str> = line.split(' ').collect();
    // The last line may be cut.
    if let ["wrote", writer, number] = words[..]
        && let (Ok(writer), Ok(number)) = (writer.parse(), number.parse::<u64>())
    {
        let notes = acknowledged.entry(writer).or_default();
        *notes = (*notes).max(number + 1);
    }
}

async fn check(path: &Path, acknowledged: &mut HashMap<u64, u64>) {
    let store = Store::open(path).unwrap();
    for writer in 0..WRITERS {
        let counted = store.get(&COUNTS, &writer).await.unwrap().map_or(0, |count| count.record.number);
        let told = acknowledged.get(&writer).copied().unwrap_or(0);
        assert!(counted >= told, "writer {writer} was told of {told}, and {counted} are there");
        assert!(counted <= told + 1, "writer {writer} has one commit under way, not {}", counted - told);
        let mut number = 0;
        loop {
            let notes = store.scan(&NOTES, (writer, number)..(writer, u64::MAX), 1_000).await.unwrap();
            if notes.is_empty() {
                break;
            }
            for (key, found) in notes {
                assert_eq!((key, found.record), ((writer, number), Note::of(number)));
                number += 1;
            }
        }
        assert_eq!(number, counted, "a note and its count are one commit");
        // What it was not told of is there to stay as well.
        acknowledged.insert(writer, counted);
    }
}
