//! The packets: issued when the night begins, opened at most once by each user, and credited by way of an outbox.

mod draws;
mod issue;
mod outbox;
pub(crate) mod tables;
mod vault;

use std::sync::Arc;
use std::time::Duration;

use svrkit_runtime::metrics::{Counter, Family, Gauge, Labels};
use svrkit_runtime::{Client, Config, Key, Metrics, OrInternal, Server, Status};
use svrkit_store::{Store, TableQueue};

use self::issue::Plan;
use self::vault::{Opening, Sharing, Vault};
use crate::hardware::Hardware;
use crate::protocol::{
    DrawReply, DrawRequest, LedgerClient, OpenReply, OpenRequest, PacketError, Packets, PacketsServer,
    ShareReply, ShareRequest,
};
use crate::start::{Failure, Start};

/// The file that the packets are in.
pub(crate) const STORE: &str = "packet.store";

/// Serves the packets until it is told to stop.
///
/// # Errors
/// What its configuration, its store, or what it listens on, is at fault with.
pub async fn serve(start: Start) -> Result<(), Failure> {
    let config = start.config(keys())?;
    let metrics: PacketMetrics = Metrics::configured(&config).register()?;
    let ledger = Client::builder(config.text(TARGET).unwrap_or_default()).config(&config).lazy();
    let store = Store::open(start.store(STORE)?)?;
    let jobs = TableQueue::open(store.clone()).await?;
    let (vault, opened) = Vault::open(store, jobs.clone(), &plan(&config)).await?;
    metrics.parts_opened.set(i64::try_from(opened).unwrap_or(i64::MAX));
    let lease = config.duration(LEASE).unwrap_or_default();
    let sending = outbox::send(jobs, LedgerClient::new(ledger), lease, metrics.credits_accepted.clone());
    let keeper = Keeper {
        hardware: Hardware::new(config.number(PLACES).unwrap_or_default()),
        open: config.duration(OPEN).unwrap_or_default(),
        share: config.duration(SHARE).unwrap_or_default(),
        vault: Arc::new(vault),
        metrics,
    };
    let served = start.serve(&config, Server::new().service(PacketsServer::new(keeper))).await;
    sending.stop().await;
    served
}

const TARGET: &str = "ledger.target";
const PLACES: &str = "hardware.places";
const OPEN: &str = "hardware.open";
const SHARE: &str = "hardware.share";
const SEED: &str = "night.seed";
const PACKETS: &str = "night.packets";
const PARTS: &str = "night.parts";
const FEN: &str = "night.fen";
const LEASE: &str = "outbox.lease";

fn keys() -> [Key; 9] {
    let time = Duration::ZERO..=Duration::from_secs(10);
    [
        Key::text(TARGET, "where the ledger is."),
        Key::count(PLACES, "how many calls the machine works at.", 1..=1_000_000),
        Key::duration(OPEN, "how long it works at opening a packet.", time.clone()),
        Key::duration(SHARE, "how long it works at passing one on.", time),
        Key::count(SEED, "what amounts and keys of a new night follow from.", 0..=u64::MAX),
        Key::count(PACKETS, "how many packets a new night has.", 1..=1_000_000),
        Key::count(PARTS, "how many parts a packet has at most.", 1..=100),
        Key::count(FEN, "how much is in all packets; a fen for each part at least.", 1..=1_000_000_000_000),
        Key::duration(
            LEASE,
            "how long an attempt to have a part credited may take, and a killed one is waited for.",
            Duration::from_secs(1)..=Duration::from_secs(600),
        ),
    ]
}

fn plan(config: &Config) -> Plan {
    let number = |key| config.number(key).unwrap_or_default();
    Plan { seed: number(SEED), packets: number(PACKETS), parts: number(PARTS), fen: number(FEN) }
}

struct Keeper {
    hardware: Hardware,
    open: Duration,
    share: Duration,
    vault: Arc<Vault>,
    metrics: PacketMetrics,
}

#[derive(Metrics, Clone)]
#[metric(prefix = "redpacket")]
struct PacketMetrics {
    /// Calls to open a packet, by what came of them.
    opened: Family<Came, Counter>,
    /// Parts that have been opened, all night long.
    parts_opened: Gauge,
    /// Credits that the ledger has accepted since the process started.
    credits_accepted: Counter,
    /// Tokens that were drawn since the process started.
    drawn: Counter,
}

/// What came of a call to open a packet.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Labels)]
enum Came {
    /// A part was opened.
    Now,
    /// It had been before, by the same user.
    Before,
    /// No part was left.
    Gone,
}

impl Packets for Keeper {
    async fn draw(&self, request: DrawRequest) -> Result<DrawReply, Status> {
        let most = usize::try_from(request.count).unwrap_or(usize::MAX);
        let tokens = self.vault.draw(most).await?;
        self.metrics.drawn.add(tokens.len() as u64);
        Ok(DrawReply { tokens, ..DrawReply::default() })
    }

    async fn open(&self, request: OpenRequest) -> Result<OpenReply, Status> {
        self.hardware.work(self.open).await;
        let (vault, metrics) = (Arc::clone(&self.vault), self.metrics.clone());
        // On a task of its own: a caller that gives up does not keep what is committed from being counted.
        let opening = tokio::spawn(async move {
            let token = request.token.unwrap_or_default();
            let opening = vault.open_for(request.user, &token).await;
            if let Ok(opening) = &opening {
                metrics.count(*opening);
            }
            opening
        });
        let fen = match opening.await.or_internal()?? {
            Opening::NoSuchPacket => return Err(PacketError::NoSuchPacket.into()),
            Opening::Gone => 0,
            Opening::Before(fen) | Opening::Now(fen) => fen,
        };
        Ok(OpenReply { fen, ..OpenReply::default() })
    }

    async fn share(&self, request: ShareRequest) -> Result<ShareReply, Status> {
        self.hardware.work(self.share).await;
        let token = request.token.unwrap_or_default();
        match self.vault.share(request.user, &token, request.friend).await? {
            Sharing::NoSuchPacket => Err(PacketError::NoSuchPacket.into()),
            Sharing::NotOpened => Err(PacketError::NotOpened.into()),
            Sharing::Shared(left) => Ok(ShareReply { left, ..ShareReply::default() }),
        }
    }
}

impl PacketMetrics {
    fn count(&self, opening: Opening) {
        let came = match opening {
            Opening::NoSuchPacket => return,
            Opening::Gone => Came::Gone,
            Opening::Before(_) => Came::Before,
            Opening::Now(_) => Came::Now,
        };
        self.opened.of(&came).increment();
        if came == Came::Now {
            self.parts_opened.add(1);
        }
    }
}
