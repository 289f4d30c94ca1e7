//! What a server or client that is about to be made will count in.

use std::path::PathBuf;

use super::{Metrics, default_dir};
use crate::config::Config;
use crate::limits::Limits;

/// What is counted in, as far as it is known.
#[derive(Clone, Debug, Default)]
pub(crate) enum Switch {
    /// What the process has, made by default.
    #[default]
    Process,
    /// What the process has, made in this folder; `None`: in ordinary memory.
    ProcessIn(Option<PathBuf>),
    Own(Metrics),
    Off,
}

impl Switch {
    /// What a configuration says, unless the program has said more.
    pub(crate) fn configure(&mut self, config: &Config) {
        if matches!(self, Self::Process | Self::ProcessIn(_)) {
            *self = match (config.metrics(), config.metrics_dir()) {
                (false, _) => Self::Off,
                (true, Some(dir)) => {
                    Self::ProcessIn(Some(dir).filter(|dir| !dir.is_empty()).map(PathBuf::from))
                }
                (true, None) => Self::Process,
            };
        }
    }

    /// What is counted in under these limits, if anything is.
    pub(crate) fn metrics(&self, limits: &Limits) -> Option<Metrics> {
        match self {
            Self::Process => Some(Metrics::process_by(limits, default_dir().as_deref())),
            Self::ProcessIn(dir) => Some(Metrics::process_by(limits, dir.as_deref())),
            Self::Own(metrics) => Some(metrics.clone()),
            Self::Off => None,
        }
    }
}
