//! What is told of a caller that is blocked.

use std::time::Duration;

use crate::spec::Spec;

/// A caller that runs wild: it asks one thing over and over, far beyond what others ask, and its calls of that method are refused for a time.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CallerBlocked<'a> {
    /// Who: what it has proved to be, its address, or with that what it calls itself.
    pub caller: &'a str,
    /// The hash of the route key of the one user of it whose calls they are; `None`: all of its calls.
    pub user: Option<u32>,
    /// The method.
    pub spec: &'static Spec,
    /// How many times a second it has certainly asked the same.
    pub rate: f64,
    /// How many calls a second most others make at most.
    pub norm: f64,
    /// Which offence of it this is, of those that are remembered; from 1 on.
    pub offences: u32,
    /// For how long it is blocked.
    pub time: Duration,
    /// Whether nothing comes of it: the server only watches.
    pub is_watched: bool,
}
