//! The three services as processes of this machine: started, asked for their figures, killed, started again, and stopped.

mod process;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use svrkit_runtime::Snapshot;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

use self::process::{Process, fault};

/// Where a service is started again whose port is not free yet, it is tried for so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often is looked for what takes its time.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// One of the services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// The entry.
    Access,
    /// The packets.
    Packet,
    /// The ledger.
    Ledger,
}

impl Tier {
    /// All of them, each before those that it calls.
    pub const ALL: [Self; 3] = [Self::Access, Self::Packet, Self::Ledger];

    /// Its subcommand.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Packet => "packet",
            Self::Ledger => "ledger",
        }
    }

    fn config(self) -> &'static str {
        match self {
            Self::Access => include_str!("../../config/access.toml"),
            Self::Packet => include_str!("../../config/packet.toml"),
            Self::Ledger => include_str!("../../config/ledger.toml"),
        }
    }

    /// Which one it calls.
    fn below(self) -> Option<Self> {
        match self {
            Self::Access => Some(Self::Packet),
            Self::Packet => Some(Self::Ledger),
            Self::Ledger => None,
        }
    }
}

/// What is to be started.
#[derive(Clone, Debug)]
pub struct FleetPlan {
    /// The program `redpacket`.
    pub program: PathBuf,
    /// The folder of what is kept, of configurations and logs. It is made if need be.
    pub dir: PathBuf,
    /// Whether servers and clients protect themselves, as they do without a word.
    pub is_protected: bool,
    /// What differs from the configurations in `config/`, as files of that form.
    pub changes: BTreeMap<Tier, String>,
}

/// The services. Dropped, they are killed.
#[derive(Debug)]
pub struct Fleet {
    plan: FleetPlan,
    seats: BTreeMap<Tier, Seat>,
}

/// Where a service is, whichever process serves it now.
#[derive(Debug)]
struct Seat {
    address: String,
    process: Mutex<Process>,
}

impl Fleet {
    /// Starts them, each at a port that the system chooses.
    ///
    /// # Errors
    /// What a file, or a process, is at fault with, in words.
    pub async fn start(plan: FleetPlan) -> io::Result<Self> {
        fs::create_dir_all(&plan.dir)?;
        let mut fleet = Self { plan, seats: BTreeMap::new() };
        // Whoever is called is there before who calls.
        for tier in Tier::ALL.into_iter().rev() {
            let (process, address) = fleet.process(tier, "127.0.0.1:0").await?;
            fleet.seats.insert(tier, Seat { address, process: Mutex::new(process) });
        }
        Ok(fleet)
    }

    /// Where a service listens, also while it does not.
    ///
    /// # Errors
    /// It was never started.
    pub fn address(&self, tier: Tier) -> io::Result<&str> {
        Ok(&self.seat(tier)?.address)
    }

    /// What a service counts, as it stands. It costs the service nothing.
    ///
    /// # Errors
    /// It does not run, or is being started, or what it counts cannot be read.
    pub fn snapshot(&self, tier: Tier) -> io::Result<Snapshot> {
        let pid = self.seat(tier)?.process.try_lock().ok().and_then(|process| process.id());
        let pid = pid.ok_or_else(|| fault(tier, "does not run"))?;
        for file in fs::read_dir(self.metrics_dir(tier))? {
            // One of a process that was killed may go while this looks.
            if let Ok(snapshot) = Snapshot::read(file?.path())
                && snapshot.pid() == pid
            {
                return Ok(snapshot);
            }
        }
        Err(fault(tier, "counts nothing that can be read"))
    }

    /// Kills a service, as `kill -9` does, and waits until it is gone. Its address is kept for it.
    ///
    /// # Errors
    /// It does not run.
    pub async fn kill(&self, tier: Tier) -> io::Result<()> {
        self.seat(tier)?.process.lock().await.kill().await
    }

    /// Starts a service again that was killed, at the address that it had.
    ///
    /// # Errors
    /// It does not start, also where its port is another one's for a minute.
    pub async fn restart(&self, tier: Tier) -> io::Result<()> {
        let Seat { address, process } = self.seat(tier)?;
        let (mut process, began) = (process.lock().await, Instant::now());
        loop {
            match self.process(tier, address).await {
                Ok((started, _)) => {
                    *process = started;
                    return Ok(());
                }
                // Somebody's connection may have been given the port meanwhile.
                Err(error) if error.to_string().contains("in use") && began.elapsed() < PATIENCE => {
                    sleep(LOOK_EVERY).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits until all that was opened is credited, for `max` at most. `false`: it is not yet.
    ///
    /// # Errors
    /// Those of [`Self::snapshot`].
    pub async fn drained(&self, max: Duration) -> io::Result<bool> {
        let began = Instant::now();
        loop {
            let opened = self.snapshot(Tier::Packet)?.gauge("redpacket_parts_opened", &[]);
            let credited = self.snapshot(Tier::Ledger)?.gauge("redpacket_parts_credited", &[]);
            if opened == credited {
                return Ok(true);
            }
            if began.elapsed() > max {
                return Ok(false);
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// Stops them as an operator would, those first that call others.
    ///
    /// # Errors
    /// One does not stop.
    pub async fn stop(&self) -> io::Result<()> {
        for seat in self.seats.values() {
            seat.process.lock().await.stop().await?;
        }
        Ok(())
    }

    fn seat(&self, tier: Tier) -> io::Result<&Seat> {
        self.seats.get(&tier).ok_or_else(|| fault(tier, "was never started"))
    }

    fn metrics_dir(&self, tier: Tier) -> PathBuf {
        self.plan.dir.join(format!("{}.metrics", tier.name()))
    }

    /// A process of a service, and where that listens.
    async fn process(&self, tier: Tier, listen: &str) -> io::Result<(Process, String)> {
        let mut texts = vec![("toml", tier.config().to_owned())];
        if !self.plan.is_protected {
            texts.push(("unprotected.toml", include_str!("../../config/unprotected.toml").to_owned()));
        }
        let mut here = format!("[metrics]\ndir = {:?}\n", self.metrics_dir(tier));
        if let Some(below) = tier.below() {
            here += &format!("\n[{}]\ntarget = {:?}\n", below.name(), self.address(below)?);
        }
        texts.push(("here.toml", here));
        texts.extend(self.plan.changes.get(&tier).map(|changes| ("changes.toml", changes.clone())));
        let mut configs = Vec::new();
        for (end, text) in texts {
            let path = self.plan.dir.join(format!("{}.{end}", tier.name()));
            fs::write(&path, text)?;
            configs.push(path);
        }
        Process::start(&self.plan, tier, listen, &configs).await
    }
}
