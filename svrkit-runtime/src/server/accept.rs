//! The accept loop: one listening socket, a task for each connection.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::Shared;
use super::capacity::PeerNetwork;
use super::connection::Connection;
use super::connections::Place;
use crate::task;
use crate::transport::{Listener, Socket};

/// Rest after a failed accept. Out of descriptors, the next try fails as well until some connection has closed.
const REST_AFTER_ERROR: Duration = Duration::from_millis(10);

/// Accepts until its task is stopped. An error concerns one connection, never the loop.
pub(super) async fn accept(listener: Arc<Listener>, shared: Arc<Shared>) {
    loop {
        match listener.accept().await {
            Ok(socket) => {
                let peer = socket.peer_addr();
                let connection = Arc::new(Connection::new(peer, &shared));
                start(socket, peer, connection, &shared);
            }
            Err(_) => sleep(REST_AFTER_ERROR).await,
        }
    }
}

fn start(socket: Socket, peer: Option<SocketAddr>, connection: Arc<Connection>, shared: &Arc<Shared>) {
    let peer = peer.map(|peer| PeerNetwork::from(peer.ip()));
    let place = match shared.connections.enter(&connection, peer) {
        Ok(place) => place,
        Err(full) => {
            let shared = Arc::clone(shared);
            task::spawn(async move { connection.turn_away(socket, full, &shared).await });
            return;
        }
    };
    let task = task::spawn({
        let (connection, shared) = (Arc::clone(&connection), Arc::clone(shared));
        async move {
            connection.serve(socket, &shared).await;
            keep_until_idle(place, connection);
        }
    });
    connection.set_reader(task.abort_handle());
}

/// Handlers that nobody waits for go on when their connection has ended, and so do those that compute: a drain finds them by its
/// place.
fn keep_until_idle(place: Place, connection: Arc<Connection>) {
    if connection.in_flight().len() > 0 {
        task::spawn(async move {
            connection.in_flight().until_idle().await;
            drop(place);
        });
    }
}
