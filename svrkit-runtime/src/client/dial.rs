//! Opening a TCP connection to an endpoint given by name.

use std::io;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use crate::limits::Limits;
use crate::status::{Layer, Party, Retry, Status};

/// Tries the endpoint's addresses in turn, each for `connect.timeout`.
pub(super) async fn dial(endpoint: &str, limits: &Limits) -> Result<TcpStream, Status> {
    let unreachable = |message: String, error: io::Error| {
        Status::unavailable(message)
            .layer(Layer::Connect)
            .party(Party::Network)
            .retry(Retry::Elsewhere)
            .source_io(error)
    };
    let addresses = lookup_host(endpoint).await.map_err(|error| match error.kind() {
        io::ErrorKind::InvalidInput => Status::invalid_argument("the endpoint is not of the form host:port")
            .layer(Layer::Connect)
            .retry(Retry::Never),
        _ => unreachable("the endpoint's name cannot be resolved".into(), error),
    })?;
    let mut last =
        Status::unavailable("the endpoint's name has no address").layer(Layer::Connect).party(Party::Network);
    for address in addresses {
        match timeout(limits.connect_timeout, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
                let message = format!("cannot connect to {address}: is the server running there?");
                last = unreachable(message, error).party(Party::Callee);
            }
            Ok(Err(error)) => last = unreachable(format!("cannot connect to {address}"), error),
            Err(_) => {
                let limit = limits.connect_timeout.as_millis();
                last = Status::unavailable(format!(
                    "no connection to {address} within {limit} ms (connect.timeout)"
                ))
                .layer(Layer::Connect)
                .party(Party::Network)
                .retry(Retry::Elsewhere);
            }
        }
    }
    Err(last)
}
