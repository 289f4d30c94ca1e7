//! A configuration about to be loaded: where from, and in which order.

use std::ffi::OsString;
#[cfg(feature = "toml")]
use std::path::PathBuf;

use super::key::{Given, Key};
use super::origin::Origin;
use super::reading::Reading;
use super::{Config, ConfigError, environment, own_keys};
use crate::limits::Limits;

/// A configuration about to be loaded: [`Config::builder`].
///
/// The order of the sources is fixed, whatever the order of the calls: defaults, then the program, then files in
/// their order, then the environment. What is closer to operation wins: who is on call changes a limit without building
/// anything, and one variable of one process without a change to a file that many share. Where the program knows
/// better, it says so by [`Self::fix`].
#[derive(Debug, Default)]
#[must_use = "a builder reads nothing until it loads"]
pub struct ConfigBuilder {
    keys: Vec<Key>,
    limits: Limits,
    set: Vec<(String, Given, Origin)>,
    #[cfg(feature = "toml")]
    files: Vec<PathBuf>,
    variables: Vec<(OsString, OsString)>,
}

impl ConfigBuilder {
    /// Adds a key of the program's own. It has no default: somebody must set it, be it the program.
    pub fn key(mut self, key: Key) -> Self {
        self.keys.push(key);
        self
    }

    /// Sets the limits that differ from their defaults.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets a key, as files and the environment do: `set("message.in", "8MiB")`.
    pub fn set(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.set.push((name.into(), Given::text(value), Origin::Code));
        self
    }

    /// Sets a key and lets nobody else do so: a file or a variable that tries is refused, not ignored.
    pub fn fix(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.set.push((name.into(), Given::text(value), Origin::Fixed));
        self
    }

    /// Reads a file of TOML, of at most [`CONFIG_FILE_LEN_MAX`](crate::CONFIG_FILE_LEN_MAX) bytes. It must be there. Of
    /// several files a later one wins.
    #[cfg(feature = "toml")]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.files.push(path.into());
        self
    }

    /// Reads the environment of the process: `SVRKIT__MESSAGE__IN=8MiB` sets `message.in`.
    pub fn environment(self) -> Self {
        self.variables(std::env::vars_os())
    }

    /// Reads these variables as [`Self::environment`] reads the process's: for tests.
    pub fn variables<N, V>(mut self, variables: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<OsString>,
        V: Into<OsString>,
    {
        self.variables.extend(variables.into_iter().map(|(name, value)| (name.into(), value.into())));
        self
    }

    /// Reads all sources. Blocks while it reads files, and is for the start of a program.
    ///
    /// # Errors
    /// [`ConfigError`] with every mistake of every source.
    pub fn load(self) -> Result<Config, ConfigError> {
        let mut reading = Reading::new(own_keys(), self.keys);
        for (key, number) in self.limits.changed() {
            reading.set(key.name(), &Given::text(key.show_number(number)), Origin::Code);
        }
        for (name, given, origin) in self.set {
            reading.set(&name, &given, origin);
        }
        #[cfg(feature = "toml")]
        for path in self.files {
            super::file::read(&path, &mut reading);
        }
        environment::read(self.variables, &mut reading);
        reading.end()
    }
}
