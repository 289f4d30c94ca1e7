//! The last good answers of a client, by what was asked. Pure: the caller says what time it is.
//!
//! Each question has one answer, the last. What is kept is bounded in number and in bytes; the oldest goes first, and what is too old for anybody goes with the
//! next answer that comes.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

/// What an answer costs beside its bytes and those of its question: its places in two tables, and what these grow by.
pub(super) const OVERHEAD: usize = 256;

/// Everything that its server knows of a call and could answer it by. Two calls with equal questions have equal answers, as far as a client can know.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(in crate::client) struct Question {
    /// Of the method's facts.
    pub(in crate::client) method: u32,
    /// Of the user's route key; 0: there is none.
    pub(in crate::client) route_hash: u32,
    /// What travels beside the request, tokens and labels included, but not the trace.
    pub(in crate::client) beside: Bytes,
    /// The encoded request.
    pub(in crate::client) request: Bytes,
}

/// How much is kept at most.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) answers: usize,
    pub(super) bytes: usize,
    /// What is older is of no use to any call.
    pub(super) age: Duration,
}

/// The last good answers of one client.
#[derive(Default)]
pub(super) struct Answers {
    by_question: HashMap<Arc<Question>, Answer>,
    /// By the order in which they came.
    by_age: BTreeMap<u64, Arc<Question>>,
    next: u64,
    bytes: usize,
}

struct Answer {
    number: u64,
    body: Bytes,
    came: Instant,
}

impl Answers {
    /// Keeps what `question` was answered by at `now`, and forgets what there is no room for beside it. What is larger than all that may be kept is not.
    pub(super) fn keep(&mut self, question: Question, body: &[u8], now: Instant, bounds: Bounds) {
        self.forget(&question);
        let cost = cost(&question, body.len());
        if bounds.answers == 0 || cost > bounds.bytes {
            return;
        }
        while self.by_question.len() >= bounds.answers
            || self.bytes + cost > bounds.bytes
            || self.oldest().is_some_and(|came| now.saturating_duration_since(came) >= bounds.age)
        {
            self.forget_oldest();
        }
        let question = Arc::new(question);
        let number = self.next;
        self.next += 1;
        self.bytes += cost;
        self.by_age.insert(number, Arc::clone(&question));
        // A copy of its own: what was read may hold far more than this answer in memory.
        let answer = Answer { number, body: Bytes::copy_from_slice(body), came: now };
        self.by_question.insert(question, answer);
    }

    /// The last good answer to `question` and how old it is, if that is less than `age_max`.
    pub(super) fn find(
        &self,
        question: &Question,
        age_max: Duration,
        now: Instant,
    ) -> Option<(Bytes, Duration)> {
        let answer = self.by_question.get(question)?;
        let age = now.saturating_duration_since(answer.came);
        (age < age_max).then(|| (answer.body.clone(), age))
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.by_question.len()
    }

    /// What they take of memory, about.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    fn oldest(&self) -> Option<Instant> {
        let (_, question) = self.by_age.first_key_value()?;
        self.by_question.get(question).map(|answer| answer.came)
    }

    fn forget_oldest(&mut self) {
        if let Some((_, question)) = self.by_age.first_key_value() {
            let question = Arc::clone(question);
            self.forget(&question);
        }
    }

    fn forget(&mut self, question: &Question) {
        if let Some(answer) = self.by_question.remove(question) {
            self.by_age.remove(&answer.number);
            self.bytes -= cost(question, answer.body.len());
        }
    }
}

fn cost(question: &Question, body_len: usize) -> usize {
    OVERHEAD + question.beside.len() + question.request.len() + body_len
}

/// Without what was asked and answered, which may be sensitive.
impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answers")
            .field("len", &self.len())
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const WIDE: Bounds = Bounds { answers: 100, bytes: 1 << 20, age: Duration::from_secs(60) };

    fn question(method: u32, request: &str) -> Question {
        let request = Bytes::copy_from_slice(request.as_bytes());
        Question { method, route_hash: 0, beside: Bytes::new(), request }
    }

    fn body(answers: &Answers, question: &Question, now: Instant) -> Option<Bytes> {
        answers.find(question, WIDE.age, now).map(|(body, _)| body)
    }

    #[test]
    fn a_question_has_its_last_answer_until_that_is_too_old() {
        let now = Instant::now();
        let mut answers = Answers::default();
        let of_seven = question(1, "7");
        answers.keep(of_seven.clone(), b"old", now, WIDE);
        answers.keep(of_seven.clone(), b"new", now + SECOND, WIDE);
        assert_eq!(answers.len(), 1);
        let find = |age_max, at| answers.find(&of_seven, age_max, at).map(|(_, age)| age);
        assert_eq!(body(&answers, &of_seven, now + SECOND).as_deref(), Some(&b"new"[..]));
        assert_eq!(find(5 * SECOND, now + 5 * SECOND), Some(4 * SECOND));
        assert_eq!(find(5 * SECOND, now + 6 * SECOND), None, "it is as old as that");
    }

    #[test]
    fn whatever_the_server_could_answer_by_makes_another_question() {
        let now = Instant::now();
        let mut answers = Answers::default();
        let asked = question(1, "7");
        answers.keep(asked.clone(), b"mine", now, WIDE);
        for other in [
            Question { method: 2, ..asked.clone() },
            Question { route_hash: 9, ..asked.clone() },
            Question { beside: Bytes::from_static(b"token"), ..asked.clone() },
            question(1, "8"),
            question(1, ""),
        ] {
            assert_eq!(body(&answers, &other, now), None);
        }
    }

    #[test]
    fn the_oldest_goes_where_there_is_no_room() {
        let now = Instant::now();
        let of = |number: u32| question(1, &number.to_string());
        for bounds in [Bounds { answers: 3, ..WIDE }, Bounds { bytes: 3 * (OVERHEAD + 1 + 10), ..WIDE }] {
            let mut answers = Answers::default();
            for number in 0..3 {
                answers.keep(of(number), &[0; 10], now, bounds);
            }
            // Asked again: it is the youngest now.
            answers.keep(of(0), &[1; 10], now, bounds);
            answers.keep(of(3), &[0; 10], now, bounds);
            let kept = [0, 1, 2, 3].map(|number| body(&answers, &of(number), now).is_some());
            assert_eq!(kept, [true, false, true, true]);
        }
    }

    #[test]
    fn what_is_larger_than_all_that_may_be_kept_takes_the_place_of_nothing_but_its_forerunner() {
        let now = Instant::now();
        let bounds = Bounds { bytes: 2 * (OVERHEAD + 1 + 10), ..WIDE };
        let mut answers = Answers::default();
        answers.keep(question(1, "a"), &[0; 10], now, bounds);
        answers.keep(question(1, "b"), &[0; 10], now, bounds);
        let large = vec![0; bounds.bytes];
        answers.keep(question(1, "b"), &large, now, bounds);
        assert!(body(&answers, &question(1, "a"), now).is_some());
        assert_eq!(body(&answers, &question(1, "b"), now), None, "its last answer is another one");
        answers.keep(question(1, "c"), &[0; 10], now, Bounds { answers: 0, ..bounds });
        assert_eq!(answers.len(), 1);
    }

    #[test]
    fn what_is_too_old_goes_with_the_next_that_comes() {
        let now = Instant::now();
        let mut answers = Answers::default();
        (0..50).for_each(|number: u32| answers.keep(question(1, &number.to_string()), b"", now, WIDE));
        answers.keep(question(1, "new"), b"", now + WIDE.age, WIDE);
        assert_eq!((answers.len(), answers.bytes()), (1, OVERHEAD + 3));
        assert!(!format!("{answers:?}").contains("new"), "what was asked is shown to nobody");
    }

    proptest! {
        #[test]
        fn bounds_hold_whatever_comes(
            steps in prop::collection::vec((0..20_u32, 0..2000_usize, 0..30_u64), 1..200),
            answers_max in 0..12_usize,
            bytes_max in 0..8000_usize,
        ) {
            let bounds = Bounds { answers: answers_max, bytes: bytes_max, age: 60 * SECOND };
            let mut answers = Answers::default();
            let mut now = Instant::now();
            for (asked, len, passed) in steps {
                now += SECOND * passed as u32;
                let asked = question(asked, "");
                answers.keep(asked.clone(), &vec![7; len], now, bounds);
                prop_assert!(answers.len() <= answers_max && answers.bytes() <= bytes_max);
                prop_assert_eq!(answers.by_age.len(), answers.len());
                let taken: usize =
                    answers.by_question.iter().map(|(asked, answer)| cost(asked, answer.body.len())).sum();
                prop_assert_eq!(taken, answers.bytes());
                let fits = answers_max > 0 && OVERHEAD + len <= bytes_max;
                prop_assert_eq!(body(&answers, &asked, now).map(|body| body.len()), fits.then_some(len));
                let is_young = |answer: &Answer| now.saturating_duration_since(answer.came) < bounds.age;
                prop_assert!(answers.by_question.values().all(is_young) || !fits);
            }
        }
    }
}
