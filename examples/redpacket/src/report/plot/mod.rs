//! Plots over the time of a night, as SVG that stands within the page and takes its colours from it.

pub(crate) mod frame;
pub(crate) mod marks;
