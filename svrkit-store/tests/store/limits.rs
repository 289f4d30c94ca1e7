//! What a store takes, at the edge.

use svrkit_store::{Batch, Memory, Store, StoreError, StoreLimits, Table};

use crate::records::{COUNTS, NOTES, Note, count};

fn limited(change: impl FnOnce(&mut StoreLimits)) -> Store {
    let mut limits = StoreLimits::default();
    change(&mut limits);
    Store::on(Memory::default(), limits)
}

async fn refused(store: &Store, batch: Batch) -> String {
    match store.commit(batch).await {
        Err(error @ StoreError::OverLimit { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_key_may_be_so_long() {
    static TEXTS: Table<String, Note> = Table::new("texts");
    let store = limited(|limits| limits.key = 12);
    store.commit(Batch::new().put(&TEXTS, &"x".repeat(10), &Note::of(1))).await.unwrap();
    let long = "x".repeat(11);
    let expected = "a key of 13 is over the store's limit of 12 (store.key)";
    assert_eq!(refused(&store, Batch::new().put(&TEXTS, &long, &Note::of(1))).await, expected);
    assert_eq!(refused(&store, Batch::new().delete(&TEXTS, &long)).await, expected);
    assert_eq!(refused(&store, Batch::new().expect(&TEXTS, &long, 1)).await, expected);
}

#[tokio::test]
async fn a_record_may_be_so_long() {
    let store = limited(|limits| limits.record = 2);
    store.commit(Batch::new().put(&COUNTS, &1, &count(127))).await.unwrap();
    assert_eq!(
        refused(&store, Batch::new().put(&COUNTS, &1, &count(128))).await,
        "a record of 3 is over the store's limit of 2 (store.record)"
    );
}

#[tokio::test]
async fn a_batch_may_have_so_much() {
    let store = limited(|limits| (limits.changes, limits.batch) = (3, 30));
    let three = || Batch::new().put_new(&COUNTS, &1, &count(1)).delete(&COUNTS, &2);
    // Keys of 8 bytes, and a record of 2.
    store.commit(three()).await.unwrap();
    assert_eq!(
        refused(&store, three().delete(&COUNTS, &3)).await,
        "a batch with changes and conditions of 4 is over the store's limit of 3 (store.changes)"
    );
    let store = limited(|limits| limits.batch = 25);
    assert_eq!(
        refused(&store, three()).await,
        "a batch with bytes of 26 is over the store's limit of 25 (store.batch)"
    );
}

#[tokio::test]
async fn a_scan_answers_so_much() {
    let store = limited(|limits| limits.scan = 40);
    let batch = (0..4).fold(Batch::new(), |batch, number| {
        batch.put(&NOTES, &(0, number), &Note { number: 9, text: String::new() })
    });
    store.commit(batch).await.unwrap();
    // Keys of 16 bytes, and records of 2.
    assert_eq!(store.scan(&NOTES, .., 9).await.unwrap().len(), 2);
    let store = limited(|limits| limits.scan = 1);
    store.commit(Batch::new().put(&COUNTS, &1, &count(1))).await.unwrap();
    assert_eq!(store.scan(&COUNTS, .., 9).await.unwrap().len(), 1, "one is answered whatever its length");
}

#[tokio::test]
async fn so_many_commits_may_wait() {
    let folder = tempfile::tempdir().unwrap();
    let mut limits = StoreLimits::default();
    limits.waiting = 1;
    let store = Store::open_limited(folder.path().join("busy.store"), limits).unwrap();
    // On one thread they are all asked for before any of them can be answered; one may be with the writer already.
    let commits: Vec<_> = (0..50)
        .map(|key| {
            let store = store.clone();
            tokio::spawn(async move { store.commit(Batch::new().put(&COUNTS, &key, &count(key))).await })
        })
        .collect();
    let mut outcomes = Vec::new();
    for commit in commits {
        outcomes.push(commit.await.unwrap());
    }
    let refused: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
    assert!(!refused.is_empty());
    for error in &refused {
        assert_eq!(
            error.to_string(),
            "1 commits wait already (store.waiting): the disk does not keep up; commit less, or more in one batch"
        );
    }
    let kept = store.scan(&COUNTS, .., 99).await.unwrap();
    assert_eq!(kept.len(), outcomes.len() - refused.len(), "what was refused is not there, and all else is");
}
