//! Calls `hello.Greeter`: `cargo run -p hello --bin hello-client [ADDRESS]`.

use hello::{GreetRequest, GreeterClient};
use svrkit_runtime::Status;

svrkit_runtime::include_protocols!();

#[tokio::main]
async fn main() -> Result<(), Status> {
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:4310".into());
    let greeter = GreeterClient::connect(address).await?;
    let reply = greeter.greet(&GreetRequest { name: "world".into(), ..Default::default() }).await?;
    println!("{}", reply.text);
    Ok(())
}
