//! A job, from its acceptance to its end.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::str::FromStr;
use std::time::Duration;

use bytes::Bytes;

/// The key of the metadata in which the id of a job travels beside its request, as its text.
pub(crate) const JOB_KEY: &str = "svrkit.job";

/// What tells a job from all others of its queue. Who accepts a job twice by one id has accepted it once.
///
/// Its text is 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId([u8; 16]);

/// A text, or bytes, that are no [`JobId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAJobId;

impl JobId {
    /// One that no other is equal to: 128 bits that depend on a secret of the thread, which the system has given it.
    #[must_use]
    pub fn random() -> Self {
        #[cfg(feature = "simulation")]
        if crate::simulation::Process::current().is_some() {
            // A seed has to give the same run, and nobody is there to guess.
            return Self::of_halves(crate::random::next(), crate::random::next());
        }
        let secret = RandomState::new();
        Self::of_halves(secret.hash_one(0), secret.hash_one(1))
    }

    fn of_halves(first: u64, second: u64) -> Self {
        Self(((u128::from(first) << 64) | u128::from(second)).to_be_bytes())
    }

    /// The one of these bytes: for who derives ids from what a job is about.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The one whose text these bytes are.
    pub(crate) fn of_text(text: &[u8]) -> Result<Self, NotAJobId> {
        std::str::from_utf8(text).map_err(|_| NotAJobId)?.parse()
    }

    /// Its bytes.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0
    }
}

impl TryFrom<&[u8]> for JobId {
    type Error = NotAJobId;

    fn try_from(bytes: &[u8]) -> Result<Self, NotAJobId> {
        bytes.try_into().map(Self).map_err(|_| NotAJobId)
    }
}

impl FromStr for JobId {
    type Err = NotAJobId;

    fn from_str(text: &str) -> Result<Self, NotAJobId> {
        // Not a sign, which a number might have.
        let is_plain = text.len() == 32 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
        let number = u128::from_str_radix(text, 16).ok().filter(|_| is_plain);
        number.map(|number| Self(number.to_be_bytes())).ok_or(NotAJobId)
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JobId({self})")
    }
}

impl fmt::Display for NotAJobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a job's id has 16 bytes, or 32 hexadecimal digits")
    }
}

impl std::error::Error for NotAJobId {}

/// A job to be accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// The queue's name.
    pub queue: String,
    /// Its id.
    pub id: JobId,
    /// What is to be done: an encoded request.
    pub request: Bytes,
    /// It is not begun before so long.
    pub delay: Duration,
}

impl NewJob {
    /// One that may begin at once.
    #[must_use]
    pub fn new(queue: impl Into<String>, id: JobId, request: impl Into<Bytes>) -> Self {
        Self { queue: queue.into(), id, request: request.into(), delay: Duration::ZERO }
    }
}

/// A job that somebody has taken to do it, until the lease is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The queue's name.
    pub queue: String,
    /// Its id.
    pub id: JobId,
    /// What is to be done.
    pub request: Bytes,
    /// How often it has been taken, this time included.
    pub attempt: u32,
    /// How long ago it was accepted, when it was taken.
    pub age: Duration,
    /// Which taking this is: the queue takes an outcome from the latest alone.
    pub lease: u64,
}

/// How an attempt at a job has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is done, and this is the encoded answer.
    Done(Bytes),
    /// It is to be tried again, after so long.
    Again {
        /// How long.
        delay: Duration,
        /// Why it has failed.
        why: String,
    },
    /// It is not to be tried again: it is a dead letter.
    Dead {
        /// Why it has failed.
        why: String,
    },
}

/// Where a job is. What it has come to is an encoded answer in a queue, and a message for its caller.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JobState<A = Bytes> {
    /// It waits for its turn.
    Waiting {
        /// How often it has been tried.
        attempts: u32,
        /// Why it has failed last; empty: it has not.
        why: String,
    },
    /// Somebody is doing it.
    Running {
        /// How often it has been tried, this time included.
        attempts: u32,
    },
    /// It is done.
    Done {
        /// What it has come to.
        answer: A,
    },
    /// It is a dead letter: nobody tries it any more, unless it is revived.
    Dead {
        /// How often it has been tried.
        attempts: u32,
        /// Why it has failed last.
        why: String,
    },
}

impl<A> JobState<A> {
    /// The same with another kind of answer.
    pub(crate) fn try_map<B, E>(self, read: impl FnOnce(A) -> Result<B, E>) -> Result<JobState<B>, E> {
        Ok(match self {
            Self::Waiting { attempts, why } => JobState::Waiting { attempts, why },
            Self::Running { attempts } => JobState::Running { attempts },
            Self::Done { answer } => JobState::Done { answer: read(answer)? },
            Self::Dead { attempts, why } => JobState::Dead { attempts, why },
        })
    }
}

/// What a queue has to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueLoad {
    /// Jobs that have not ended: they wait, or somebody does them.
    pub jobs: usize,
    /// How long the one could have been taken that has waited longest for it.
    pub late: Duration,
}

/// What has become of a job that was to be accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// It is accepted.
    New,
    /// One of its id was accepted before, and is there.
    Known(JobState),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_a_text_and_bytes() {
        let id = JobId::from_bytes([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);
        assert_eq!(id.to_string(), "000102030405060708090a0b0c0d0eff");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(JobId::try_from(&id.to_bytes()[..]), Ok(id));
        for wrong in ["", "00", "+00102030405060708090a0b0c0d0eff", "000102030405060708090a0b0c0d0efg"] {
            assert_eq!(wrong.parse::<JobId>(), Err(NotAJobId), "{wrong}");
        }
        assert_eq!(JobId::try_from(&[0; 15][..]), Err(NotAJobId));
    }

    #[test]
    fn random_ids_differ() {
        let ids: std::collections::HashSet<JobId> = (0..10_000).map(|_| JobId::random()).collect();
        assert_eq!(ids.len(), 10_000);
    }
}
