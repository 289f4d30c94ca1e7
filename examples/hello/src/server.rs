//! Serves `hello.Greeter`: `cargo run -p hello --bin hello-server [ADDRESS]`.

use hello::{GreetReply, GreetRequest, Greeter, GreeterServer};
use svrkit_runtime::{ServeError, Server, Status};

svrkit_runtime::include_protocols!();

struct Polite;

impl Greeter for Polite {
    async fn greet(&self, request: GreetRequest) -> Result<GreetReply, Status> {
        let text = format!("Hello, {}!", request.name);
        Ok(GreetReply { text, ..Default::default() })
    }
}

#[tokio::main]
async fn main() -> Result<(), ServeError> {
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:4310".into());
    Server::new().service(GreeterServer::new(Polite)).admin("127.0.0.1:0").serve(address).await
}

#[cfg(test)]
mod tests;
