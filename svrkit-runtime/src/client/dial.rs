//! Opening a socket to an address.

use std::io;
use std::net::SocketAddr;

use tokio::time::timeout;

use crate::limits::Limits;
use crate::status::Status;
use crate::status::catalogue::connecting;
use crate::transport::{Address, Socket};

/// Opens a socket to `address`. What a name stands for is tried in turn, each for `connect.timeout`.
pub(super) async fn dial(address: &Address, limits: &Limits) -> Result<Socket, Status> {
    match address {
        Address::Tcp(tcp) => connect(address, Socket::connect_tcp(*tcp), limits).await,
        Address::Name(name) => {
            let mut last = connecting::name_without_address();
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
        _ => Err(connecting::endpoint_unsupported(address)),
    }
}

/// The addresses of `name` (`host:port`).
pub(super) async fn look_up(name: &str) -> Result<Vec<SocketAddr>, Status> {
    Socket::look_up(name).await.map_err(|error| connecting::name_unresolved().source_io(error))
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
            Err(connecting::connect_refused(address).source_io(error))
        }
        Ok(Err(error)) => Err(connecting::connect_failed(address).source_io(error)),
        Err(_) => Err(connecting::connect_late(address, limits.connect_timeout.as_millis())),
    }
}
