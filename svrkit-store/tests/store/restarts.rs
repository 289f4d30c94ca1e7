//! The file from one opening to the next.

use svrkit_store::{Batch, Store, StoreError};

use crate::records::{COUNTS, NOTES, Note, count};

#[tokio::test]
async fn what_was_committed_is_there_when_it_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.store");
    let mut versions = Vec::new();
    for number in 0..5 {
        let store = Store::open(&path).unwrap();
        let found = store.scan(&NOTES, .., 99).await.unwrap();
        assert_eq!(found.len(), number as usize);
        assert!(found.iter().all(|(key, note)| note.record == Note::of(key.1)));
        versions
            .push(store.commit(Batch::new().put_new(&NOTES, &(0, number), &Note::of(number))).await.unwrap());
    }
    assert!(versions.is_sorted_by(|one, next| one < next), "versions go on: {versions:?}");
}

#[tokio::test]
async fn only_one_has_it_open() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.store");
    let store = Store::open(&path).unwrap();
    let error = Store::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::InUse { .. }), "{error}");
    assert!(error.to_string().ends_with("is open already, here or in another process"), "{error}");
    store.commit(Batch::new().put(&COUNTS, &1, &count(1))).await.unwrap();
    drop(store);
    assert_eq!(Store::open(&path).unwrap().get(&COUNTS, &1).await.unwrap().unwrap().record, count(1));
}

#[tokio::test]
async fn commits_that_were_taken_are_done_before_it_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.store");
    let store = Store::open(&path).unwrap();
    for key in 0..20 {
        let store = store.clone();
        // They are taken when they are first polled, and nobody waits for their end.
        let mut commit =
            Box::pin(async move { store.commit(Batch::new().put(&COUNTS, &key, &count(key))).await });
        let is_pending = std::future::poll_fn(|context| {
            std::task::Poll::Ready(commit.as_mut().poll(context).is_pending())
        });
        assert!(is_pending.await);
    }
    drop(store);
    assert_eq!(Store::open(&path).unwrap().scan(&COUNTS, .., 99).await.unwrap().len(), 20);
}

#[test]
fn where_no_file_can_be_is_said_with_the_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing").join("test.store");
    let error = Store::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::Failed { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.starts_with(&format!("cannot open the store {}: ", path.display())), "{text}");
}
