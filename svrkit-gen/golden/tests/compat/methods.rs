//! A method that the other side does not have yet.

use svrkit_runtime::{Code, Party};
use tokio::sync::mpsc;

use crate::orders::plain;
use crate::versions::{Echo, connect, new, old, serve};

#[tokio::test]
async fn a_method_that_an_old_server_lacks_is_refused_by_its_name() {
    let (seen, _orders) = mpsc::unbounded_channel::<old::Order>();
    let server = serve(old::OrdersServer::new(Echo(seen))).await;
    let client = new::OrdersClient::new(connect(server).await);
    let status = client.cancel(&new::CancelRequest { id: 7, ..Default::default() }).await.unwrap_err();
    assert_eq!((status.code(), status.facts().party), (Code::Unimplemented, Party::Caller), "{status}");
    let text = status.to_string();
    assert!(text.contains("compat.Orders.Cancel") && text.contains("older than its caller"), "{text}");
    // The connection serves the other methods as before.
    assert_eq!(client.place(&plain()).await.unwrap(), plain());
}

#[tokio::test]
async fn a_method_that_an_old_client_lacks_harms_nobody() {
    let (seen, mut orders) = mpsc::unbounded_channel::<new::Order>();
    let server = serve(new::OrdersServer::new(Echo(seen))).await;
    let client = old::OrdersClient::new(connect(server).await);
    client.place(&old::Order { id: 7, ..Default::default() }).await.unwrap();
    assert_eq!(orders.recv().await.unwrap().id, 7);
    let client = new::OrdersClient::new(connect(server).await);
    client.cancel(&new::CancelRequest::default()).await.unwrap();
}
