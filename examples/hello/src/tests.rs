//! The service as its callers see it.

use hello::GreeterClient;
use svrkit_runtime::testing::TestServer;

use super::*;

#[tokio::test]
async fn callers_are_greeted_by_name() {
    let server = TestServer::start(GreeterServer::new(Polite)).await;
    let greeter = GreeterClient::new(server.client().await);
    let reply = greeter.greet(&GreetRequest { name: "Ada".into(), ..Default::default() }).await.unwrap();
    assert_eq!(reply.text, "Hello, Ada!");
}
