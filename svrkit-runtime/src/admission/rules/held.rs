//! What a method is held to: by its schema at first, then by the configuration, then by whoever changes it while the server serves.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::{MethodSeen, Rules, RulesSeen};
use crate::admission::{Gate, Tier};
use crate::config::{Key, Measure, Quantity, Setting, method_keys};
use crate::log::{self, Event};
use crate::rate::{NotARate, Rate};
use crate::spec::Spec;

/// What a server holds the calls of one method to; without anything, to what all calls are held to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MethodRules {
    /// How often a server takes calls of it; `None`: as often as it can.
    pub rate: Option<Rate>,
    /// How often it takes calls of it from one caller; `None`: as often as from all of them.
    pub caller_rate: Option<Rate>,
    /// How many of its calls it has at once at most, those that wait included; `None`, or 0: as many as of all methods.
    pub running_max: Option<u32>,
    /// How many places among the server's handlers no other method can take.
    pub reserve: u32,
    /// The load from which on its second handler answers, which only a method has whose schema says `degraded-from`; `None`, or calm: its first one
    /// answers under any load.
    pub degraded_from: Option<Tier>,
    /// The load from which on its calls are refused, be it before its second handler would answer; `None`, or calm: not because of the load's tier.
    pub refused_from: Option<Tier>,
    /// How old an answer may be that its callers take again in the place of a refusal for load, if their schema has them keep any; `None`, or zero: refusals wish
    /// for none. It holds no call.
    pub last_good: Option<Duration>,
}

/// The rules of a server that has its address, to be changed while it serves: [`Bound::rules`](crate::Bound::rules).
///
/// A change holds for calls that come from then on. It goes with the process: what is to hold for the next one belongs into its configuration.
#[derive(Clone, Debug)]
pub struct ServerRules {
    pub(super) rules: Arc<Rules>,
    pub(super) gate: Option<Arc<Gate>>,
}

/// Why a method is not held to what was said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotHeld {
    /// There is none of this name.
    MethodUnknown(UnknownMethod),
    /// Its answers cannot be degraded: its schema has no `degraded-from`, and it no second handler.
    NoSecondHandler {
        /// The method's full name.
        method: String,
    },
}

/// A server serves no method of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownMethod {
    /// The name as it was given.
    pub method: String,
    /// The most similar one that is served.
    pub nearest: Option<String>,
}

impl MethodRules {
    /// Those of the schema.
    #[must_use]
    pub fn of(spec: &Spec) -> Self {
        let Spec { rate, caller_rate, running_max, reserve, degraded_from, refused_from, last_good, .. } =
            *spec;
        Self { rate, caller_rate, running_max, reserve, degraded_from, refused_from, last_good }
    }

    /// The words of what a method may be held to.
    pub(crate) const WORDS: [&str; 7] =
        [RATE, CALLER_RATE, RUNNING_MAX, RESERVE, DEGRADED_FROM, REFUSED_FROM, LAST_GOOD];

    /// Sets what a word stands for, as a configuration has it; or says why not.
    pub(crate) fn read(&mut self, word: &str, text: &str) -> Result<(), String> {
        let wrong = |error: &dyn fmt::Display| format!("{word} is {text:?}: {error}");
        let rate = || match text {
            NONE => Ok(None),
            text => text.parse().map(Some).map_err(|error: NotARate| wrong(&error)),
        };
        let count = || match text.parse() {
            Ok(count @ 0..=HANDLERS_MAX) => Ok(count),
            _ => Err(wrong(&format_args!("expected a number from 0 to {HANDLERS_MAX}"))),
        };
        let tier = || match text {
            NONE => Ok(None),
            text if TIERS.contains(&text) => Ok(text.parse().ok()),
            _ => Err(wrong(&"expected busy, high or critical, or none")),
        };
        let age = || match text {
            NONE => Ok(None),
            text => match Measure::Time.read(text).map(Duration::from_nanos) {
                Ok(age) if age <= LAST_GOOD_MAX => Ok(Some(age).filter(|age| !age.is_zero())),
                _ => Err(wrong(&format_args!(
                    "expected none, or a time of at most {}h",
                    LAST_GOOD_MAX.as_secs() / 3600
                ))),
            },
        };
        match word {
            RATE => self.rate = rate()?,
            CALLER_RATE => self.caller_rate = rate()?,
            RUNNING_MAX => self.running_max = Some(count()?).filter(|max| *max > 0),
            RESERVE => self.reserve = count()?,
            DEGRADED_FROM => self.degraded_from = tier()?,
            REFUSED_FROM => self.refused_from = tier()?,
            LAST_GOOD => self.last_good = age()?,
            _ => {}
        }
        Ok(())
    }

    /// What a configuration may say of methods, `*` standing for the full name of one.
    #[must_use]
    pub fn keys() -> Vec<Key> {
        method_keys()
    }

    /// The same with what a configuration says of the method, whose settings these are.
    pub(super) fn set(&mut self, word: &str, setting: &Setting) {
        match word {
            RATE => self.rate = setting.rate(),
            CALLER_RATE => self.caller_rate = setting.rate(),
            RUNNING_MAX => self.running_max = setting.count().filter(|max| *max > 0),
            RESERVE => self.reserve = setting.count().unwrap_or(0),
            DEGRADED_FROM => self.degraded_from = setting.tier(),
            REFUSED_FROM => self.refused_from = setting.tier(),
            LAST_GOOD => self.last_good = setting.duration().filter(|age| !age.is_zero()),
            _ => {}
        }
    }

    /// Whether they say anything that each call has to be asked about, and not only those that come while the server is not calm.
    pub(super) fn concern_each_call(&self) -> bool {
        let Self { degraded_from, refused_from, last_good, .. } = *self;
        *self != Self { degraded_from, refused_from, last_good, ..Self::default() }
    }

    /// Whether the method can be held to them.
    pub(super) fn fit(&self, spec: &Spec) -> Result<(), NotHeld> {
        if self.degraded_from.is_some() && spec.degraded_from.is_none() {
            return Err(NotHeld::NoSecondHandler { method: spec.to_string() });
        }
        Ok(())
    }
}

/// The words of a configuration.
pub(crate) const RATE: &str = "rate";
pub(crate) const CALLER_RATE: &str = "caller_rate";
pub(crate) const RUNNING_MAX: &str = "running_max";
pub(crate) const RESERVE: &str = "reserve";
pub(crate) const DEGRADED_FROM: &str = "degraded_from";
pub(crate) const REFUSED_FROM: &str = "refused_from";
pub(crate) const LAST_GOOD: &str = "last_good";

/// The longest time that may be said of last good answers.
pub(crate) const LAST_GOOD_MAX: Duration = Duration::from_secs(24 * 3600);

/// The values of `degraded_from` and `refused_from`.
pub(crate) const TIERS: [&str; 4] = [NONE, Tier::Busy.as_str(), Tier::High.as_str(), Tier::Critical.as_str()];

/// No rate, no tier, no age.
const NONE: &str = "none";

/// The highest number of handlers that may be said.
pub(crate) const HANDLERS_MAX: u32 = 1_000_000;

impl ServerRules {
    pub(crate) fn new(rules: &Arc<Rules>, gate: Option<&Arc<Gate>>) -> Self {
        Self { rules: Arc::clone(rules), gate: gate.cloned() }
    }

    /// What a method is held to, by its full name.
    ///
    /// # Errors
    /// [`UnknownMethod`] where none of the server's is called so. The kit's are held to nothing, and are none of these.
    pub fn of(&self, method: &str) -> Result<MethodRules, UnknownMethod> {
        self.rules.method(method).map(|method| method.rules())
    }

    /// Holds a method to these rules from now on, whatever it was held to.
    ///
    /// # Errors
    /// [`NotHeld`], and nothing has changed.
    pub fn hold(&self, method: &str, rules: MethodRules) -> Result<(), NotHeld> {
        self.rules.hold(method, rules)?;
        log::line(Event::RulesChanged, &[("method", method)], format_args!("{method} is held to {rules}"));
        if let Some(gate) = &self.gate {
            gate.look_again();
        }
        Ok(())
    }

    /// What each method is held to, for people.
    pub(crate) fn methods(&self) -> Vec<MethodSeen> {
        self.rules.methods_seen()
    }

    /// What the rules are like now, for people.
    pub(crate) fn seen(&self, now: Instant) -> RulesSeen {
        self.rules.seen(now)
    }
}

/// `rate 200/s, running_max 64`, or `nothing of its own`.
impl fmt::Display for MethodRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rate, caller_rate, running_max, reserve, degraded_from, refused_from, last_good } = self;
        let mut said = Vec::new();
        said.extend(rate.map(|rate| format!("{RATE} {rate}")));
        said.extend(caller_rate.map(|rate| format!("{CALLER_RATE} {rate}")));
        said.extend(running_max.map(|max| format!("{RUNNING_MAX} {max}")));
        said.extend((*reserve > 0).then(|| format!("{RESERVE} {reserve}")));
        said.extend(degraded_from.map(|tier| format!("{DEGRADED_FROM} {tier}")));
        said.extend(refused_from.map(|tier| format!("{REFUSED_FROM} {tier}")));
        said.extend(last_good.map(|age| format!("{LAST_GOOD} {}", Measure::Time.show(age.to_number()))));
        match said.as_slice() {
            [] => f.write_str("nothing of its own"),
            said => f.write_str(&said.join(", ")),
        }
    }
}

impl fmt::Display for UnknownMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no method {:?} is served here", self.method)?;
        match &self.nearest {
            Some(nearest) => write!(f, ", only {nearest} is similar"),
            None => Ok(()),
        }
    }
}

impl Error for UnknownMethod {}

impl fmt::Display for NotHeld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MethodUnknown(unknown) => unknown.fmt(f),
            Self::NoSecondHandler { method } => write!(
                f,
                "{method} cannot have {DEGRADED_FROM}: its schema has none, so that there is no second handler to answer"
            ),
        }
    }
}

impl Error for NotHeld {}

impl From<UnknownMethod> for NotHeld {
    fn from(unknown: UnknownMethod) -> Self {
        Self::MethodUnknown(unknown)
    }
}
