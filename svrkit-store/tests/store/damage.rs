//! Files whose bytes are not those that were written: said, and never taken for records.

use std::fs;
use std::path::Path;

use svrkit_store::{Batch, Store, StoreError};

use crate::records::{NOTES, Note};

/// So many notes are in the file, in transactions of their own.
const NOTES_IN_IT: u64 = 40;

async fn write(path: &Path) {
    let store = Store::open(path).unwrap();
    for number in 0..NOTES_IN_IT {
        store.commit(Batch::new().put(&NOTES, &(0, number), &Note::of(number))).await.unwrap();
    }
}

/// What reading all of the file comes to: how many notes were read, each whole; or why not.
async fn read(path: &Path) -> Result<u64, StoreError> {
    let store = Store::open(path)?;
    for number in 0..NOTES_IN_IT {
        if let Some(found) = store.get(&NOTES, &(0, number)).await? {
            assert_eq!(found.record, Note::of(number), "no torn record is read");
        }
    }
    let found = store.scan(&NOTES, .., 99).await?;
    for (key, note) in &found {
        assert_eq!((note.record.clone(), key.0), (Note::of(key.1), 0));
    }
    Ok(found.len() as u64)
}

#[tokio::test]
async fn whatever_byte_is_another_one_no_record_is_read_that_was_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("whole.store");
    write(&path).await;
    assert_eq!(read(&path).await.unwrap(), NOTES_IN_IT);
    let whole = fs::read(&path).unwrap();
    let (mut damaged, mut unharmed) = (0, 0);
    // Every part of the file, at bytes that are no multiple of its pages'; each a file of its own, for the engine may mend one.
    for place in (0..whole.len()).step_by(whole.len() / 150 + 1).map(|place| place + place / 4_096 % 97) {
        let mut bytes = whole.clone();
        let Some(byte) = bytes.get_mut(place) else { continue };
        *byte ^= 0x55;
        let path = folder.path().join(format!("{place}.store"));
        fs::write(&path, bytes).unwrap();
        match read(&path).await {
            Ok(_) => unharmed += 1,
            Err(error @ (StoreError::Damaged { .. } | StoreError::Format { .. })) => {
                assert!(error.to_string().contains(&path.display().to_string()), "{error}");
                damaged += 1;
            }
            Err(error) => panic!("byte {place}: {error:?}"),
        }
        fs::remove_file(&path).unwrap();
    }
    assert!(damaged > 0 && unharmed > 0, "{damaged} were found, {unharmed} hit nothing that counts");
}

#[tokio::test]
async fn a_file_that_ends_too_early_is_said_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("whole.store");
    write(&path).await;
    let whole = fs::read(&path).unwrap();
    for share in [1, 3, 5, 9] {
        let path = folder.path().join(format!("{share}.store"));
        fs::write(&path, &whole[..whole.len() * share / 10]).unwrap();
        let error = read(&path).await.unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    }
}

#[test]
fn what_is_no_store_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.xml");
    fs::write(&path, "<protocol package=\"shop\"/>").unwrap();
    let error = Store::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "<protocol package=\"shop\"/>");
}
