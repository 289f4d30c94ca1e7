//! What every engine keeps.

use std::ops::Bound;
use std::sync::Arc;

use svrkit_runtime::Tlv;
use svrkit_store::{Batch, Conflict, Expected, Guarantee, Store, StoreError, Table};
use tempfile::TempDir;

use crate::records::{COUNTS, Count, NOTES, Note, NoteKey, count};

/// One of each engine, and what it needs.
fn stores() -> Vec<(Store, Option<TempDir>)> {
    let folder = tempfile::tempdir().unwrap();
    let embedded = Store::open(folder.path().join("test.store")).unwrap();
    vec![(Store::in_memory(), None), (embedded, Some(folder))]
}

fn conflict(outcome: Result<u64, StoreError>) -> Conflict {
    match outcome {
        Err(StoreError::Conflict(conflict)) => conflict,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_was_put_is_there_until_it_is_deleted() {
    for (store, _folder) in stores() {
        assert_eq!(store.get(&COUNTS, &1).await.unwrap(), None, "not even the table is there");
        let first = store.commit(Batch::new().put(&COUNTS, &1, &count(10))).await.unwrap();
        let second = store
            .commit(Batch::new().put(&COUNTS, &1, &count(11)).put(&COUNTS, &2, &count(20)))
            .await
            .unwrap();
        assert!(second > first);
        for (key, expected) in [(1, 11), (2, 20)] {
            let found = store.get(&COUNTS, &key).await.unwrap().unwrap();
            assert_eq!((found.record, found.version), (count(expected), second));
        }
        store.commit(Batch::new().delete(&COUNTS, &1).delete(&COUNTS, &77)).await.unwrap();
        assert_eq!(store.get(&COUNTS, &1).await.unwrap(), None);
        assert_eq!(store.get(&NOTES, &(1, 1)).await.unwrap(), None, "tables are apart");
    }
    assert_eq!(Store::in_memory().guarantee(), Guarantee::Memory);
    assert_eq!(stores()[1].0.guarantee(), Guarantee::Local);
}

#[tokio::test]
async fn a_batch_is_done_as_a_whole_or_not_at_all() {
    for (store, _folder) in stores() {
        let version = store.commit(Batch::new().put_new(&COUNTS, &1, &count(1))).await.unwrap();
        let batch = Batch::new().put(&COUNTS, &2, &count(2)).delete(&COUNTS, &1).put_new(
            &NOTES,
            &(1, 1),
            &Note::of(9),
        );
        let refused = conflict(store.commit(batch.clone().expect(&COUNTS, &1, version + 1)).await);
        assert_eq!((refused.expected, refused.found), (Expected::Version(version + 1), Some(version)));
        assert_eq!(store.get(&COUNTS, &1).await.unwrap().unwrap().version, version);
        assert_eq!(store.get(&COUNTS, &2).await.unwrap(), None);

        store.commit(batch.expect(&COUNTS, &1, version)).await.unwrap();
        assert_eq!(store.get(&COUNTS, &1).await.unwrap(), None);
        assert_eq!(store.get(&NOTES, &(1, 1)).await.unwrap().unwrap().record, Note::of(9));
    }
}

#[tokio::test]
async fn conditions_are_of_what_is_there_when_their_batch_has_its_turn() {
    for (store, _folder) in stores() {
        let first = store.commit(Batch::new().put_new(&COUNTS, &1, &count(1))).await.unwrap();
        let refused = conflict(store.commit(Batch::new().put_new(&COUNTS, &1, &count(2))).await);
        assert_eq!(
            (refused.table, refused.expected, refused.found),
            ("counts", Expected::Absent, Some(first))
        );
        store.commit(Batch::new().delete_if(&COUNTS, &1, first)).await.unwrap();
        let refused = conflict(store.commit(Batch::new().delete_if(&COUNTS, &1, first)).await);
        assert_eq!(refused.found, None);
        // A record that is made anew has no version of an earlier one.
        let second = store.commit(Batch::new().put_new(&COUNTS, &1, &count(1))).await.unwrap();
        assert!(second > first);
        conflict(store.commit(Batch::new().put_if(&COUNTS, &1, first, &count(3))).await);
    }
}

#[tokio::test]
async fn of_several_changes_to_a_key_the_last_one_counts() {
    for (store, _folder) in stores() {
        let batch = Batch::new().put(&COUNTS, &1, &count(1)).delete(&COUNTS, &1).put(&COUNTS, &1, &count(2));
        let other = Batch::new().put(&COUNTS, &2, &count(1)).delete(&COUNTS, &2);
        store.commit(batch.and(other)).await.unwrap();
        assert_eq!(store.get(&COUNTS, &1).await.unwrap().unwrap().record, count(2));
        assert_eq!(store.get(&COUNTS, &2).await.unwrap(), None);
    }
}

#[tokio::test]
async fn scans_are_in_the_order_of_keys_and_end_where_they_are_told() {
    for (store, _folder) in stores() {
        assert_eq!(store.scan(&NOTES, .., 9).await.unwrap(), []);
        let keys = [(1, 0), (1, 255), (1, 256), (2, 0), (3, 5)];
        let batch =
            keys.iter().rev().fold(Batch::new(), |batch, key| batch.put(&NOTES, key, &Note::of(key.1)));
        store.commit(batch).await.unwrap();
        let found = async |range: (Bound<NoteKey>, Bound<NoteKey>), most| -> Vec<NoteKey> {
            let found = store.scan(&NOTES, range, most).await.unwrap();
            assert!(found.iter().all(|(key, note)| note.record == Note::of(key.1)));
            found.into_iter().map(|(key, _)| key).collect()
        };
        use Bound::{Excluded, Included, Unbounded};
        assert_eq!(found((Unbounded, Unbounded), 9).await, keys);
        assert_eq!(found((Unbounded, Unbounded), 2).await, keys[..2]);
        assert_eq!(found((Included((1, 255)), Excluded((2, 0))), 9).await, keys[1..3]);
        assert_eq!(found((Excluded((1, 255)), Included((2, 0))), 9).await, keys[2..4]);
        assert_eq!(found((Included((2, 1)), Included((2, 0))), 9).await, [], "none can be in it");
        assert_eq!(found((Excluded((2, 0)), Excluded((2, 0))), 9).await, []);
        assert_eq!(found((Included((2, 0)), Included((2, 0))), 9).await, keys[3..4]);
        assert_eq!(found((Unbounded, Unbounded), 0).await, []);
    }
}

#[tokio::test]
async fn what_another_type_wrote_is_said_to_be_unreadable() {
    static AS_TEXT: Table<String, Count> = Table::new("counts");
    static AS_NOTES: Table<u64, Note> = Table::new("counts");
    static RAW: Table<(u64, u64), Raw> = Table::new("notes");

    /// A note whose text need not be one.
    #[derive(Tlv, Debug, Default)]
    struct Raw {
        #[tlv(1)]
        number: u64,
        #[tlv(2)]
        text: Vec<u8>,
    }

    for (store, _folder) in stores() {
        store.commit(Batch::new().put(&COUNTS, &1, &count(1))).await.unwrap();
        let error = store.scan(&AS_TEXT, .., 1).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "key 0000000000000001 of table counts is no key of this type; compare the type that it was written by"
        );
        let raw = Raw { number: 1, text: vec![0xff] };
        store.commit(Batch::new().put(&RAW, &(1, 1), &raw)).await.unwrap();
        let error = store.get(&NOTES, &(1, 1)).await.unwrap_err();
        assert!(matches!(error, StoreError::Unreadable { table: "notes", error: Some(_), .. }), "{error}");
        // What is unknown is no fault: fields may be added.
        store.commit(Batch::new().put(&AS_NOTES, &2, &Note::of(3))).await.unwrap();
        assert_eq!(store.get(&COUNTS, &2).await.unwrap().unwrap().record, count(3));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_writes_by_version_loses_nothing_to_others_that_do() {
    const WRITERS: u64 = 8;
    const EACH: u64 = 40;
    for (store, _folder) in stores() {
        let store = Arc::new(store);
        store.commit(Batch::new().put(&COUNTS, &0, &count(0))).await.unwrap();
        let writers = (1..=WRITERS).map(|writer| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let mut done = 0;
                while done < EACH {
                    let total = store.get(&COUNTS, &0).await.unwrap().unwrap();
                    let batch = Batch::new()
                        .put_if(&COUNTS, &0, total.version, &count(total.record.number + 1))
                        .put(&COUNTS, &writer, &count(done + 1));
                    match store.commit(batch).await {
                        Ok(_) => done += 1,
                        Err(StoreError::Conflict(_)) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        assert_eq!(store.get(&COUNTS, &0).await.unwrap().unwrap().record, count(WRITERS * EACH));
        let each = store.scan(&COUNTS, 1.., 99).await.unwrap();
        assert_eq!(each.len() as u64, WRITERS);
        assert!(each.iter().all(|(_, found)| found.record == count(EACH)));
    }
}
