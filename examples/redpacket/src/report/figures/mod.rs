//! The figures of the report: one a file, each a function of the night, in the order of this table.

mod jobs;
mod load;
pub(crate) mod opens;
mod refusals;
pub(crate) mod shakes;
mod times;
mod wild;

use super::model::{Night, Run};

/// A figure, before it is laid out.
#[derive(Debug)]
pub(crate) struct Figure {
    pub(crate) title: &'static str,
    /// What one sees, in a sentence or two.
    pub(crate) caption: String,
    /// What the colours mean: a class, and its word.
    pub(crate) legend: Vec<(&'static str, &'static str)>,
    pub(crate) panels: Vec<Panel>,
}

/// A plot of a figure.
#[derive(Debug)]
pub(crate) struct Panel {
    pub(crate) title: String,
    pub(crate) svg: String,
}

const FIGURES: &[fn(&Night) -> Figure] = &[
    shakes::figure,
    opens::figure,
    times::figure,
    load::figure,
    jobs::figure,
    refusals::figure,
    wild::figure,
];

/// All figures of a night.
pub(crate) fn of(night: &Night) -> Vec<Figure> {
    FIGURES.iter().map(|figure| figure(night)).collect()
}

/// The heights of plots.
const TALL: f64 = 150.0;
const LOW: f64 = 96.0;

fn side(run: &Run) -> &'static str {
    if run.is_protected { "with protection" } else { "without protection" }
}

/// The class of a run's line.
fn line_of(run: &Run) -> &'static str {
    if run.is_protected { "with" } else { "without" }
}

const SIDES: [(&str, &str); 2] = [("with", "with protection"), ("without", "without protection")];

/// A panel for each run.
fn for_each_run(night: &Night, svg: impl Fn(&Run) -> String) -> Vec<Panel> {
    night.runs.iter().map(|run| Panel { title: side(run).into(), svg: svg(run) }).collect()
}
