//! The figures as tables: for the terminal and for the page alike.

use super::model::{Ask, Night, Outcome, Run};
use super::numbers::{DASH, percent, short, time, whole};
use super::plot::frame::PEAK;
use crate::fleet::Tier;

/// A table. The first column is text, the others are numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) title: String,
    pub(crate) head: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

/// All tables of a night, in their order.
pub(crate) fn of(night: &Night) -> Vec<Table> {
    let mut tables = vec![
        calls(night, "The peak", |run, ask| run.calls_in(ask, night.setting.seconds_of(PEAK))),
        calls(night, "The whole night", Run::calls),
        refusals(night),
        machine(night),
        books(night),
        setting(night),
    ];
    tables.retain(|table| !table.rows.is_empty());
    tables
}

fn side(run: &Run) -> &'static str {
    if run.is_protected { "with" } else { "without" }
}

fn head(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn calls(night: &Night, title: &str, of: impl Fn(&Run, Ask) -> super::model::Calls) -> Table {
    let mut rows = Vec::new();
    for ask in Ask::ALL {
        for run in &night.runs {
            let calls = of(run, *ask);
            if calls.made() == 0 {
                continue;
            }
            let mut row = vec![format!("{} {} protection", ask.word(), side(run)), whole(calls.made())];
            row.extend(Outcome::ALL.iter().map(|outcome| whole(calls.of(*outcome))));
            row.push(percent(calls.percent(calls.in_time())));
            row.extend([500, 990].map(|per_mille| time(calls.took.ms(per_mille))));
            rows.push(row);
        }
    }
    let mut columns = vec!["call", "made"];
    columns.extend(Outcome::ALL.iter().map(|outcome| outcome.word()));
    columns.extend(["in time", "p50", "p99"]);
    Table { title: title.into(), head: head(&columns), rows }
}

fn refusals(night: &Night) -> Table {
    let mut rows = Vec::new();
    for run in &night.runs {
        for service in Tier::ALL {
            for (cause, count) in run.refused(service) {
                rows.push(vec![format!("{} {} protection", service.name(), side(run)), cause, whole(count)]);
            }
        }
    }
    Table { title: "Refused by the services".into(), head: head(&["service", "cause", "calls"]), rows }
}

/// What the services took of the machine at the peak. Only of access is known how many calls were sent to it.
fn machine(night: &Night) -> Table {
    let peak = night.setting.seconds_of(PEAK);
    let mut rows = Vec::new();
    for run in &night.runs {
        let calls = Ask::ALL.iter().map(|ask| run.calls_in(*ask, peak.clone()));
        let sent: u64 = calls.map(|calls| calls.made() - calls.of(Outcome::Kept)).sum();
        for tier in Tier::ALL {
            let readings =
                || run.seconds.iter().take(peak.end).skip(peak.start).filter_map(|it| it.services.get(&tier));
            let cores: f64 = readings().map(|reading| reading.cores).sum();
            let seconds = readings().count();
            if seconds == 0 {
                continue;
            }
            let a_call =
                (tier == Tier::Access && sent > 0).then(|| format!("{:.1} µs", cores * 1e6 / sent as f64));
            let name = format!("{} {} protection", tier.name(), side(run));
            rows.push(vec![
                name,
                format!("{:.2}", cores / seconds as f64),
                a_call.unwrap_or_else(|| DASH.into()),
            ]);
        }
    }
    let head = head(&["service, at the peak", "cores", "CPU for each call sent to it"]);
    Table { title: "What the services took of the machine".into(), head, rows }
}

fn books(night: &Night) -> Table {
    let yuan = |fen: u64| format!("{}.{:02}", whole(fen / 100), fen % 100);
    let mut rows = Vec::new();
    for run in &night.runs {
        for sum in &run.books.sums {
            rows.push(vec![
                format!("{} {} protection", sum.what, side(run)),
                whole(sum.count),
                yuan(sum.fen),
            ]);
        }
        for fault in &run.books.faults {
            rows.push(vec![format!("WRONG {} protection: {fault}", side(run)), String::new(), String::new()]);
        }
    }
    Table { title: "The books".into(), head: head(&["parts of packets", "number", "yuan"]), rows }
}

fn setting(night: &Night) -> Table {
    let setting = &night.setting;
    let mut rows = vec![
        vec!["seed".into(), setting.seed.to_string()],
        vec!["people, some of whom shake far more often than others".into(), whole(setting.users)],
        vec!["connections that stand for all of them".into(), setting.connections.to_string()],
        vec!["clients in an endless loop".into(), setting.wild.to_string()],
        vec!["shakes a second that access can answer".into(), short(setting.capacity)],
        vec!["cores, for services and driver".into(), setting.cores.to_string()],
    ];
    for part in &setting.parts {
        rows.push(vec![
            format!("{}, from second to second", part.name),
            format!("{} – {}", part.from, part.to),
        ]);
    }
    for run in &night.runs {
        let late = run.made_late();
        let [half, most] = [500, 990].map(|per_mille| late.ms(per_mille));
        let late = if half.is_none() { DASH.into() } else { format!("{} / {}", time(half), time(most)) };
        rows.push(vec![format!("how late the driver made calls {} protection, p50 / p99", side(run)), late]);
    }
    Table { title: "The setting".into(), head: head(&["", ""]), rows }
}
