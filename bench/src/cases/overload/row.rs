//! One row: a figure or two, what it was to be, and whether it is.

use comfy_table::Table;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::report;

/// The JSON line. Its fields are an interface: programs read them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Row {
    case: &'static str,
    pub row: &'static str,
    pub peer: &'static str,
    /// As a multiple of the capacity.
    pub load: f64,
    /// As a share of the capacity, or of what was asked for where that is less.
    pub goodput: f64,
    /// Of calls that nobody refused.
    pub p99_ms: Option<f64>,
    /// What rows of its kind have beside.
    #[serde(flatten)]
    more: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    goal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    met: Option<bool>,
}

impl Row {
    pub(super) fn new(
        row: &'static str,
        peer: &'static str,
        load: f64,
        goodput: f64,
        p99_ms: Option<f64>,
    ) -> Self {
        Self {
            case: "overload",
            row,
            peer,
            load,
            goodput: rounded(goodput),
            p99_ms: p99_ms.map(rounded),
            more: Map::new(),
            goal: None,
            met: None,
        }
    }

    /// Adds a figure.
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = match value.into() {
            Value::Number(number) if number.is_f64() => rounded(number.as_f64().unwrap_or_default()).into(),
            value => value,
        };
        self.more.insert(name.to_owned(), value);
        self
    }

    /// Adds what it was to be, where it is held to something: the others are shown beside it.
    pub(super) fn held_to(mut self, is_held: bool, goal: &str, met: bool) -> Self {
        if is_held {
            (self.goal, self.met) = (Some(goal.to_owned()), Some(met));
        }
        self
    }

    /// For who watches.
    pub(super) fn line(&self) -> String {
        self.cells().join("  ")
    }

    /// For the table.
    pub(super) fn cells(&self) -> [String; 8] {
        let more: Vec<String> = self
            .more
            .iter()
            .map(|(name, value)| format!("{} {}", name.replace('_', " "), text(value)))
            .collect();
        [
            self.row.to_owned(),
            self.peer.to_owned(),
            format!("{}", self.load),
            format!("{:.2}", self.goodput),
            self.p99_ms.map_or("-".to_owned(), |ms| format!("{ms:.0}")),
            more.join(", "),
            self.goal.clone().unwrap_or_default(),
            self.met
                .map_or("", |met| if met { "met" } else { "missed" })
                .to_owned(),
        ]
    }
}

/// Figures as people read them.
fn text(value: &Value) -> String {
    match value {
        Value::Null => "never".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(" / "),
        value => value.to_string(),
    }
}

pub(super) fn table(rows: &[Row]) -> Table {
    let mut table = report::table(
        &["row", "peer", "load", "goodput", "p99 ms", "more", "goal", ""],
        2,
    );
    for column in table.column_iter_mut().skip(5) {
        column.set_cell_alignment(comfy_table::CellAlignment::Left);
    }
    for row in rows {
        table.add_row(row.cells());
    }
    table
}

/// To a thousandth: more digits than any measurement has.
pub(super) fn rounded(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_whether_it_is_as_it_was_to_be_where_it_is_held_to_that() {
        let row = Row::new("steady-cpu", "svrkit", 1.5, 0.98765, None)
            .with("shares", vec![1.0, 0.5])
            .held_to(true, "≥ 0.95", true);
        assert_eq!(
            serde_json::to_string(&row).unwrap(),
            r#"{"case":"overload","row":"steady-cpu","peer":"svrkit","load":1.5,"goodput":0.988,"p99_ms":null,"shares":[1.0,0.5],"goal":"≥ 0.95","met":true}"#
        );
        assert_eq!(
            row.cells(),
            [
                "steady-cpu",
                "svrkit",
                "1.5",
                "0.99",
                "-",
                "shares 1.0 / 0.5",
                "≥ 0.95",
                "met"
            ]
        );
        let other = Row::new("steady-cpu", "tonic", 1.5, 0.1, Some(3.0)).held_to(false, "≥ 0.95", false);
        assert_eq!(other.cells()[7], "");
    }
}
