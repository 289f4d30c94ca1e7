//! The entry as phones see it, before a tier of packets that is a double.

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{Cause, ClientProtection, Code, Context, Load, Priority, Tier};

use super::*;
use crate::protocol::{AccessClient, DrawReply, DrawRequest, Packets, PacketsServer, Token};

const HOUR: Duration = Duration::from_secs(3_600);

/// Gives as many tokens as it is asked for, and opens packet 1 alone; and there is something in it where the call is one of the core.
struct Double;

impl Packets for Double {
    async fn draw(&self, request: DrawRequest) -> Result<DrawReply, Status> {
        let token = Token { packet: 1, ..Token::default() };
        let tokens = vec![token; usize::try_from(request.count).unwrap()];
        Ok(DrawReply { tokens, ..DrawReply::default() })
    }

    async fn open(&self, request: OpenRequest) -> Result<OpenReply, Status> {
        if request.token.is_none_or(|token| token.packet != 1) {
            return Err(PacketError::NoSuchPacket.into());
        }
        let is_core = Context::current().priority().unwrap().class == Priority::CORE.class;
        Ok(OpenReply { fen: if is_core { request.user } else { 0 }, ..OpenReply::default() })
    }

    async fn share(&self, _: ShareRequest) -> Result<ShareReply, Status> {
        Err(PacketError::NotOpened.into())
    }
}

/// An entry without a machine to wait for.
struct Lobby {
    access: AccessClient,
    load: Load,
    preload: Arc<Preload>,
    packets: PacketsClient,
    _servers: [TestServer; 2],
}

impl Lobby {
    async fn open(lucky: u64, lucky_degraded: u64) -> Self {
        let below = TestServer::start(PacketsServer::new(Double)).await;
        let packets = PacketsClient::new(below.client().await);
        let metrics: AccessMetrics = Metrics::new().register().unwrap();
        let preload = Preload::new(10, metrics.preloaded.clone());
        let entry = Entry {
            hardware: Hardware::new(1),
            shake: Duration::ZERO,
            forward: Duration::ZERO,
            lucky,
            lucky_degraded,
            preload: Arc::clone(&preload),
            packets: packets.clone(),
            metrics,
        };
        let server = Server::new().service(AccessServer::new(entry));
        let load = server.load();
        let server = TestServer::start(server).await;
        let client = Client::builder(server.address()).protection(ClientProtection::off()).lazy();
        Self { access: AccessClient::new(client), load, preload, packets, _servers: [below, server] }
    }

    /// Has tokens drawn until there are some.
    async fn fill(&self) {
        let filling = tokio::spawn({
            let (preload, packets) = (Arc::clone(&self.preload), self.packets.clone());
            async move { preload.fill(packets).await }
        });
        while self.preload.len() == 0 {
            tokio::task::yield_now().await;
        }
        filling.abort();
    }
}

fn shake() -> ShakeRequest {
    ShakeRequest { user: 7, ..ShakeRequest::default() }
}

fn open(packet: u64) -> OpenRequest {
    let token = Some(Token { packet, ..Token::default() });
    OpenRequest { user: 7, token, ..OpenRequest::default() }
}

#[tokio::test]
async fn who_is_lucky_gets_a_token_while_there_are_some() {
    let lobby = Lobby::open(1_000, 0).await;
    assert_eq!(lobby.access.shake(&shake()).await.unwrap().token, None, "none was drawn");
    lobby.fill().await;
    assert_eq!(lobby.preload.len(), 10, "as many as are kept at most");
    for _ in 0..10 {
        assert_eq!(lobby.access.shake(&shake()).await.unwrap().token.unwrap().packet, 1);
    }
    assert_eq!(lobby.access.shake(&shake()).await.unwrap().token, None);
}

#[tokio::test]
async fn who_is_not_lucky_gets_none() {
    let lobby = Lobby::open(0, 0).await;
    lobby.fill().await;
    assert_eq!(lobby.access.shake(&shake()).await.unwrap().token, None);
    assert_eq!(lobby.preload.len(), 10);
}

#[tokio::test]
async fn under_load_shakes_are_answered_with_less_then_refused_and_packets_are_opened_still() {
    let lobby = Lobby::open(1_000, 0).await;
    lobby.fill().await;
    lobby.load.hold(Tier::High, HOUR, "a test");
    let shaken = lobby.access.shake(&shake()).with_marks().await.unwrap();
    assert!(shaken.is_degraded);
    assert_eq!((shaken.message.token, lobby.preload.len()), (None, 10));

    lobby.load.hold(Tier::Critical, HOUR, "a test");
    let refused = lobby.access.shake(&shake()).await.unwrap_err();
    assert_eq!((refused.code(), refused.facts().cause), (Code::ResourceExhausted, Cause::Tier));
    assert_eq!(lobby.access.open(&open(1)).await.unwrap().fen, 7, "core, and by its caller's deadline");
}

#[tokio::test]
async fn under_load_some_are_lucky_still() {
    let lobby = Lobby::open(0, 1_000).await;
    lobby.fill().await;
    assert_eq!(lobby.access.shake(&shake()).await.unwrap().token, None);
    lobby.load.hold(Tier::High, HOUR, "a test");
    let shaken = lobby.access.shake(&shake()).with_marks().await.unwrap();
    assert!(shaken.is_degraded);
    assert_eq!(shaken.message.token.unwrap().packet, 1);
}

#[tokio::test]
async fn what_the_packets_say_is_passed_on() {
    let lobby = Lobby::open(0, 0).await;
    let status = lobby.access.open(&open(2)).await.unwrap_err();
    assert_eq!(PacketError::from_status(&status), Some(PacketError::NoSuchPacket));
    let token = Some(Token { packet: 1, ..Token::default() });
    let share = ShareRequest { user: 7, token, friend: 8, ..ShareRequest::default() };
    let status = lobby.access.share(&share).await.unwrap_err();
    assert_eq!(PacketError::from_status(&status), Some(PacketError::NotOpened));
}
