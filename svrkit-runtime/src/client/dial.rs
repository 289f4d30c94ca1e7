//! Opening a socket to an address.

use std::io;
use std::net::SocketAddr;

use tokio::net::lookup_host;
use tokio::time::timeout;

use crate::limits::Limits;
use crate::status::{Layer, Party, Retry, Status};
use crate::transport::{Address, Socket};

/// Opens a socket to `address`. What a name stands for is tried in turn, each for `connect.timeout`.
pub(super) async fn dial(address: &Address, limits: &Limits) -> Result<Socket, Status> {
    match address {
        Address::Tcp(tcp) => connect(address, Socket::connect_tcp(*tcp), limits).await,
        Address::Name(name) => {
            let mut last = failed("the endpoint's name has no address").party(Party::Network);
            for found in look_up(name).await? {
                match connect(&found.into(), Socket::connect_tcp(found), limits).await {
                    Ok(socket) => return Ok(socket),
                    Err(status) => last = status,
                }
            }
            Err(last)
        }
        #[cfg(unix)]
        Address::Unix(path) => connect(address, Socket::connect_unix(path), limits).await,
        _ => Err(failed(format!("{address} cannot be connected to on this system"))
            .party(Party::Caller)
            .retry(Retry::Never)),
    }
}

/// The addresses of `name` (`host:port`).
pub(super) async fn look_up(name: &str) -> Result<impl Iterator<Item = SocketAddr>, Status> {
    lookup_host(name).await.map_err(|error| {
        failed("the endpoint's name cannot be resolved").party(Party::Network).source_io(error)
    })
}

async fn connect(
    address: &Address,
    connecting: impl Future<Output = io::Result<Socket>>,
    limits: &Limits,
) -> Result<Socket, Status> {
    match timeout(limits.connect_timeout, connecting).await {
        Ok(Ok(socket)) => Ok(socket),
        // No port is open, no file is there, or nobody listens on it any more.
        Ok(Err(error))
            if matches!(error.kind(), io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound) =>
        {
            let words = format!("cannot connect to {address}: is the server running there?");
            Err(failed(words).party(Party::Callee).source_io(error))
        }
        Ok(Err(error)) => {
            Err(failed(format!("cannot connect to {address}")).party(Party::Network).source_io(error))
        }
        Err(_) => {
            let limit = limits.connect_timeout.as_millis();
            let words = format!("no connection to {address} within {limit} ms (connect.timeout)");
            Err(failed(words).party(Party::Network))
        }
    }
}

fn failed(words: impl Into<String>) -> Status {
    Status::unavailable(words).layer(Layer::Connect).retry(Retry::Elsewhere)
}
