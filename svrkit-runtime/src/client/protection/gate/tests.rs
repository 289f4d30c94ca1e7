use super::*;
use crate::client::protection::Restrained;
use crate::rate::Rate;

static READ: Spec = Spec::new("test.Test", 4000, "Read", 1);
static OTHER: Spec = Spec::new("test.Test", 4000, "Other", 2);

const MS: Duration = Duration::from_millis(1);

fn entrant(priority: Priority) -> Entrant {
    Entrant { spec: &READ, priority, route_hash: 0 }
}

fn check(gate: &Gate, entrant: Entrant, now: Instant) -> Option<Shut> {
    gate.check(entrant, ClientProtection::new(), now).map(|(shut, _)| shut)
}

/// Of ten thousand calls, how many are kept out; those that are not are sent.
fn kept_out(gate: &Gate, priority: Priority, now: Instant) -> usize {
    let send = || {
        let is_out = check(gate, entrant(priority), now).is_some();
        if !is_out {
            gate.note_sent(priority);
        }
        is_out
    };
    (0..10_000).filter(|_| send()).count()
}

#[test]
fn a_block_is_obeyed_until_its_end_by_its_method_and_user_alone() {
    let now = Instant::now();
    let gate = Gate::new(now);
    let read = Entrant { route_hash: 7, ..entrant(Priority::CORE) };
    gate.block(read, now, now + 500 * MS);
    assert_eq!(check(&gate, read, now + 200 * MS), Some(Shut::Blocked(300 * MS)));
    assert_eq!(check(&gate, Entrant { spec: &OTHER, ..read }, now), None);
    for route_hash in [0, 8] {
        assert_eq!(check(&gate, Entrant { route_hash, ..read }, now), None);
    }
    assert!(gate.would_refuse(read, ClientProtection::new(), now) && gate.is_guarded());
    assert_eq!(check(&gate, read, now + 500 * MS), None);
    assert!(!gate.is_guarded(), "there is nothing more to keep out");
}

#[test]
fn so_many_blocks_are_known_and_those_that_are_over_make_room() {
    let now = Instant::now();
    let gate = Gate::new(now);
    let of = |route_hash| Entrant { route_hash, ..entrant(Priority::CORE) };
    (0..BLOCKS_MAX as u32).for_each(|user| gate.block(of(user), now, now + 500 * MS));
    gate.block(of(5000), now, now + 900 * MS);
    gate.block(of(3), now, now + 600 * MS);
    assert_eq!(check(&gate, of(5000), now), None, "there is no room for it");
    assert_eq!(check(&gate, of(3), now), Some(Shut::Blocked(600 * MS)), "who is known is heard");
    gate.block(of(5000), now + 500 * MS, now + 900 * MS);
    assert_eq!(check(&gate, of(5000), now + 500 * MS), Some(Shut::Blocked(400 * MS)));
}

#[test]
fn a_level_keeps_out_all_but_probes_and_is_forgotten() {
    let now = Instant::now();
    let gate = Gate::new(now);
    gate.note_level(Priority::NORMAL, now);
    let out = kept_out(&gate, Priority::LOSSY, now);
    assert!((9700..9950).contains(&out), "{out} of 10,000: one of 64 probes");
    assert_eq!(kept_out(&gate, Priority::NORMAL, now), 0);
    assert_eq!(kept_out(&gate, Priority::LOSSY, now + 1000 * MS), 0);
    assert!(!gate.is_guarded());
    // Heard again, and then that all are admitted.
    gate.note_level(Priority::CORE.next(), now);
    assert!(kept_out(&gate, Priority::NORMAL, now) > 9000);
    gate.note_level(Priority { class: 255, rank: 255 }, now);
    assert_eq!(kept_out(&gate, Priority::LOSSY, now), 0);
}

#[test]
fn a_server_that_refuses_most_is_spared_by_class_and_not_for_ever() {
    let now = Instant::now();
    let gate = Gate::new(now);
    for _ in 0..100 {
        gate.note_sent(Priority::LOSSY);
        gate.note_refusal(Priority::LOSSY, now);
    }
    let out = kept_out(&gate, Priority::LOSSY, now);
    assert!((100..9950).contains(&out), "{out} of 10,000: fewer and fewer, for it takes all that comes");
    assert_eq!(kept_out(&gate, Priority::NORMAL, now), 0);
    assert_eq!(kept_out(&gate, Priority::LOSSY, now + 20_000 * MS), 0, "after ten quiet seconds");
    assert!(!gate.is_guarded());
}

#[test]
fn who_calls_seldom_is_let_through_once_a_second() {
    let now = Instant::now();
    let gate = Gate::new(now);
    for _ in 0..1000 {
        gate.note_sent(Priority::LOSSY);
        gate.note_refusal(Priority::LOSSY, now);
    }
    // Two a second, for five seconds.
    let passed =
        (0..10).filter(|half| check(&gate, entrant(Priority::LOSSY), now + 500 * MS * *half).is_none());
    assert!(passed.count() >= 5);
}

#[test]
fn an_announced_level_takes_the_place_of_the_throttle() {
    let now = Instant::now();
    let gate = Gate::new(now);
    for _ in 0..1000 {
        gate.note_sent(Priority::CORE);
        gate.note_refusal(Priority::CORE, now);
    }
    gate.note_level(Priority::NORMAL, now);
    let kept_out = |now| (0..100).filter(|_| check(&gate, entrant(Priority::CORE), now).is_some()).count();
    assert_eq!(kept_out(now), 0);
    assert!(kept_out(now + 1000 * MS) > 90);
}

#[test]
fn what_is_refused_by_an_announced_level_throttles_nobody_afterwards() {
    for announces in [true, false] {
        let now = Instant::now();
        let gate = Gate::new(now);
        if announces {
            gate.note_level(Priority::NORMAL, now);
        }
        for _ in 0..1000 {
            gate.note_sent(Priority::LOSSY);
            gate.note_refusal(Priority::LOSSY, now);
        }
        assert_eq!(kept_out(&gate, Priority::LOSSY, now + 1000 * MS) == 0, announces);
    }
}

#[test]
fn what_watches_keeps_nothing_out_and_says_so() {
    let now = Instant::now();
    let gate = Gate::new(now);
    let read = entrant(Priority::LOSSY);
    gate.block(read, now, now + 500 * MS);
    let watching = ClientProtection::new().blocks(Mode::Watching);
    assert_eq!(gate.check(read, watching, now), Some((Shut::Blocked(500 * MS), Mode::Watching)));
    assert!(!gate.would_refuse(read, watching, now));
    // What acts goes first.
    gate.note_level(Priority::CORE.next(), now);
    let found = (0..10).filter_map(|_| gate.check(read, watching, now));
    assert!(found.into_iter().any(|found| matches!(found, (Shut::Level(..), Mode::On))));
    assert_eq!(gate.check(read, ClientProtection::off(), now), None);
}

/// What pages show of the gate: what it is, of which method, in what mode, for how many milliseconds.
fn seen(gate: &Gate, settings: ClientProtection, now: Instant) -> Vec<String> {
    let shown = |it: Restrained| {
        let method = it.what.method().map_or_else(|| "all".into(), ToString::to_string);
        let left = it.left.map_or_else(|| "?".into(), |left| left.as_millis().to_string());
        format!("{}, {method}, {}, {left}", it.what, it.mode)
    };
    gate.seen(settings, now).into_iter().map(shown).collect()
}

#[test]
fn pages_show_what_is_kept_out_and_change_nothing() {
    let now = Instant::now();
    let gate = Gate::new(now);
    let all = ClientProtection::new();
    assert_eq!(seen(&gate, all, now), [] as [&str; 0]);
    gate.block(entrant(Priority::CORE), now, now + 500 * MS);
    gate.block(Entrant { route_hash: 7, ..entrant(Priority::CORE) }, now, now + 400 * MS);
    gate.slow_down(&OTHER, Pace::new(Rate::per_minute(30), now, now + 700 * MS));
    for _ in 0..99 {
        gate.note_sent(Priority::LOSSY);
        gate.note_refusal(Priority::LOSSY, now);
    }
    let throttled = "throttled: 98 % of classes 192 to 255 are not sent, all, on, ?";
    let slowed = "slowed down to 0.5 a second, test.Test.Other, on";
    assert_eq!(seen(&gate, all, now + 500 * MS), [throttled.into(), format!("{slowed}, 200")]);
    let before = seen(&gate, all, now);
    assert_eq!(before[..2], [throttled.into(), format!("{slowed}, 700")]);
    let mut blocked = before[2..].to_vec();
    blocked.sort();
    assert_eq!(
        blocked,
        ["blocked for one user, test.Test.Read, on, 400", "blocked, test.Test.Read, on, 500"]
    );
    gate.note_level(Priority::NORMAL, now);
    let watching = ClientProtection::off().levels(Mode::Watching).throttle(Mode::On);
    let level = "admits class 128, rank 0 and what is more important, all, watch, 1000";
    assert_eq!(seen(&gate, watching, now), [level], "and a level takes the place of the throttle");
    assert_eq!(seen(&gate, ClientProtection::off(), now), [] as [&str; 0]);
    assert_eq!(check(&gate, entrant(Priority::CORE), now), Some(Shut::Blocked(500 * MS)), "as before");
}

#[test]
fn a_wish_to_be_spared_is_of_its_method_for_its_time_and_leads_elsewhere() {
    let now = Instant::now();
    let gate = Gate::new(now);
    gate.spare(Spared { spec: &READ, age_max: 30_000 * MS, until: now + 500 * MS });
    assert!(gate.is_guarded());
    let spared = |spec, at| gate.spared(spec, at).map(|spared| spared.age_max);
    assert_eq!((spared(&READ, now), spared(&OTHER, now)), (Some(30_000 * MS), None));
    let read = entrant(Priority::CORE);
    let other = Entrant { spec: &OTHER, ..read };
    let all = ClientProtection::new();
    assert!(gate.would_refuse(read, all, now) && !gate.would_refuse(other, all, now));
    assert!(!gate.would_refuse(read, all.last_good(Mode::Watching), now));
    assert_eq!(check(&gate, read, now), None, "it is no reason to keep a call out");
    let shown = "spared: last good answers of the last 30 s are taken, test.Test.Read";
    assert_eq!(seen(&gate, all, now), [format!("{shown}, on, 500")]);
    assert_eq!(seen(&gate, all.last_good(Mode::Off), now), [] as [&str; 0]);
    assert_eq!(spared(&READ, now + 500 * MS), None);
    assert_eq!(check(&gate, read, now + 500 * MS), None);
    assert!(!gate.is_guarded(), "it is over, and nothing else stands there");
}

impl Priority {
    fn next(self) -> Self {
        Self { rank: self.rank + 1, ..self }
    }
}
