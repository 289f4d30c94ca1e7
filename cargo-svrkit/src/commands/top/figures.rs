//! What happened between two snapshots of a server. Pure numbers.

use std::collections::HashMap;

use svrkit_runtime::monitoring::{Method, SnapshotReply};

/// The kit's own services.
const KIT: &str = "svrkit.";

/// What a server did, method by method.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Figures {
    pub(super) connections: u64,
    pub(super) uptime_s: u64,
    pub(super) is_counted: bool,
    pub(super) rows: Vec<Row>,
}

/// What became of the calls of a method.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) name: String,
    /// Calls that ended, a second.
    pub(super) rate: f64,
    /// Those of them that were not answered, a second.
    pub(super) errors: f64,
    /// Nanoseconds that half of them, 99 of a hundred and 999 of a thousand took at most; `None`: none ended.
    pub(super) percentiles: Option<[u64; 3]>,
    pub(super) in_flight: i64,
    /// Calls that have ended since the server began.
    pub(super) calls: u64,
    pub(super) is_kit: bool,
}

impl Figures {
    /// Of the time between two snapshots of one run. Without an earlier one, or after one of another run, that is from the run's beginning.
    pub(super) fn between(earlier: Option<&SnapshotReply>, later: &SnapshotReply) -> Self {
        let earlier = earlier.filter(|earlier| earlier.run == later.run);
        let since_us = earlier.map_or(0, |earlier| earlier.uptime_us);
        let seconds = later.uptime_us.saturating_sub(since_us).max(1) as f64 / 1e6;
        let methods = earlier.map_or(&[][..], |earlier| &earlier.methods);
        let before: HashMap<_, _> = methods.iter().map(|it| ((&it.service, &it.method), it)).collect();
        let row = |method: &Method| {
            Row::of(before.get(&(&method.service, &method.method)).copied(), method, seconds)
        };
        Self {
            connections: later.connections,
            uptime_s: later.uptime_us / 1_000_000,
            is_counted: later.counted,
            rows: later.methods.iter().map(row).collect(),
        }
    }
}

impl Row {
    fn of(before: Option<&Method>, now: &Method, seconds: f64) -> Self {
        let none = Method::default();
        let before = before.unwrap_or(&none);
        let calls = |method: &Method, counts: fn(&str) -> bool| {
            method.codes.iter().filter(|code| counts(&code.code)).map(|code| code.count).sum::<u64>()
        };
        let rate = |counts| calls(now, counts).saturating_sub(calls(before, counts)) as f64 / seconds;
        Self {
            name: format!("{}.{}", now.service, now.method),
            rate: rate(|_| true),
            errors: rate(|code| code != "OK"),
            percentiles: percentiles(before, now),
            in_flight: now.in_flight,
            calls: calls(now, |_| true),
            is_kit: now.service.starts_with(KIT),
        }
    }
}

fn percentiles(before: &Method, now: &Method) -> Option<[u64; 3]> {
    let known: HashMap<u64, u64> = before.durations.iter().map(|it| (it.ns, it.count)).collect();
    let ended: Vec<(u64, u64)> = now
        .durations
        .iter()
        .map(|it| (it.ns, it.count.saturating_sub(known.get(&it.ns).copied().unwrap_or_default())))
        .collect();
    let total: u64 = ended.iter().map(|(_, count)| count).sum();
    if total == 0 {
        return None;
    }
    Some([500, 990, 999].map(|per_mille| {
        let rank = (u128::from(total) * per_mille).div_ceil(1_000) as u64;
        let mut below = 0;
        let reached = ended.iter().find(|(_, count)| {
            below += count;
            rank <= below
        });
        reached.map_or(0, |(ns, _)| *ns)
    }))
}

#[cfg(test)]
mod tests {
    use svrkit_runtime::monitoring::{Code, Duration};

    use super::*;

    fn method(name: &str, codes: &[(&str, u64)], durations: &[(u64, u64)]) -> Method {
        let code =
            |(code, count): &(&str, u64)| Code { code: (*code).into(), count: *count, ..Code::default() };
        let duration = |(ns, count): &(u64, u64)| Duration { ns: *ns, count: *count, ..Duration::default() };
        Method {
            service: "shop.Orders".into(),
            method: name.into(),
            in_flight: 3,
            codes: codes.iter().map(code).collect(),
            durations: durations.iter().map(duration).collect(),
            ..Method::default()
        }
    }

    fn snapshot(run: u64, seconds: u64, methods: Vec<Method>) -> SnapshotReply {
        SnapshotReply {
            run,
            uptime_us: seconds * 1_000_000,
            methods,
            counted: true,
            ..SnapshotReply::default()
        }
    }

    #[test]
    fn figures_are_those_of_the_time_between() {
        let first =
            snapshot(1, 10, vec![method("Place", &[("OK", 100), ("INTERNAL", 4)], &[(5, 100), (9, 4)])]);
        let second = snapshot(
            1,
            14,
            vec![
                method("Place", &[("OK", 120), ("INTERNAL", 8)], &[(5, 100), (7, 20), (9, 8)]),
                method("New", &[], &[]),
            ],
        );
        let place = |rate, errors, percentiles, calls| Row {
            name: "shop.Orders.Place".into(),
            rate,
            errors,
            percentiles,
            in_flight: 3,
            calls,
            is_kit: false,
        };
        let since = Figures::between(Some(&first), &second);
        assert_eq!(since.rows[0], place(6.0, 1.0, Some([7, 9, 9]), 128));
        let new = Row { name: "shop.Orders.New".into(), ..place(0.0, 0.0, None, 0) };
        assert_eq!(since.rows[1], new);
        let whole = place(10.4, 0.4, Some([5, 9, 9]), 104);
        assert_eq!(Figures::between(None, &first).rows, std::slice::from_ref(&whole));
        // Nothing of a run that has ended is taken from another.
        assert_eq!(Figures::between(Some(&snapshot(2, 99, second.methods)), &first).rows, [whole]);
    }
}
