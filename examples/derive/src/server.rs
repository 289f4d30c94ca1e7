//! Serves `weather.Weather`: `cargo run -p derive --bin derive-server [ADDRESS]`.

use std::error::Error;

use derive::Weather;
use svrkit_runtime::{Config, Metrics, Server};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:4311".into());
    let config = Config::builder().environment().load()?;
    // In the folder that the configuration names, as everything that is counted.
    let metrics = Metrics::configured(&config).register()?;
    Server::new().config(&config).service(Weather { metrics }).serve(address).await?;
    Ok(())
}
