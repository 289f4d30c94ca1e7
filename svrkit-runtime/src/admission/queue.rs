//! Where admitted calls stand until a handler's turn comes: first come first served, and when it is full, the least important leaves.

use std::collections::{BTreeMap, BTreeSet};

use tokio::time::Instant;

use crate::priority::Priority;

/// Calls that wait. Its bound is handed in, for it follows from what the server can do.
#[derive(Debug)]
pub(super) struct Queue<T> {
    /// By the number they came with.
    calls: BTreeMap<u64, Waiting<T>>,
    /// The same, by how soon they have to go: the least important last, and the latest of these.
    by_importance: BTreeSet<(Priority, u64)>,
    came: u64,
}

/// A call that waits, or is about to.
#[derive(Debug)]
pub(crate) struct Waiting<T> {
    pub(crate) call: T,
    pub(crate) priority: Priority,
    pub(crate) arrived: Instant,
    /// From then on it is of no use to start it.
    pub(crate) expires: Option<Instant>,
}

/// Who goes for a newcomer, where anybody has to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Room<T> {
    /// Nobody.
    ForAll,
    /// This one, which had waited.
    PushedOut(T),
    /// The newcomer itself.
    Refused(T),
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self { calls: BTreeMap::new(), by_importance: BTreeSet::new(), came: 0 }
    }
}

impl<T> Queue<T> {
    pub(super) fn len(&self) -> usize {
        self.calls.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Whether a newcomer of this priority would be taken, be it for another one.
    pub(super) fn takes(&self, newcomer: Priority, bound: usize) -> bool {
        self.len() < bound || self.least().is_some_and(|least| newcomer < least)
    }

    /// Takes a call. Where `bound` wait already, the least important of them and the newcomer goes; the newcomer, where it is no more
    /// important than the others.
    pub(super) fn push(&mut self, newcomer: Waiting<T>, bound: usize) -> Room<T> {
        if self.len() < bound {
            self.insert(newcomer);
            return Room::ForAll;
        }
        let least = self.by_importance.last().filter(|(least, _)| newcomer.priority < *least);
        let Some(pushed_out) = least.copied().and_then(|(_, number)| self.remove(number)) else {
            return Room::Refused(newcomer.call);
        };
        self.insert(newcomer);
        Room::PushedOut(pushed_out.call)
    }

    /// The least important of those that wait.
    pub(super) fn least(&self) -> Option<Priority> {
        self.by_importance.last().map(|(least, _)| *least)
    }

    /// The one that came first.
    pub(super) fn pop(&mut self) -> Option<Waiting<T>> {
        let number = *self.calls.first_key_value()?.0;
        self.remove(number)
    }

    /// The first of those that `may` go although others wait before them.
    pub(super) fn pop_first(&mut self, may: impl Fn(&T) -> bool) -> Option<Waiting<T>> {
        let number = *self.calls.iter().find(|(_, waiting)| may(&waiting.call))?.0;
        self.remove(number)
    }

    /// Those that it is of no use to start any more.
    pub(super) fn expired(&mut self, now: Instant) -> Vec<Waiting<T>> {
        let is_over = |call: &Waiting<T>| call.expires.is_some_and(|expires| expires <= now);
        let over = self.calls.iter().filter(|(_, call)| is_over(call)).map(|(number, _)| *number);
        let over: Vec<u64> = over.collect();
        over.into_iter().filter_map(|number| self.remove(number)).collect()
    }

    fn insert(&mut self, call: Waiting<T>) {
        self.came += 1;
        self.by_importance.insert((call.priority, self.came));
        self.calls.insert(self.came, call);
    }

    fn remove(&mut self, number: u64) -> Option<Waiting<T>> {
        let call = self.calls.remove(&number)?;
        self.by_importance.remove(&(call.priority, number));
        Some(call)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn call(name: char, class: u8, expires: Option<Instant>) -> Waiting<char> {
        Waiting { call: name, priority: Priority::of_class(class), arrived: Instant::now(), expires }
    }

    fn push(queue: &mut Queue<char>, name: char, class: u8) -> Room<char> {
        queue.push(call(name, class, None), 3)
    }

    #[test]
    fn when_it_is_full_the_least_important_leaves_and_among_equals_who_came_last() {
        let mut queue = Queue::default();
        for (name, class) in [('a', 9), ('b', 5), ('c', 9)] {
            assert_eq!(push(&mut queue, name, class), Room::ForAll);
        }
        assert_eq!(
            push(&mut queue, 'd', 9),
            Room::Refused('d'),
            "it is no more important than those that wait"
        );
        assert_eq!(push(&mut queue, 'e', 7), Room::PushedOut('c'));
        assert_eq!(push(&mut queue, 'f', 0), Room::PushedOut('a'));
        assert_eq!(push(&mut queue, 'g', 8), Room::Refused('g'));
        let served: Vec<char> = std::iter::from_fn(|| queue.pop().map(|call| call.call)).collect();
        assert_eq!(served, ['b', 'e', 'f'], "who stays is served in the order of arrival");
    }

    #[test]
    fn nothing_waits_where_there_is_no_room() {
        let mut queue = Queue::default();
        assert_eq!(queue.push(call('a', 0, None), 0), Room::Refused('a'));
        assert!(queue.is_empty());
    }

    #[test]
    fn what_has_waited_too_long_is_found_wherever_it_stands() {
        let now = Instant::now();
        let after = |ms| Some(now + Duration::from_millis(ms));
        let mut queue = Queue::default();
        for (name, expires) in [('a', None), ('b', after(5)), ('c', after(9)), ('d', after(5))] {
            queue.push(call(name, 1, expires), 9);
        }
        let names = |calls: Vec<Waiting<char>>| calls.into_iter().map(|call| call.call).collect::<String>();
        assert_eq!(names(queue.expired(now + Duration::from_millis(4))), "");
        assert_eq!(names(queue.expired(now + Duration::from_millis(5))), "bd");
        assert_eq!(queue.len(), 2);
    }
}
