//! Opening a link: the socket, the hellos, and the tasks that serve it.

use std::sync::Arc;

use tokio::io::AsyncRead;
use tokio::time::timeout;

use super::FrameLink;
use super::ending::goaway_words;
use crate::client::connection::Connection;
use crate::client::dial::dial;
use crate::client::pool::{Peer, Settings};
use crate::client::securing::refusal;
use crate::client::timer;
use crate::interceptor::Side;
use crate::limits::Limits;
use crate::monitor::{ConnectionWatch, Ending};
use crate::status::catalogue::connecting;
use crate::status::{Layer, Status};
use crate::task;
use crate::transport::{ALL, Framing, Inbox, ReadHalf};
use crate::wire::frame::{
    Facts, FrameDecoder, GoawayReason, HELLO_LEN_MAX, HELLO_NAME_LEN_MAX, Hello, VERSION, common_version,
    hello_header,
};
use crate::wire::prefix;
use crate::wire::tlv::Tlv;

/// Opens a connection to `peer` and exchanges hellos.
pub(in crate::client) async fn open(peer: &Arc<Peer>, settings: &Settings) -> Result<Connection, Status> {
    let (hooks, metrics) = (&settings.hooks, settings.metrics.as_ref());
    let mut watch = ConnectionWatch::new(hooks, metrics, Side::Client, Arc::clone(&peer.name));
    let opened = exchange_hellos(peer, settings).await;
    let (link, inbox, server) =
        opened.inspect_err(|status| watch.end(Ending::NotOpened, status.message()))?;
    watch.open();
    let reader = task::spawn({
        let link = Ended(Arc::clone(&link));
        async move { link.0.read(inbox, watch).await }
    });
    let timer = task::spawn({
        let link = Ended(Arc::clone(&link));
        async move { timer::run(Arc::clone(&link.0)).await }
    });
    Ok(Connection::new(link, server, Arc::clone(peer), vec![reader.abort_handle(), timer.abort_handle()]))
}

async fn exchange_hellos(
    peer: &Peer,
    settings: &Settings,
) -> Result<(Arc<FrameLink>, Inbox<ReadHalf>, Hello), Status> {
    let (endpoint, limits) = (&peer.name, &settings.limits);
    let named = |status: Status| status.endpoint(Arc::clone(endpoint));
    let socket = dial(peer.address(), limits).await.map_err(named)?;
    let socket = settings.security.secure(socket, peer.address(), limits).await.map_err(named)?;
    let (read, write) = socket.into_split();
    let link = Arc::new(FrameLink::new(Arc::clone(endpoint), Arc::clone(&peer.gate), limits));
    link.outbox.push(hello_header(), &[], &own_hello(&settings.name, limits, settings.framing));
    task::spawn({
        let link = Arc::clone(&link);
        async move {
            // An error is the server's leaving; the reader sees it too, and says why.
            let _ = link.outbox.run(write, || link.has_company()).await;
            link.departure.begin();
        }
    });
    let for_hello = FrameDecoder { body_len_max: HELLO_LEN_MAX, metadata_len_max: limits.metadata_bytes };
    let mut inbox = Inbox::new(read, for_hello, limits);
    let server = link.greet(&mut inbox, limits).await.map_err(|status| {
        link.outbox.break_off();
        status.layer(Layer::Handshake).endpoint(Arc::clone(endpoint))
    })?;
    inbox.limit(FrameDecoder { body_len_max: limits.message_in, ..for_hello }, settings.framing);
    link.streams.greet(&server);
    if let Some(max) = server.message_in {
        // There is one hello.
        let _ = link.server_message_in.set(max);
    }
    link.outbox.agree(settings.framing, &server, limits.compression_min);
    Ok((link, inbox, server))
}

fn own_hello(name: &str, limits: &Limits, framing: Framing) -> Vec<u8> {
    let hello = Hello {
        name: prefix(name, HELLO_NAME_LEN_MAX).into(),
        message_in: Some(limits.message_in),
        metadata_bytes: Some(limits.metadata_bytes.into()),
        features: framing.features(),
        stream_window: Some(limits.stream_window),
        connection_window: Some(limits.connection_window),
        ..Hello::default()
    };
    hello.encode().expect("a hello of a short name is below message.out")
}

/// Ends the link when one of its tasks is gone, be it with its runtime: without a reader no answer would ever come,
/// without a timer no deadline.
struct Ended(Arc<FrameLink>);

impl Drop for Ended {
    fn drop(&mut self) {
        let link = &self.0;
        link.departure.begin();
        link.pending.close(|waiting| link.lost(connecting::connection_ended_here(), waiting));
        // In this order: a stream that is opened meanwhile cannot be sent, or is found here.
        link.outbox.close();
        link.streams.close_all();
    }
}

impl FrameLink {
    /// Waits for the server's hello.
    async fn greet(
        &self,
        inbox: &mut Inbox<impl AsyncRead + Unpin>,
        limits: &Limits,
    ) -> Result<Hello, Status> {
        let frame = match timeout(limits.hello_timeout, inbox.next(ALL)).await {
            Err(_) => {
                let limit = limits.hello_timeout.as_millis();
                return Err(connecting::hello_late(limit));
            }
            Ok(Ok(Some(frame))) => frame,
            Ok(Ok(None)) => return Err(connecting::hello_missing()),
            Ok(Err(error)) => return Err(refusal(&error).unwrap_or_else(|| self.broken(error, 0))),
        };
        match frame.header.facts {
            Facts::Hello { version_min, version_max }
                if common_version(version_min, version_max).is_none() =>
            {
                Err(connecting::version_unshared(version_min, version_max, VERSION))
            }
            Facts::Hello { .. } => Hello::decode(&frame.body).map_err(connecting::hello_unreadable),
            Facts::Goaway { reason: GoawayReason::Tls } => Err(connecting::tls_wanted()),
            Facts::Goaway { reason } => Err(connecting::turned_away(goaway_words(&frame, reason))),
            _ => Err(connecting::hello_not_first()),
        }
    }
}
