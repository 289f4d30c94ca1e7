//! Calls `weather.Weather`: `cargo run -p derive --bin derive-client [ADDRESS]`.

#![allow(clippy::print_stdout, reason = "printing the answer is what it is for")]

use derive::{Measurements, Place, summarize};
use svrkit_runtime::{Client, Status};

#[tokio::main]
async fn main() -> Result<(), Status> {
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:4311".into());
    let client = Client::connect(address).await?;
    let place = Place { name: "Shenzhen".into(), altitude: 12 };
    let measurements =
        Measurements { place: Some(place), temperatures: vec![215, 223, 231], ..Measurements::default() };
    let summary = summarize(&client, &measurements).await?;
    let place = summary.place.unwrap_or_default();
    println!("{}: {:.1} °C, {:?}", place.name, f64::from(summary.mean) / 10.0, summary.feeling);
    Ok(())
}
