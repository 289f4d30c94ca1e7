//! One thread writes: commits that come while the disk is at one of them are written together with the next.

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use tokio::sync::oneshot;

use super::file::StoreFile;
use crate::changes::Changes;
use crate::error::StoreError;

/// Most commits that are written together, and most bytes of them; the last one may be over it.
const GROUP_MAX: usize = 1_024;
const GROUP_LEN_MAX: usize = 8 << 20;

/// A commit that waits for its turn.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) changes: Changes,
    pub(super) answer: oneshot::Sender<Result<u64, StoreError>>,
}

/// Writes what comes until nobody can send any more.
pub(super) fn write_all(file: &Arc<StoreFile>, waiting: &Receiver<Waiting>) {
    while let Ok(first) = waiting.recv() {
        let (group, answers) = gather(first, waiting);
        match file.commit(&group) {
            Ok(outcomes) => {
                answers.into_iter().zip(outcomes).for_each(|(answer, outcome)| tell(answer, outcome))
            }
            Err(error) => answers.into_iter().for_each(|answer| tell(answer, Err(error.clone()))),
        }
    }
}

fn gather(
    first: Waiting,
    waiting: &Receiver<Waiting>,
) -> (Vec<Changes>, Vec<oneshot::Sender<Result<u64, StoreError>>>) {
    let mut len = first.changes.len();
    let (mut group, mut answers) = (vec![first.changes], vec![first.answer]);
    while group.len() < GROUP_MAX
        && len < GROUP_LEN_MAX
        && let Ok(next) = waiting.try_recv()
    {
        len += next.changes.len();
        group.push(next.changes);
        answers.push(next.answer);
    }
    (group, answers)
}

fn tell(answer: oneshot::Sender<Result<u64, StoreError>>, outcome: Result<u64, StoreError>) {
    // Who has gone away does not want to know.
    let _gone = answer.send(outcome);
}
