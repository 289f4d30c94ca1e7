//! Figures as lines of a table that is as wide as there is room: what matters less is left out first.

use super::figures::{Figures, Row};

/// By what rows are sorted: the greatest first, names from A on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Sort {
    #[default]
    Rate,
    Errors,
    Slowest,
    InFlight,
    Name,
}

/// Which rows are shown, and in which order.
#[derive(Clone, Debug, Default)]
pub(super) struct Choice {
    pub(super) sort: Sort,
    /// What a name has to hold, whatever its case.
    pub(super) filter: String,
    /// The kit's own methods, too.
    pub(super) with_kit: bool,
}

/// Narrower than this nothing can be read.
pub(super) const WIDTH_MIN: usize = 30;

/// What a name is given at least, before a column is left out for it.
const NAME_WIDTH_MIN: usize = 20;

const COLUMN_WIDTH: usize = 10;

/// Its head, and what it shows.
type Column = (&'static str, fn(&Row) -> String);

/// From those that matter most.
const COLUMNS: [Column; 8] = [
    ("CALLS/S", |row| per_second(row.rate)),
    ("ERR/S", |row| per_second(row.errors)),
    ("P99", |row| duration(row.percentiles.map(|it| it[1]))),
    ("IN FLIGHT", |row| row.in_flight.to_string()),
    ("P50", |row| duration(row.percentiles.map(|it| it[0]))),
    ("ERR%", |row| if row.rate > 0.0 { format!("{:.1}", row.errors / row.rate * 100.0) } else { "-".into() }),
    ("P99.9", |row| duration(row.percentiles.map(|it| it[2]))),
    ("CALLS", |row| row.calls.to_string()),
];

/// The head of the table and its rows, each `width` letters wide at most.
pub(super) fn lines(figures: &Figures, choice: &Choice, width: usize) -> Vec<String> {
    let room = width.saturating_sub(NAME_WIDTH_MIN) / COLUMN_WIDTH;
    let columns = &COLUMNS[..room.min(COLUMNS.len())];
    let name_width = width - columns.len() * COLUMN_WIDTH;
    let line = |name: &str, cells: Vec<String>| {
        let cells: String = cells.iter().map(|cell| format!("{cell:>COLUMN_WIDTH$}")).collect();
        let name = cut(name, name_width);
        format!("{name:name_width$}{cells}").trim_end().to_owned()
    };
    let head = line("METHOD", columns.iter().map(|(head, _)| (*head).to_owned()).collect());
    let rows = chosen(figures, choice);
    let rows =
        rows.into_iter().map(|row| line(&row.name, columns.iter().map(|(_, cell)| cell(row)).collect()));
    [head].into_iter().chain(rows).collect()
}

fn chosen<'f>(figures: &'f Figures, choice: &Choice) -> Vec<&'f Row> {
    let filter = choice.filter.to_lowercase();
    let is_chosen =
        |row: &&Row| (choice.with_kit || !row.is_kit) && row.name.to_lowercase().contains(&filter);
    let mut rows: Vec<_> = figures.rows.iter().filter(is_chosen).collect();
    rows.sort_by(|a, b| {
        let by_sort = match choice.sort {
            Sort::Rate => b.rate.total_cmp(&a.rate),
            Sort::Errors => b.errors.total_cmp(&a.errors),
            Sort::Slowest => b.percentiles.map(|it| it[1]).cmp(&a.percentiles.map(|it| it[1])),
            Sort::InFlight => b.in_flight.cmp(&a.in_flight),
            Sort::Name => std::cmp::Ordering::Equal,
        };
        by_sort.then_with(|| a.name.cmp(&b.name))
    });
    rows
}

/// The end of a name that is too long: its beginning is the package, which others have too.
fn cut(name: &str, width: usize) -> String {
    let len = name.chars().count();
    if len < width {
        return name.to_owned();
    }
    let end: String = name.chars().skip(len + 3 - width).collect();
    format!("..{end}")
}

fn per_second(rate: f64) -> String {
    if rate < 1_000.0 { format!("{rate:.1}") } else { format!("{rate:.0}") }
}

fn duration(ns: Option<u64>) -> String {
    match ns {
        None => "-".into(),
        Some(ns) if ns < 1_000 => format!("{ns}ns"),
        Some(ns) if ns < 1_000_000 => format!("{:.1}us", ns as f64 / 1e3),
        Some(ns) if ns < 1_000_000_000 => format!("{:.1}ms", ns as f64 / 1e6),
        Some(ns) => format!("{:.1}s", ns as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, rate: f64, errors: f64, p99: u64, in_flight: i64) -> Row {
        let percentiles = Some([p99 / 2, p99, p99 * 2]);
        let is_kit = name.starts_with("svrkit");
        Row { name: name.into(), rate, errors, percentiles, in_flight, calls: 7, is_kit }
    }

    fn figures() -> Figures {
        let rows = vec![
            row("shop.Orders.Place", 1_200.0, 0.0, 2_000, 1),
            row("shop.Orders.Cancel", 2.5, 2.5, 3_000_000, 0),
            row("stock.Stock.Reserve", 10.0, 1.0, 1_500_000_000, 9),
            row("svrkit.health.Health.Check", 99.0, 0.0, 500, 0),
        ];
        Figures { rows, ..Figures::default() }
    }

    #[test]
    fn as_many_columns_are_shown_as_there_is_room_for() {
        let line = |name: &str, cells: &[&str], name_width: usize| {
            let cells: String = cells.iter().map(|cell| format!("{cell:>10}")).collect();
            format!("{name:name_width$}{cells}")
        };
        let wide = lines(&figures(), &Choice::default(), 105);
        let heads = ["CALLS/S", "ERR/S", "P99", "IN FLIGHT", "P50", "ERR%", "P99.9", "CALLS"];
        let place = ["1200", "0.0", "2.0us", "1", "1.0us", "0.0", "4.0us", "7"];
        let reserve = ["10.0", "1.0", "1.5s", "9", "750.0ms", "10.0", "3.0s", "7"];
        assert_eq!(wide[0], line("METHOD", &heads, 25));
        assert_eq!(wide[1], line("shop.Orders.Place", &place, 25));
        assert_eq!(wide[2], line("stock.Stock.Reserve", &reserve, 25));
        let narrow = lines(&figures(), &Choice::default(), 39);
        assert_eq!(narrow[1], line("shop.Orders.Place", &place[..1], 29));
        for width in WIDTH_MIN..200 {
            assert!(lines(&figures(), &Choice::default(), width).iter().all(|line| line.len() <= width));
        }
    }

    #[test]
    fn rows_are_chosen_and_sorted() {
        let names = |choice: Choice| -> Vec<String> {
            let lines = lines(&figures(), &choice, 60);
            lines[1..].iter().map(|line| line.split([' ', '.']).nth(2).unwrap().to_owned()).collect()
        };
        for (sort, expected) in [
            (Sort::Rate, ["Place", "Reserve", "Cancel"]),
            (Sort::Errors, ["Cancel", "Reserve", "Place"]),
            (Sort::Slowest, ["Reserve", "Cancel", "Place"]),
            (Sort::InFlight, ["Reserve", "Place", "Cancel"]),
            (Sort::Name, ["Cancel", "Place", "Reserve"]),
        ] {
            assert_eq!(names(Choice { sort, ..Choice::default() }), expected, "{sort:?}");
        }
        assert_eq!(names(Choice { filter: "ORDERS.".into(), ..Choice::default() }), ["Place", "Cancel"]);
        assert_eq!(names(Choice { with_kit: true, ..Choice::default() }).len(), 4);
    }

    #[test]
    fn of_a_long_name_its_end_is_shown() {
        assert_eq!(cut("shop.orders.of.customers.Orders.Place", 15), "..Orders.Place");
        assert_eq!(cut("a.B.C", 15), "a.B.C");
    }
}
