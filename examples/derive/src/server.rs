//! Serves `weather.Weather`: `cargo run -p derive --bin derive-server [ADDRESS]`.

use derive::Weather;
use svrkit_runtime::{ServeError, Server};

#[tokio::main]
async fn main() -> Result<(), ServeError> {
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:4311".into());
    Server::new().service(Weather).serve(address).await
}
