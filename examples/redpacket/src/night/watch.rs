//! What the services say of themselves: read from the memory that each shares its metrics in, which asks nothing of a service that has too much to do.

use std::collections::BTreeMap;

use svrkit_runtime::Snapshot;
use svrkit_runtime::metrics::Value;

use crate::fleet::Tier;
use crate::report::model::Reading;

/// The level that takes all.
const ALL: i64 = u16::MAX as i64;

/// What a service has counted since it began.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Look {
    load: u8,
    level: Option<u16>,
    refused: BTreeMap<String, u64>,
    degraded: u64,
    blocked: u64,
    cpu_ns: u64,
    /// Parts of packets that were opened, and those that were credited.
    opened: i64,
    credited: i64,
}

/// Into all services, those that can be read.
pub(crate) type Looks = BTreeMap<Tier, Look>;

/// What they did in a second, by what was seen before it and in it; as loaded as they were at most, and as strict.
pub(crate) fn readings(before: &Looks, within: &[Looks]) -> BTreeMap<Tier, Reading> {
    let Some(last) = within.last() else { return BTreeMap::new() };
    let mut readings = BTreeMap::new();
    for (tier, look) in last {
        let mut reading = look.since(before.get(tier).unwrap_or(&Look::default()));
        let seen = || within.iter().filter_map(|looks| looks.get(tier));
        reading.load = seen().map(|look| look.load).max().unwrap_or_default();
        reading.level = seen().filter_map(|look| look.level).min();
        readings.insert(*tier, reading);
    }
    if let Some(ledger) = readings.get_mut(&Tier::Ledger) {
        ledger.jobs = jobs(last);
    }
    readings
}

/// Credits that were taken and are not yet done.
fn jobs(looks: &Looks) -> u64 {
    let opened = looks.get(&Tier::Packet).map_or(0, |look| look.opened);
    let credited = looks.get(&Tier::Ledger).map_or(opened, |look| look.credited);
    u64::try_from(opened - credited).unwrap_or_default()
}

impl Look {
    pub(crate) fn of(snapshot: &Snapshot) -> Self {
        let server = [("side", "server")];
        let mut refused = BTreeMap::new();
        let samples = snapshot.family("svrkit_calls_refused_total").map_or(&[][..], |family| &family.samples);
        for sample in samples.iter().filter(|sample| sample.label("side") == Some("server")) {
            if let (Some(cause), Value::Counter(count @ 1..)) = (sample.label("cause"), &sample.value) {
                *refused.entry(cause.to_owned()).or_default() += count;
            }
        }
        let level = snapshot.gauge("redpacket_level", &[]);
        Self {
            load: u8::try_from(snapshot.gauge("svrkit_load_tier", &[])).unwrap_or_default(),
            level: u16::try_from(level.min(ALL)).ok(),
            refused,
            degraded: snapshot.counter("svrkit_calls_degraded_total", &server),
            blocked: snapshot.counter("svrkit_callers_blocked_total", &[]),
            cpu_ns: snapshot.counter("process_cpu_seconds_total", &[]),
            opened: snapshot.gauge("redpacket_parts_opened", &[]),
            credited: snapshot.gauge("redpacket_parts_credited", &[]),
        }
    }

    /// What it did since it was looked at a second before. A service that was started anew counts from nothing.
    fn since(&self, before: &Self) -> Reading {
        let more = |now: u64, before: u64| now.checked_sub(before).unwrap_or(now);
        let refused = self.refused.iter().map(|(cause, count)| {
            (cause.clone(), more(*count, before.refused.get(cause).copied().unwrap_or_default()))
        });
        Reading {
            refused: refused.filter(|(_, count)| *count > 0).collect(),
            degraded: more(self.degraded, before.degraded),
            blocked: more(self.blocked, before.blocked),
            cores: more(self.cpu_ns, before.cpu_ns) as f64 / 1e9,
            ..Reading::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use svrkit_runtime::Metrics;
    use svrkit_runtime::metrics::Gauge;

    use super::*;

    #[test]
    fn what_a_service_counts_is_in_a_look() {
        let metrics = Metrics::new();
        let gauge = |name, value: i64| metrics.named::<Gauge>(name, "A number.").unwrap().set(value);
        gauge("redpacket_parts_opened", 12);
        gauge("redpacket_level", 0xc010);
        let look = Look::of(&metrics.snapshot());
        assert_eq!((look.opened, look.credited, look.load, look.level), (12, 0, 0, Some(0xc010)));
        assert!(look.refused.is_empty());
    }

    #[test]
    fn a_reading_is_the_difference_and_a_service_that_starts_anew_counts_from_nothing() {
        let look = |refused: u64, cpu_ns| Look {
            refused: [("level".to_owned(), refused), ("queue".to_owned(), 5)].into(),
            cpu_ns,
            ..Look::default()
        };
        let reading = look(30, 1_500_000_000).since(&look(10, 1_000_000_000));
        assert_eq!((reading.refused, reading.cores), ([("level".to_owned(), 20)].into(), 0.5));
        assert_eq!(look(4, 0).since(&look(10, 9)).refused, [("level".to_owned(), 4)].into());
    }

    #[test]
    fn a_second_is_as_loaded_as_it_was_at_most_and_what_is_not_credited_waits() {
        let looks = |load, level, opened, credited| -> Looks {
            let packet = Look { load, level: Some(level), opened, ..Look::default() };
            [(Tier::Packet, packet), (Tier::Ledger, Look { credited, ..Look::default() })].into()
        };
        let within = [looks(0, u16::MAX, 8, 1), looks(3, 0xc000, 9, 2), looks(1, u16::MAX, 12, 5)];
        let readings = readings(&looks(3, 0, 0, 0), &within);
        let packet = &readings[&Tier::Packet];
        assert_eq!((packet.load, packet.level, packet.jobs), (3, Some(0xc000), 0));
        assert_eq!(readings[&Tier::Ledger].jobs, 7);
        assert!(super::readings(&Looks::new(), &[]).is_empty());
        // Looked at one after the other, the ledger may be ahead.
        assert_eq!(super::readings(&Looks::new(), &[looks(0, 0, 5, 6)])[&Tier::Ledger].jobs, 0);
    }
}
