//! What keeps calls from an endpoint, as pages show it.

use std::fmt;
use std::time::Duration;

use crate::mode::Mode;
use crate::priority::Priority;
use crate::spec::Spec;

/// Something that keeps calls from an endpoint now.
#[derive(Clone, Debug)]
pub(crate) struct Restrained {
    pub(crate) what: Restraint,
    /// Whether it does, or is only watched.
    pub(crate) mode: Mode,
    /// For how long, where that is known.
    pub(crate) left: Option<Duration>,
}

/// What keeps calls from an endpoint.
#[derive(Clone, Debug)]
pub(crate) enum Restraint {
    /// It is ejected: none go there while there is another one.
    Ejected,
    /// It has come back, and takes this share of those that it would.
    Returning(f64),
    /// The server announces that it admits those that are as important as this, and more.
    Level(Priority),
    /// It wants no more of a method, for all or for one user.
    Blocked { spec: &'static Spec, is_one_user: bool },
    /// It wishes no more of a method than so many a second.
    Slowed { spec: &'static Spec, per_second: f64 },
    /// It wishes that calls of a method are answered by last good answers that are no older than this.
    Spared { spec: &'static Spec, age_max: Duration },
    /// Of the business classes from the first to the last this share is refused.
    Throttled { first: u8, last: u8, share: f64 },
}

impl Restraint {
    /// The method that it is about; `None`: all.
    pub(crate) fn method(&self) -> Option<&'static Spec> {
        match self {
            Self::Blocked { spec, .. } | Self::Slowed { spec, .. } | Self::Spared { spec, .. } => Some(spec),
            Self::Ejected | Self::Returning(_) | Self::Level(_) | Self::Throttled { .. } => None,
        }
    }
}

impl fmt::Display for Restraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |share: f64| format!("{:.0} %", 100.0 * share);
        match self {
            Self::Ejected => f.write_str("ejected"),
            Self::Returning(share) => write!(f, "returning, takes {} of its calls", percent(*share)),
            Self::Level(level) => {
                write!(f, "admits class {}, rank {} and what is more important", level.class, level.rank)
            }
            Self::Blocked { is_one_user: true, .. } => f.write_str("blocked for one user"),
            Self::Blocked { .. } => f.write_str("blocked"),
            Self::Slowed { per_second, .. } => {
                write!(f, "slowed down to {} a second", (100.0 * per_second).round() / 100.0)
            }
            Self::Spared { age_max, .. } => {
                write!(f, "spared: last good answers of the last {} s are taken", age_max.as_secs_f64())
            }
            Self::Throttled { first, last, share } => {
                write!(f, "throttled: {} of classes {first} to {last} are not sent", percent(*share))
            }
        }
    }
}
