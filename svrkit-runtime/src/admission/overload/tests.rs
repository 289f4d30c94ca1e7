//! Windows by numbers, among them the faults that earlier implementations of such levels had.

use super::*;

const T: Duration = Duration::from_millis(20);

/// A server that can do 1,000 calls a second, and has been busy.
struct Server {
    overload: Overload,
    now: Instant,
}

/// What happens in a window of 20 ms.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// Class, and how many calls of it arrive. Their users have ranks from 0 on.
    arrivals: &'static [(u8, u32)],
    refused_by_queue: u32,
    /// How many wait for 1 ms, and how many for 900.
    quick: u32,
    slow: u32,
    queued: usize,
}

impl Server {
    fn new() -> Self {
        let now = Instant::now();
        let mut server = Self { overload: Overload::new(T, now), now };
        server.pass(Seen { arrivals: &[(128, 20)], ..Seen::default() });
        server
    }

    fn pass(&mut self, seen: Seen) -> Level {
        for &(class, count) in seen.arrivals {
            for number in 0..count {
                self.overload.arrive(Priority { class, rank: (number % 256) as u8 }, || false);
            }
        }
        (0..seen.refused_by_queue).for_each(|_| self.overload.refused_by_queue());
        (0..seen.quick).for_each(|_| self.overload.started(Duration::from_millis(1)));
        (0..seen.slow).for_each(|_| self.overload.started(Duration::from_millis(900)));
        (0..20).for_each(|_| self.overload.ended(End::Done));
        self.overload.was_busy(T);
        self.now += T;
        self.overload.close(self.now, seen.queued).expect("twenty arrived in as many milliseconds");
        self.overload.level()
    }

    /// The same with three times the load, which the queue refuses.
    fn overloaded(&mut self) -> Level {
        self.pass(Seen {
            arrivals: &[(0, 3), (128, 57)],
            refused_by_queue: 40,
            quick: 20,
            queued: 10,
            ..Seen::default()
        })
    }
}

#[test]
fn while_the_queue_refuses_as_much_is_admitted_as_can_be_done() {
    let mut server = Server::new();
    let level = server.overloaded();
    assert!(level.admits(Priority::CORE));
    // Three of the core and seventeen of the others, two ranks a step.
    assert!(level.admits(Priority { class: 128, rank: 15 }));
    assert!(!level.admits(Priority { class: 128, rank: 18 }));
}

#[test]
fn what_stands_in_the_queue_is_done_first() {
    let admitted = |queued| {
        let mut server = Server::new();
        let seen =
            Seen { arrivals: &[(128, 60)], refused_by_queue: 40, quick: 20, queued, ..Seen::default() };
        server.pass(seen).buckets()
    };
    assert!(admitted(20) < admitted(10) && admitted(10) < admitted(0));
    assert!(admitted(100_000) > 2048, "a tenth of what it can do is admitted in any case");
}

#[test]
fn one_call_that_waited_for_long_is_not_the_mean() {
    let mut server = Server::new();
    let seen = Seen { arrivals: &[(128, 100)], quick: 99, slow: 1, ..Seen::default() };
    assert_eq!(server.pass(seen), Level::OPEN);
    let seen = Seen { arrivals: &[(128, 100)], quick: 90, slow: 10, ..Seen::default() };
    assert_ne!(server.pass(seen), Level::OPEN);
}

#[test]
fn calls_that_never_waited_do_not_make_the_mean_smaller() {
    let mut server = Server::new();
    let seen = Seen { arrivals: &[(128, 2000)], slow: 2, ..Seen::default() };
    assert_ne!(server.pass(seen), Level::OPEN);
}

#[test]
fn a_window_in_which_nobody_was_admitted_does_not_open_it_to_everybody() {
    let mut server = Server::new();
    assert_ne!(server.overloaded(), Level::OPEN);
    let level = server.pass(Seen { arrivals: &[(192, 500)], ..Seen::default() });
    assert!(!level.admits(Priority { class: 192, rank: 200 }), "they would be 25 times what it can do");
    assert!(level.admits(Priority { class: 192, rank: 0 }), "but some of them fit");
}

#[test]
fn it_opens_at_once_when_all_that_comes_fits() {
    let mut server = Server::new();
    server.overloaded();
    assert_eq!(
        server.pass(Seen { arrivals: &[(0, 1), (128, 9), (192, 10)], ..Seen::default() }),
        Level::OPEN
    );
}

#[test]
fn who_opens_in_vain_waits_twice_as_long_before_the_next_time() {
    let mut server = Server::new();
    // Some are above the level: these callers do not know it.
    let fits = Seen { arrivals: &[(128, 12), (192, 8)], ..Seen::default() };
    let mut shut_for = Vec::new();
    for _ in 0..6 {
        server.overloaded();
        let mut windows = 0;
        while server.overload.level() != Level::OPEN {
            server.pass(fits);
            windows += 1;
        }
        shut_for.push(windows);
    }
    assert_eq!(shut_for, [1, 10, 20, 40, 80, 80], "in windows of 20 ms");
    for _ in 0..20 {
        server.pass(fits);
    }
    server.overloaded();
    assert_eq!(server.pass(fits), Level::OPEN, "it was open for long, and so not in vain");
}

#[test]
fn a_window_ends_by_count_or_by_time_and_a_thousand_samples_are_not_asked_for() {
    let began = Instant::now();
    let closes = |arrivals: u32, ms: u64| {
        let mut overload = Overload::new(T, began);
        (0..arrivals).for_each(|_| _ = overload.arrive(Priority::NORMAL, || false));
        overload.close(began + Duration::from_millis(ms), 0).is_some()
    };
    assert_eq!([closes(19, 20), closes(20, 19), closes(20, 20)], [false, false, true]);
    assert_eq!([closes(0, 499), closes(0, 500)], [false, true]);
}

#[test]
fn where_few_calls_fit_into_the_queue_the_queue_decides_alone() {
    let now = Instant::now();
    let mut overload = Overload::new(T, now);
    (0..100).for_each(|_| _ = overload.arrive(Priority::NORMAL, || false));
    (0..9).for_each(|_| overload.ended(End::Done));
    (0..90).for_each(|_| overload.refused_by_queue());
    overload.was_busy(T);
    overload.close(now + T, 9);
    assert_eq!(overload.level(), Level::OPEN, "450 calls a second are nine in a queue's time");
    assert_eq!(overload.bound(), Some(9));
    assert_eq!(overload.bound_time(), T);
}

#[test]
fn a_slow_service_has_room_for_five_jobs() {
    let now = Instant::now();
    let mut overload = Overload::new(T, now);
    assert_eq!(overload.bound(), None, "nothing is known yet");
    (0..20).for_each(|_| _ = overload.arrive(Priority::NORMAL, || false));
    overload.ended(End::Done);
    overload.was_busy(T);
    overload.close(now + T, 5);
    assert_eq!((overload.bound(), overload.bound_time()), (Some(5), Duration::from_millis(100)));
}

#[test]
fn who_is_refused_is_told_when_it_may_be_otherwise_at_the_earliest() {
    let (mut server, ms) = (Server::new(), Duration::from_millis);
    assert_eq!(
        Overload::new(T, server.now).turn_in(5),
        None,
        "nothing is known of a server that was never busy"
    );
    assert_eq!(
        [0, 1, 20].map(|queued| server.overload.turn_in(queued)),
        [1, 1, 20].map(|turn| Some(ms(turn)))
    );
    server.overloaded();
    let told = |server: &Server, after| server.overload.opens_in(server.now + ms(after));
    assert_eq!(
        [0, 5, 19, 20, 400].map(|after| told(&server, after)),
        [20, 15, 1, 1, 1].map(ms),
        "with the window"
    );
    // Opened in vain, it stays shut for a while.
    while server.overload.level() != Level::OPEN {
        server.pass(Seen { arrivals: &[(128, 20)], ..Seen::default() });
    }
    server.overloaded();
    assert_eq!([0, 50].map(|after| told(&server, after)), [200, 150].map(ms));
}
