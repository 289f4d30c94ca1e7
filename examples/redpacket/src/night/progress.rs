//! The night while it goes on: a line a second.

use crate::fleet::Tier;
use crate::report::model::{Ask, Outcome, Second};
use crate::report::numbers::{percent, whole};

/// The tiers of load.
const LOADS: [&str; 4] = ["calm", "busy", "high", "critical"];

/// What the columns are.
pub(crate) fn head() -> String {
    row([
        "second", "part", "shakes", "answered", "less", "refused", "not sent", "in vain", "opens", "in time",
        "access", "level", "credits",
    ]
    .map(str::to_owned))
}

/// A second whose calls have ended.
pub(crate) fn line(at: u64, part: &str, second: &Second) -> String {
    let shakes = |outcome| second.of(Ask::Shake, outcome);
    let access = second.services.get(&Tier::Access);
    let load = access.and_then(|access| LOADS.get(usize::from(access.load))).copied().unwrap_or("?");
    let level = match access.and_then(|access| access.level) {
        Some(u16::MAX) => "all".into(),
        Some(level) => format!("{}/{}", level >> 8, level & 0xff),
        None => "?".into(),
    };
    let opens = second.calls.get(&Ask::Open);
    let in_time = opens.and_then(|opens| opens.percent(opens.in_time()));
    row([
        at.to_string(),
        part.into(),
        whole(second.made(Ask::Shake)),
        whole(shakes(Outcome::Answered)),
        whole(shakes(Outcome::Degraded)),
        whole(shakes(Outcome::Refused)),
        whole(shakes(Outcome::Kept)),
        whole(shakes(Outcome::Late) + shakes(Outcome::Failed)),
        whole(second.made(Ask::Open)),
        percent(in_time),
        load.into(),
        level,
        whole(second.jobs()),
    ])
}

fn row(cells: [String; 13]) -> String {
    cells.map(|cell| format!("{cell:>8}")).join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::model::{Calls, Reading};

    #[test]
    fn a_line_has_what_the_head_says() {
        let shakes =
            [(Outcome::Answered, 1_100), (Outcome::Refused, 900), (Outcome::Late, 3), (Outcome::Failed, 1)];
        let mut second = Second::default();
        second.calls.insert(Ask::Shake, Calls { outcomes: shakes.into(), ..Calls::default() });
        let reading = Reading { load: 3, level: Some(0xc010), jobs: 42, ..Reading::default() };
        second.services.insert(Tier::Access, reading);
        let line = line(7, "peak", &second);
        let cells: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(
            cells,
            ["7", "peak", "2,004", "1,100", "0", "900", "0", "4", "0", "–", "critical", "192/16", "42"]
        );
        assert_eq!(head().chars().count(), line.chars().count());
    }
}
