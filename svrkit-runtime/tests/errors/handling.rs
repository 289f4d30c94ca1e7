//! At the server, once a handler has started.

use std::sync::Arc;
use std::time::Duration;

use svrkit_runtime::testing::MockMethod;
use svrkit_runtime::{Client, Envelope, Interceptor, Limits, Next, Reply, Status};

use crate::support::{ECHO, GROW, Note, PANIC, Running, WAIT};
use crate::{DO, Seen, limited, serve};

pub(crate) async fn provoke(seen: &mut Seen) {
    let server = Running::start().await;
    let client = server.client().await;
    seen.caller("handler_panicked", client.request::<_, Note>(&PANIC, &Note::default()).await.unwrap_err());
    let (client, _server) = serve(drop).await;
    seen.caller("call_dropped", client.request::<_, Note>(&DO, &Note::default()).await.unwrap_err());

    let (client, _server) = serve(|call| {
        call.handle(&DO, |_: Note| async { Err::<Note, _>(std::io::Error::other("a disk is full").into()) });
    })
    .await;
    seen.caller("handler_failed", client.request::<_, Note>(&DO, &Note::default()).await.unwrap_err());
    let mock = Arc::new(MockMethod::<Note, Note>::new(&DO));
    let (client, _server) = serve(move |call| {
        let mock = Arc::clone(&mock);
        call.handle(&DO, |note: Note| async move { mock.call(note).await });
    })
    .await;
    seen.caller("mock_untold", client.request::<_, Note>(&DO, &Note::default()).await.unwrap_err());

    // Time enough for the handler to start in.
    let server =
        Running::with(Limits { deadline_max: Duration::from_millis(300), ..Limits::default() }).await;
    let client = server.client().await;
    seen.caller("handler_late", client.request::<_, Note>(&WAIT, &Note::default()).await.unwrap_err());

    let server = Running::with(Limits { drain_timeout: Duration::ZERO, ..Limits::default() }).await;
    let client = server.client().await;
    let gate = Arc::clone(&server.gate);
    let waiting = tokio::spawn(client.request::<_, Note>(&WAIT, &Note::default()));
    gate.started.notified().await;
    server.stop().await;
    seen.caller("handler_cut", waiting.await.unwrap().unwrap_err());

    let server = Running::with(Limits { message_out: 100, ..Limits::default() }).await;
    let client = server.client().await;
    seen.caller(
        "response_unencodable",
        client.request::<_, Note>(&GROW, &Note::number(100)).await.unwrap_err(),
    );
    let server = Running::start().await;
    let small = limited(server.address, Limits { message_in: 100, ..Limits::default() }).await;
    seen.caller(
        "response_over_limit",
        small.request::<_, Note>(&GROW, &Note::number(100)).await.unwrap_err(),
    );

    let limits = Limits { message_out: 100, ..Limits::default() };
    let client = Client::builder(server.address.to_string()).limits(limits).interceptor(Inflate);
    let status =
        client.connect().await.unwrap().request::<_, Note>(&ECHO, &Note::default()).await.unwrap_err();
    seen.caller("replacement_unencodable", status);
}

/// Makes more of every request than may be sent.
struct Inflate;

impl Interceptor for Inflate {
    async fn intercept(&self, mut envelope: Envelope, next: Next<'_>) -> Result<Reply, Status> {
        envelope.set_message(&Note { payload: vec![7; 100].into(), ..Note::default() })?;
        next.run(envelope).await
    }
}
