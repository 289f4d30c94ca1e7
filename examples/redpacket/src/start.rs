//! How each of the services is started.

use std::error::Error;
use std::fs::create_dir_all;
use std::io;
use std::path::PathBuf;

use clap::Args;
use svrkit_runtime::metrics::Gauge;
use svrkit_runtime::{Config, ConfigError, Key, LevelChange, Metrics, Monitor, Server};

/// Why a service does not start, or has ended.
pub type Failure = Box<dyn Error + Send + Sync>;

/// What a service is started with.
#[derive(Args, Clone, Debug)]
pub struct Start {
    /// The address that it listens on; with port 0 the system chooses one.
    #[arg(long, default_value = "127.0.0.1:0")]
    pub listen: String,
    /// The folder of what it keeps.
    #[arg(long, default_value = "redpacket-data")]
    pub data: PathBuf,
    /// A file of its configuration; a later one wins over an earlier one.
    #[arg(long)]
    pub config: Vec<PathBuf>,
}

impl Start {
    /// What the files say and the environment, with keys of the service's own.
    pub(crate) fn config(&self, keys: impl IntoIterator<Item = Key>) -> Result<Config, ConfigError> {
        let config = keys.into_iter().fold(Config::builder(), |config, key| config.key(key));
        self.config.iter().fold(config, |config, file| config.file(file)).environment().load()
    }

    /// The file of its store, in a folder that is there.
    pub(crate) fn store(&self, name: &str) -> io::Result<PathBuf> {
        create_dir_all(&self.data)?;
        Ok(self.data.join(name))
    }

    /// Serves until it is told to stop. What it says first is where it listens.
    pub(crate) async fn serve(&self, config: &Config, server: Server) -> Result<(), Failure> {
        let level = Level { admitted: Metrics::configured(config).register()? };
        level.admitted.level.set(u16::MAX.into());
        Ok(server.config(config).monitor(level).serve(&self.listen).await?)
    }
}

/// Shows the server's level among its metrics.
struct Level {
    admitted: LevelMetrics,
}

#[derive(Metrics)]
#[metric(prefix = "redpacket")]
struct LevelMetrics {
    /// The least important calls that the server admits: 256 times their class, and their rank; 65535: all.
    level: Gauge,
}

impl Monitor for Level {
    fn level_changed(&self, change: &LevelChange) {
        let level = u16::from_be_bytes([change.admitted.class, change.admitted.rank]);
        self.admitted.level.set(level.into());
    }
}
