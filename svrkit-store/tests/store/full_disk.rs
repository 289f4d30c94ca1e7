//! A disk without room: a limit of the process for the length of its files, which refuses a write in the same place.
#![cfg(target_os = "linux")]

use svrkit_store::Store;

use crate::child::{Process, WRITERS};
use crate::records::{COUNTS, NOTES};

#[tokio::test]
async fn a_full_disk_is_said_nothing_is_lost_that_was_acknowledged_and_with_room_it_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.store");
    // With room enough for an empty one, and for some notes.
    drop(Store::open(&path).unwrap());
    let empty = std::fs::metadata(&path).unwrap().len();
    let mut process = Process::with_room(&path, (empty / 512 + 1_000) as u32);
    let (mut acknowledged, mut failures) = (0, Vec::new());
    while (failures.len() as u64) < WRITERS {
        let line = process.next().expect("it goes on");
        match line.strip_prefix("failed ") {
            Some(error) => failures.push(error.to_owned()),
            None => acknowledged += u64::from(line.starts_with("wrote")),
        }
    }
    assert!(acknowledged > 0);
    let expected = format!("cannot write to the store {}: File too large", path.display());
    assert!(failures.iter().any(|error| error.starts_with(&expected)), "{failures:#?}");

    process.give_room();
    let wrote = process.by_ref().take(200).filter(|line| line.starts_with("wrote")).count() as u64;
    assert_eq!(wrote, 200, "with room it goes on, in the same process");
    process.kill();

    let store = Store::open(&path).unwrap();
    let counts = store.scan(&COUNTS, .., 99).await.unwrap();
    let counted: u64 = counts.iter().map(|(_, count)| count.record.number).sum();
    assert!(
        counted >= acknowledged + wrote,
        "{acknowledged} and {wrote} were acknowledged, {counted} are there"
    );
    let mut notes = 0;
    for writer in 0..WRITERS {
        notes += store.scan(&NOTES, (writer, 0)..(writer + 1, 0), usize::MAX).await.unwrap().len() as u64;
    }
    assert_eq!(notes, counted);
}
