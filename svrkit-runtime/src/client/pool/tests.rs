//! What the pool opens for a request, and for itself.

use tokio::net::TcpListener;

use super::*;
use crate::client::in_process;
use crate::server::Server;

fn pool(target: &str, limits: Limits) -> Arc<Pool> {
    let settings = Settings { limits, ..Settings::default() };
    Pool::new(target, Target::parse(target), settings)
}

fn peer(pool: &Pool, index: usize) -> Arc<Peer> {
    Arc::clone(pool.read().table.entries()[index].peer())
}

/// Has an endpoint connected; what carries it does not matter here.
fn open(pool: &Pool, index: usize) -> Arc<Connection> {
    let services = Services::default();
    let peer = peer(pool, index);
    let link = in_process::open(services, Limits::default(), Arc::clone(&peer));
    let connection = Arc::new(link);
    assert!(pool.opened(&peer, &connection));
    connection
}

#[tokio::test]
async fn an_endpoint_that_was_only_idle_is_tried_when_another_fails() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let bound = Server::new().bind("127.0.0.1:0").await.unwrap();
    let live = bound.local_addr().to_string();
    let serving = tokio::spawn(bound.run_until(std::future::pending()));
    let pool = pool(&format!("{gone},{live}"), Limits::default());
    for (index, idle) in [(0, 60), (1, 120)] {
        let connection = open(&pool, index);
        pool.ended(&peer(&pool, index), Arc::as_ptr(&connection), Duration::from_secs(idle));
    }
    // The one that is gone meanwhile stands first in line.
    let connection = pool.connection(None, None).await.unwrap();
    assert_eq!(*connection.peer().name, *live);
    // Also for who comes next, while that one is left alone.
    pool.ended(&peer(&pool, 1), Arc::as_ptr(&connection), Duration::from_secs(120));
    assert_eq!(*pool.connection(None, None).await.unwrap().peer().name, *live);
    serving.abort();
}

#[tokio::test]
async fn whether_one_more_connection_is_wanted_is_asked_again_before_it_is_opened() {
    let limits = Limits { client_connections: 1, ..Limits::default() };
    let pool = pool("127.0.0.1:1", limits);
    let _connection = open(&pool, 0);
    // Another call that wanted it has opened it meanwhile.
    pool.open_wanted(&peer(&pool, 0));
    assert!(pool.read().table.entries()[0].opening().is_none());
}

#[tokio::test]
async fn so_many_connections_are_seen_and_the_rest_counted() {
    let pool = pool("127.0.0.1:1,127.0.0.1:2,127.0.0.1:3,127.0.0.1:4", Limits::default());
    let _open = [open(&pool, 0), open(&pool, 1), open(&pool, 1)];
    pool.failed(&peer(&pool, 2), &Status::unavailable("no way"));
    for (max, shown, left_out) in [(0, 0, 4), (2, 2, 2), (4, 4, 0), (9, 4, 0)] {
        let seen = pool.seen(&"target".into(), max);
        assert_eq!((seen.connections.len(), seen.left_out, seen.unconnected), (shown, left_out, 1), "{max}");
    }
    let seen = pool.seen(&"target".into(), 9).connections;
    let endpoints: Vec<&str> = seen.iter().map(|it| &*it.endpoint).collect();
    assert_eq!(endpoints, ["127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:2", "127.0.0.1:3"]);
    assert_eq!(seen[0].state, DialState::Idle);
    assert!(matches!(&seen[3].state, DialState::Failed { times: 1, why, .. } if why == "no way"), "{seen:?}");
}
