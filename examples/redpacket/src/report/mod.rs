//! What a night was, as people read it. [`model`] are the numbers, pure; everything else here is a function of them to text, and neither calls
//! services nor touches files.

mod figures;
mod json;
pub(crate) mod latencies;
mod markdown;
pub(crate) mod model;
pub(crate) mod numbers;
mod page;
mod picture;
mod plot;
mod tables;
mod text;
pub(crate) mod verdict;

pub(crate) use self::json::json;
pub(crate) use self::markdown::with_table;
pub(crate) use self::page::html;
pub(crate) use self::picture::picture;
pub(crate) use self::plot::frame::PEAK;
pub(crate) use self::text::text;

#[cfg(test)]
mod tests;
