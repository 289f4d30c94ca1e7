//! The entry: shakes are answered here, by tokens that were drawn ahead of them, and everything about packets is passed on.

mod preload;

use std::sync::Arc;
use std::time::Duration;

use svrkit_runtime::metrics::{Counter, Family, Gauge, Labels};
use svrkit_runtime::{Client, ErrorCode, Key, Metrics, Server, Status};

use self::preload::Preload;
use crate::hardware::Hardware;
use crate::protocol::{
    Access, AccessServer, OpenReply, OpenRequest, PacketError, PacketsClient, ShakeReply, ShakeRequest,
    ShareReply, ShareRequest, Token,
};
use crate::start::{Failure, Start};

/// Serves the entry until it is told to stop.
///
/// # Errors
/// What its configuration, or what it listens on, is at fault with.
pub async fn serve(start: Start) -> Result<(), Failure> {
    let config = start.config(keys())?;
    let metrics: AccessMetrics = Metrics::configured(&config).register()?;
    let packets = Client::builder(config.text(TARGET).unwrap_or_default()).config(&config).lazy();
    let packets = PacketsClient::new(packets);
    let most = usize::try_from(config.number(PRELOAD).unwrap_or_default()).unwrap_or(usize::MAX);
    let preload = Preload::new(most, metrics.preloaded.clone());
    let filling = tokio::spawn({
        let (preload, packets) = (Arc::clone(&preload), packets.clone());
        async move { preload.fill(packets).await }
    });
    let entry = Entry {
        hardware: Hardware::new(config.number(PLACES).unwrap_or_default()),
        shake: config.duration(SHAKE).unwrap_or_default(),
        forward: config.duration(FORWARD).unwrap_or_default(),
        lucky: config.number(LUCKY).unwrap_or_default(),
        lucky_degraded: config.number(LUCKY_DEGRADED).unwrap_or_default(),
        preload,
        packets,
        metrics,
    };
    let served = start.serve(&config, Server::new().service(AccessServer::new(entry))).await;
    filling.abort();
    served
}

const TARGET: &str = "packet.target";
const PLACES: &str = "hardware.places";
const SHAKE: &str = "hardware.shake";
const FORWARD: &str = "hardware.forward";
const LUCKY: &str = "shake.lucky";
const LUCKY_DEGRADED: &str = "shake.lucky_degraded";
const PRELOAD: &str = "shake.preload";

fn keys() -> [Key; 7] {
    let time = Duration::ZERO..=Duration::from_secs(10);
    [
        Key::text(TARGET, "where the tier of packets is."),
        Key::count(PLACES, "how many calls the machine works at.", 1..=1_000_000),
        Key::duration(SHAKE, "how long it works at a shake.", time.clone()),
        Key::duration(FORWARD, "how long it works at what it passes on.", time),
        Key::count(LUCKY, "how many of a thousand shakes win a packet, while there are any.", 0..=1_000),
        Key::count(
            LUCKY_DEGRADED,
            "how many of a thousand shakes win a packet that are answered with less under high load.",
            0..=1_000,
        ),
        Key::count(PRELOAD, "how many tokens are kept ahead of those who shake.", 1..=1_000_000),
    ]
}

struct Entry {
    hardware: Hardware,
    shake: Duration,
    forward: Duration,
    /// Of a thousand.
    lucky: u64,
    lucky_degraded: u64,
    preload: Arc<Preload>,
    packets: PacketsClient,
    metrics: AccessMetrics,
}

#[derive(Metrics)]
#[metric(prefix = "redpacket")]
struct AccessMetrics {
    /// Shakes that were answered in full, by what fell out.
    shakes: Family<Shaken, Counter>,
    /// Tokens that are here ahead of those who shake.
    preloaded: Gauge,
}

/// What fell out of a shake.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Labels)]
enum Shaken {
    Packet,
    Nothing,
}

impl Entry {
    /// One for whoever is lucky: so many of a thousand, while there are any.
    fn token(&self, lucky: u64) -> Option<Token> {
        if fastrand::u64(..1_000) < lucky { self.preload.take() } else { None }
    }
}

impl Access for Entry {
    async fn shake(&self, _: ShakeRequest) -> Result<ShakeReply, Status> {
        self.hardware.work(self.shake).await;
        let token = self.token(self.lucky);
        self.metrics.shakes.of(&token.as_ref().map_or(Shaken::Nothing, |_| Shaken::Packet)).increment();
        Ok(ShakeReply { token, ..ShakeReply::default() })
    }

    // Costs the machine nothing: mostly that is to shake again.
    async fn shake_degraded(&self, _: ShakeRequest) -> Result<ShakeReply, Status> {
        Ok(ShakeReply { token: self.token(self.lucky_degraded), ..ShakeReply::default() })
    }

    async fn open(&self, request: OpenRequest) -> Result<OpenReply, Status> {
        self.hardware.work(self.forward).await;
        // By the deadline and the priority of the call that this one is in.
        self.packets.open(&request).await.map_err(ours)
    }

    async fn share(&self, request: ShareRequest) -> Result<ShareReply, Status> {
        self.hardware.work(self.forward).await;
        self.packets.share(&request).await.map_err(ours)
    }
}

/// What is wrong with a packet is what is wrong here. Anything else is between this tier and that one: its callers are told of it as the kit does it.
fn ours(status: Status) -> Status {
    PacketError::from_status(&status).map_or(status, Status::from)
}

#[cfg(test)]
mod tests;
