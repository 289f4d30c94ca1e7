//! Messages in the likeness of those that others measure by: buffa's benchmarks, and protobuf's own.
//!
//! The shapes, the sizes and how they spread follow theirs (50 different messages each); definitions and values are ours.

use super::super::generated::svrkit::{
    Answer, Event, Frame, Narrow, Property, Record, Section, Severity, Source, Wide, property,
};
use super::dice::Dice;

/// How many different messages stand in each set.
const COUNT: usize = 50;

fn fifty<T>(seed: u64, mut make: impl FnMut(&mut Dice) -> T) -> Vec<T> {
    let mut dice = Dice::new(seed);
    (0..COUNT).map(|_| make(&mut dice)).collect()
}

/// buffa's `ApiResponse`.
pub(in super::super) fn answers() -> Vec<Answer> {
    fifty(20, |dice| Answer {
        request_id: (dice.any() >> 1) as i64,
        status_code: [200, 201, 400, 404, 500][dice.between(0, 5) as usize],
        message: dice.word(10, 101),
        latency_ms: 0.1 + 499.9 * dice.share(),
        cached: dice.chance(3),
        trace_id: dice.chance(7).then(|| dice.hex(32)),
        retry_after_ms: dice.chance(1).then(|| dice.between(1000, 60_000) as i64),
        tags: dice.some(0, 6, |dice| dice.word(3, 16)),
        ..Answer::default()
    })
}

/// buffa's `LogRecord`.
pub(in super::super) fn records() -> Vec<Record> {
    const SEVERITIES: [Severity; 5] = [
        Severity::Unspecified,
        Severity::Debug,
        Severity::Info,
        Severity::Warn,
        Severity::Error,
    ];
    fifty(21, |dice| Record {
        timestamp_nanos: dice.between(1_700_000_000_000_000_000, 1_800_000_000_000_000_000) as i64,
        service_name: dice.word(5, 31),
        instance_id: format!("{}-{}", dice.word(5, 11), dice.between(1, 100)),
        severity: SEVERITIES[dice.between(0, 5) as usize],
        message: dice.word(50, 501),
        labels: dice
            .some(2, 9, |dice| (dice.word(3, 16), dice.word(5, 51)))
            .into_iter()
            .collect(),
        trace_id: dice.hex(32),
        span_id: dice.hex(16),
        source: dice.chance(8).then(|| Source {
            file: format!("src/{}.rs", dice.word(5, 21)),
            line: dice.between(1, 2000) as i32,
            function: dice.word(5, 31),
            ..Source::default()
        }),
        ..Record::default()
    })
}

/// buffa's `AnalyticsEvent`.
pub(in super::super) fn events() -> Vec<Event> {
    fifty(22, |dice| Event {
        event_id: dice.hex(24),
        timestamp: dice.between(1_700_000_000, 1_800_000_000) as i64,
        user_id: format!("user-{}", dice.between(1, 100_000)),
        properties: dice.some(3, 11, property),
        sections: dice.some(2, 6, |dice| section(dice, 3)),
        ..Event::default()
    })
}

fn property(dice: &mut Dice) -> Property {
    Property {
        key: dice.word(3, 21),
        value: Some(match dice.between(0, 4) {
            0 => property::Value::Text(dice.word(5, 51)),
            1 => property::Value::Whole(dice.between(0, 2000) as i64 - 1000),
            2 => property::Value::Real(200.0 * dice.share() - 100.0),
            _ => property::Value::Flag(dice.chance(5)),
        }),
        ..Property::default()
    }
}

fn section(dice: &mut Dice, depth: u64) -> Section {
    let children = if depth == 0 { 0 } else { dice.between(0, 4) };
    Section {
        name: dice.word(5, 21),
        attributes: dice.some(1, 6, property),
        children: dice.some(children, children + 1, |dice| section(dice, depth - 1)),
        ..Section::default()
    }
}

/// buffa's `MediaFrame`.
pub(in super::super) fn frames() -> Vec<Frame> {
    const TYPES: [&str; 5] = [
        "application/octet-stream",
        "image/jpeg",
        "image/png",
        "video/mp4",
        "audio/opus",
    ];
    fifty(23, |dice| Frame {
        frame_id: dice.hex(32),
        timestamp_nanos: dice.between(1_700_000_000_000_000_000, 1_800_000_000_000_000_000) as i64,
        content_type: TYPES[dice.between(0, 5) as usize].to_owned(),
        body: dice.bytes(1024, 10_241).into(),
        chunks: dice.some(2, 7, |dice| dice.bytes(200, 2001).into()),
        attachments: dice
            .some(0, 5, |dice| (dice.word(5, 21), dice.bytes(50, 501).into()))
            .into_iter()
            .collect(),
        ..Frame::default()
    })
}

/// protobuf's `GoogleMessage1`: one message, about half of its fields set.
pub(in super::super) fn wide() -> Vec<Wide> {
    let mut dice = Dice::new(24);
    vec![Wide {
        f1: String::new(),
        f2: 8,
        f3: 2_066_379,
        f4: dice.word(40, 41),
        f5: dice.some(3, 4, Dice::any),
        f6: 1,
        f7: dice.word(24, 25),
        f9: dice.word(60, 61),
        f13: true,
        f14: true,
        f15: Some(Narrow {
            f1: 25,
            f2: 36,
            f3: 6,
            f12: true,
            f13: 154_210,
            f14: 310_202,
            f15: dice.word(48, 49),
            f16: 12,
            f19: 1,
            f20: true,
            f21: dice.any(),
            f22: 3,
            f28: true,
            f203: dice.short(),
            f204: 5,
            f205: dice.word(16, 17),
            f207: 90_122,
            f300: 7,
            ..Narrow::default()
        }),
        f16: 2,
        f17: true,
        f18: dice.word(30, 31),
        f22: 1_290_123_553,
        f23: 12,
        f24: true,
        f25: 1,
        f29: 4,
        f59: true,
        f60: 9,
        f67: 2,
        f68: 1,
        f80: true,
        f81: true,
        f100: 1,
        f101: 2,
        f102: dice.word(8, 9),
        f103: dice.word(12, 13),
        f128: 300,
        f129: dice.word(6, 7),
        f131: 66,
        f271: 1_024,
        f272: 77,
        f280: 5,
        ..Wide::default()
    }]
}
