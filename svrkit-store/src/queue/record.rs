//! A job as it stands in its table, and which tables there are.

use svrkit_runtime::queue::{JobId, JobState};
use svrkit_runtime::{Bytes, Tlv, TlvEnum};

use crate::table::Table;

/// Jobs, by queue and id.
pub(super) static JOBS: Table<(String, u128), JobRecord> = Table::new("queue.jobs");
/// Jobs that are to be taken, by queue and when: at the end of its lease, one that somebody has.
pub(super) static DUE: Table<(String, u64, u128), Mark> = Table::new("queue.due");
/// Dead letters, by queue and id.
pub(super) static DEAD: Table<(String, u128), Mark> = Table::new("queue.dead");
/// Jobs that are done, by when they were.
pub(super) static DONE: Table<(u64, String, u128), Mark> = Table::new("queue.done");

/// That something is in a table.
#[derive(Tlv, Clone, Debug, Default, PartialEq)]
pub(super) struct Mark {}

/// A job.
#[derive(Tlv, Clone, Debug, Default, PartialEq)]
pub(super) struct JobRecord {
    /// What is to be done; nothing once it is.
    #[tlv(1)]
    pub(super) request: Bytes,
    /// How often it has been taken.
    #[tlv(2)]
    pub(super) attempts: u32,
    #[tlv(3)]
    pub(super) place: Place,
    /// When it is to be taken, in milliseconds since 1970; when it ended.
    #[tlv(4)]
    pub(super) time_ms: u64,
    #[tlv(5)]
    pub(super) answer: Bytes,
    /// Why it has failed last.
    #[tlv(6)]
    pub(super) why: String,
    /// When it was accepted, in milliseconds since 1970.
    #[tlv(7)]
    pub(super) accepted_ms: u64,
}

/// Where a job is.
#[derive(TlvEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    #[tlv(0)]
    Waiting,
    #[tlv(1)]
    Leased,
    #[tlv(2)]
    Done,
    #[tlv(3)]
    Dead,
    /// Of a later program.
    #[tlv(unknown)]
    Unknown(i32),
}

impl JobRecord {
    pub(super) fn state(self) -> JobState {
        let Self { attempts, why, answer, .. } = self;
        match self.place {
            Place::Leased => JobState::Running { attempts },
            Place::Done => JobState::Done { answer },
            Place::Dead => JobState::Dead { attempts, why },
            Place::Waiting | Place::Unknown(_) => JobState::Waiting { attempts, why },
        }
    }
}

pub(super) fn number_of(id: JobId) -> u128 {
    u128::from_be_bytes(id.to_bytes())
}

pub(super) fn id_of(number: u128) -> JobId {
    JobId::from_bytes(number.to_be_bytes())
}
