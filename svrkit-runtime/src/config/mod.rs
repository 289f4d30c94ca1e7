//! Configuration: from code, a file and the environment, each value with where it comes from.
//!
//! `crate::limits` has the table of the runtime's limits, this module the keys that are none. [`ConfigBuilder`] says
//! which source wins and why. It reads once, when a program starts; nothing here watches files.

mod builder;
mod environment;
mod error;
#[cfg(feature = "toml")]
mod file;
mod key;
mod method;
mod number;
mod origin;
mod reading;

use std::fmt;
use std::time::Duration;

pub use self::builder::ConfigBuilder;
pub use self::error::{CONFIG_FILE_LEN_MAX, ConfigError, FAULTS_MAX, Fault, FaultKind};
use self::key::Value;
pub use self::key::{Key, NotTaken, TEXT_LEN_MAX};
pub(crate) use self::method::keys as method_keys;
pub use self::number::NoNumber;
pub(crate) use self::number::{Measure, Quantity};
pub use self::origin::Origin;
use crate::admission::Tier;
use crate::limits::Limits;
use crate::mode::Mode;
use crate::rate::Rate;
use crate::trust::Trust;

const SERVER_NAME: &str = "server.name";
const SERVER_LISTEN: &str = "server.listen";
#[cfg(all(unix, feature = "takeover"))]
const SERVER_TAKEOVER: &str = "server.takeover";
const SERVER_REFLECTION: &str = "server.reflection";
const SERVER_MONITORING: &str = "server.monitoring";
const SERVER_ADMISSION: &str = "server.admission";
const SERVER_TRUST: &str = "server.trust";
const CLIENT_NAME: &str = "client.name";
const METRICS: &str = "metrics.count";
const METRICS_DIR: &str = "metrics.dir";

/// The keys of the runtime: its limits, and what is none.
fn own_keys() -> Vec<Key> {
    let mut keys = vec![
        Key::text(SERVER_NAME, "the name that a server gives to its peers, for their logs.").with_default(""),
        Key::text(SERVER_LISTEN, "the address that a server listens on.").with_default("127.0.0.1:4310"),
        Key::flag(
            SERVER_REFLECTION,
            "whether a server tells callers what it serves and what its schemas say of that.",
        )
        .with_default_flag(true),
        Key::flag(
            SERVER_MONITORING,
            "whether a server tells callers what it has counted of its calls, for `cargo svrkit top`.",
        )
        .with_default_flag(true),
        Mode::key(
            SERVER_ADMISSION,
            "what a server does with calls beyond what it can do: `on` refuses the least important, `watch` counts those and lets them through, `off` does neither.",
        ),
        Trust::key(
            SERVER_TRUST,
            "of whom a server believes how important calls are, for which user, and by which name they come: `auto` of who has proved itself by a certificate or is on this machine, `inherit` of everybody, `entry` of nobody.",
        ),
        #[cfg(all(unix, feature = "takeover"))]
        Key::text(
            SERVER_TAKEOVER,
            "the path of the Unix socket at which a server waits for its successor; empty: there is none. Needs the feature `takeover`.",
        )
        .with_default(""),
        Key::text(CLIENT_NAME, "the name that a client gives to servers, for their logs.").with_default(""),
        Key::flag(METRICS, "whether servers and clients count what happens to their calls.").with_default_flag(true),
        Key::text(
            METRICS_DIR,
            "the folder that the process keeps its metrics in, for others to read; `default`: `/dev/shm/svrkit-UID` where there is one; empty: in ordinary memory.",
        )
        .with_default("default"),
    ];
    keys.extend(crate::admission::keys());
    keys.extend(crate::client::protection_keys());
    keys.extend(crate::admin::keys());
    keys.extend(crate::log::keys());
    #[cfg(feature = "tls")]
    keys.extend(crate::tls::keys());
    keys.extend(crate::transport::framing::config::keys());
    keys.extend(Limits::keys());
    keys
}

/// The values that hold in this process, each with where it comes from.
///
/// ```no_run
/// # async fn run(greeter: impl svrkit_runtime::Service) -> Result<(), svrkit_runtime::ServeError> {
/// use svrkit_runtime::{Config, Server};
///
/// let config = Config::builder().environment().load()?;
/// Server::new().config(&config).service(greeter).serve(config.listen()).await
/// # }
/// ```
///
/// Printed, it has a line for each key: name, value, origin.
#[derive(Clone, Debug)]
pub struct Config {
    settings: Vec<Setting>,
}

/// One key with its value and where that comes from.
#[derive(Clone, Debug)]
pub struct Setting {
    key: Key,
    value: Value,
    origin: Origin,
}

impl Config {
    /// A configuration to be put together.
    pub fn builder() -> ConfigBuilder {
        ConfigBuilder::default()
    }

    /// What a file and the environment say; the environment wins. See [`ConfigBuilder::load`].
    ///
    /// # Errors
    /// [`ConfigError`] with every mistake of both.
    #[cfg(feature = "toml")]
    pub fn load(file: impl Into<std::path::PathBuf>) -> Result<Self, ConfigError> {
        Self::builder().file(file).environment().load()
    }

    /// Every key, in the order of the documentation; those of the program last.
    pub fn settings(&self) -> impl Iterator<Item = &Setting> {
        self.settings.iter()
    }

    /// The same with `limits` in the place of its own: those that differ are the program's word.
    pub(crate) fn with_limits(mut self, limits: &Limits) -> Self {
        for (key, number) in limits.by_key() {
            let setting = self.settings.iter_mut().find(|setting| setting.key.name() == key.name());
            if let Some(setting) = setting
                && setting.value != Value::Number(number)
            {
                (setting.value, setting.origin) = (Value::Number(number), Origin::Code);
            }
        }
        self
    }

    /// The limits.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits::of(|name| self.number_of(name, |_| true))
    }

    /// `server.listen`: the address that a server listens on.
    #[must_use]
    pub fn listen(&self) -> &str {
        self.text(SERVER_LISTEN).unwrap_or_default()
    }

    /// `server.name`: the name that a server gives to its peers.
    #[must_use]
    pub fn server_name(&self) -> &str {
        self.text(SERVER_NAME).unwrap_or_default()
    }

    /// `server.takeover`: where a server waits for its successor; `None`: nowhere.
    #[cfg(all(unix, feature = "takeover"))]
    #[must_use]
    pub fn takeover(&self) -> Option<&str> {
        self.text(SERVER_TAKEOVER).filter(|path| !path.is_empty())
    }

    /// `server.reflection`: whether a server tells callers what it serves and what its schemas say of that.
    #[must_use]
    pub fn reflection(&self) -> bool {
        self.flag(SERVER_REFLECTION).unwrap_or(true)
    }

    /// `server.monitoring`: whether a server tells callers what it has counted.
    #[must_use]
    pub fn monitoring(&self) -> bool {
        self.flag(SERVER_MONITORING).unwrap_or(true)
    }

    /// `server.admission`: what a server does with calls beyond what it can do.
    #[must_use]
    pub fn admission(&self) -> Mode {
        Mode::from_word(self.text(SERVER_ADMISSION)).unwrap_or_default()
    }

    /// `server.trust`: whose word a server takes.
    #[must_use]
    pub fn trust(&self) -> Trust {
        Trust::from_word(self.text(SERVER_TRUST))
    }

    /// `client.name`: the name that a client gives to servers.
    #[must_use]
    pub fn client_name(&self) -> &str {
        self.text(CLIENT_NAME).unwrap_or_default()
    }

    /// `metrics.count`: whether anything is counted.
    #[must_use]
    pub fn metrics(&self) -> bool {
        self.flag(METRICS).unwrap_or(true)
    }

    /// `metrics.dir`: the folder that the process keeps its metrics in, empty for ordinary memory; `None`: the system's.
    #[must_use]
    pub fn metrics_dir(&self) -> Option<&str> {
        self.text(METRICS_DIR).filter(|dir| *dir != "default")
    }

    /// What it says of single methods: the full name, the word, and the setting.
    pub(crate) fn of_methods(&self) -> impl Iterator<Item = (&str, &str, &Setting)> {
        self.settings.iter().filter_map(|setting| {
            let (method, word) = method::parts(setting.key.name())?;
            Some((method, word, setting))
        })
    }

    /// The value of a size or a count; `None`: no key of this name is one.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u64> {
        self.number_of(name, |measure| measure != Measure::Time)
    }

    /// The value of a duration; `None`: no key of this name is one.
    #[must_use]
    pub fn duration(&self, name: &str) -> Option<Duration> {
        self.number_of(name, |measure| measure == Measure::Time).map(Duration::from_nanos)
    }

    /// The value of a flag; `None`: no key of this name is one.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.value(name)? {
            Value::Flag(flag) => Some(*flag),
            Value::Number(_) | Value::Text(_) | Value::Secret(_) => None,
        }
    }

    /// The value of a text; `None`: no key of this name is one.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.value(name)? {
            Value::Text(text) => Some(text),
            Value::Number(_) | Value::Flag(_) | Value::Secret(_) => None,
        }
    }

    /// The value of a secret; `None`: no key of this name is one.
    #[must_use]
    pub fn secret(&self, name: &str) -> Option<&str> {
        match self.value(name)? {
            Value::Secret(secret) => Some(secret.reveal()),
            Value::Number(_) | Value::Flag(_) | Value::Text(_) => None,
        }
    }

    /// The number of a key that measures what `is_asked`.
    fn number_of(&self, name: &str, is_asked: impl Fn(Measure) -> bool) -> Option<u64> {
        let setting = self.setting(name)?;
        match (&setting.value, setting.key.measure()) {
            (Value::Number(number), Some(measure)) if is_asked(measure) => Some(*number),
            _ => None,
        }
    }

    fn value(&self, name: &str) -> Option<&Value> {
        self.setting(name).map(|setting| &setting.value)
    }

    fn setting(&self, name: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.key.name() == name)
    }
}

impl Setting {
    /// A limit that a program without a configuration has, or has left at its default.
    pub(crate) fn of_limit(key: Key, number: u64) -> Self {
        let value = Value::Number(number);
        let is_default = key.default_value() == Some(&value);
        Self { key, value, origin: if is_default { Origin::Default } else { Origin::Code } }
    }

    /// The rate, where it is one.
    pub(crate) fn rate(&self) -> Option<Rate> {
        match &self.value {
            Value::Text(text) => text.parse().ok(),
            Value::Number(_) | Value::Flag(_) | Value::Secret(_) => None,
        }
    }

    /// The tier of load, where it is one.
    pub(crate) fn tier(&self) -> Option<Tier> {
        match &self.value {
            Value::Text(text) => text.parse().ok(),
            Value::Number(_) | Value::Flag(_) | Value::Secret(_) => None,
        }
    }

    /// The time, where it is one.
    pub(crate) fn duration(&self) -> Option<Duration> {
        match (&self.value, self.key.measure()) {
            (Value::Number(number), Some(Measure::Time)) => Some(Duration::from_nanos(*number)),
            _ => None,
        }
    }

    /// The count, where it is one.
    pub(crate) fn count(&self) -> Option<u32> {
        match self.value {
            Value::Number(number) => u32::try_from(number).ok(),
            Value::Flag(_) | Value::Text(_) | Value::Secret(_) => None,
        }
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// The value as it is written: `4MiB`; of a secret, only that it is one.
    #[must_use]
    pub fn value(&self) -> String {
        self.key.show(&self.value)
    }

    /// Where the value comes from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }
}

/// A line for each key: name, value and origin, in columns. Secrets are left out of it.
impl fmt::Display for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values: Vec<String> = self.settings.iter().map(Setting::value).collect();
        let value_width = values.iter().map(|value| value.chars().count()).max().unwrap_or_default();
        let names = self.settings.iter().map(|setting| setting.key.name().len());
        let name_width = names.max().unwrap_or_default();
        for (setting, value) in self.settings.iter().zip(&values) {
            let (name, origin) = (setting.key.name(), &setting.origin);
            writeln!(f, "{name:name_width$}  {value:value_width$}  {origin}")?;
        }
        Ok(())
    }
}
