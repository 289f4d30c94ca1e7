//! Interceptors and streams: at both sides who stands between sees them begin, and may refuse them.

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{
    Client, Code, Context, Envelope, Event, Interceptor, Next, Recorder, Reply, RouteKey, Server, Service,
    ServiceSpec, Side, Status,
};
use tokio::sync::mpsc;

use crate::service::{CHAT, COUNT, STREAMS, SUM, note, streams};
use crate::support::Note;

#[tokio::test]
async fn streams_pass_the_servers_interceptors() {
    /// Refuses who has no label, and tells how streams end.
    struct Door(mpsc::UnboundedSender<String>);
    impl Interceptor for Door {
        async fn intercept(&self, envelope: Envelope, next: Next<'_>) -> Result<Reply, Status> {
            if envelope.context().label("tenant").is_none() {
                return Err(Status::permission_denied("no tenant"));
            }
            let (method, len) = (envelope.spec().method, envelope.body().len());
            let outcome = next.run(envelope).await;
            let end = outcome.as_ref().map(|reply| reply.body().len()).map_err(|status| status.code());
            self.0.send(format!("{method} of {len}: {end:?}")).unwrap();
            outcome
        }
    }
    let (ends, mut told) = mpsc::unbounded_channel();
    let recorder = Recorder::default();
    let (streams, _seen) = streams();
    let server = Server::new().service(streams).interceptor(Door(ends)).monitor(recorder.clone());
    let client = server.in_process().unwrap();

    let refused = client.server_stream::<_, Note>(&COUNT, &Note::number(2)).next().await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let context = Context::current().with_label("tenant", "blue");
    let sum = context.scope(async {
        let mut counted = client.server_stream::<_, Note>(&COUNT, &Note::number(2));
        while counted.next().await.unwrap().is_some() {}
        let mut sum = client.client_stream::<Note, Note>(&SUM);
        sum.send(&Note::number(3)).await.unwrap();
        sum.finish().await.unwrap().number
    });
    assert_eq!(sum.await, 3);
    assert_eq!(told.recv().await.unwrap(), "Count of 2: Ok(0)");
    assert_eq!(told.recv().await.unwrap(), "Sum of 0: Ok(2)");
    let ended: Vec<Code> = recorder.events().iter().filter_map(Event::ended).collect();
    assert_eq!(ended, [Code::PermissionDenied, Code::Ok, Code::Ok]);
}

/// Refuses, changes and answers as the request's text wants it; a stream of requests passes.
struct Gate(mpsc::UnboundedSender<String>);

impl Interceptor for Gate {
    async fn intercept(&self, mut envelope: Envelope, next: Next<'_>) -> Result<Reply, Status> {
        assert_eq!(envelope.side(), Side::Client);
        let text = envelope.message::<Note>().map(|note| note.text).unwrap_or_default();
        match text.as_str() {
            "refuse" => return Err(Status::permission_denied("not here")),
            "answer" => return envelope.reply(&Note::number(7)),
            "more" => envelope.set_message(&Note::number(5))?,
            "after" => {
                next.run(envelope).await?;
                return Err(Status::permission_denied("begun, and refused"));
            }
            _ => {}
        }
        let context = envelope.context().clone().with_label("tenant", "blue");
        envelope.set_context(context);
        envelope.metadata_mut().insert("signed", "yes");
        let method = envelope.spec().method;
        let reply = next.run(envelope).await;
        let reply_len = reply.as_ref().map(|reply| reply.body().len()).map_err(|status| status.code());
        self.0.send(format!("{method} began: {reply_len:?}")).unwrap();
        reply
    }
}

#[tokio::test]
async fn the_beginning_of_a_stream_passes_the_clients_interceptors() {
    let (began, mut told) = mpsc::unbounded_channel();
    let (service, mut seen) = streams();
    let server = TestServer::start(service).await;
    let recorder = Recorder::default();
    let client = Client::builder(server.address()).interceptor(Gate(began)).monitor(recorder.clone()).lazy();
    let count = |text| client.server_stream::<_, Note>(&COUNT, &note(2, text));

    let refused = count("refuse").next().await.unwrap_err();
    assert_eq!((refused.code(), refused.message()), (Code::PermissionDenied, "not here"));
    let answered = count("answer").next().await.unwrap_err();
    assert!(answered.message().starts_with("an interceptor answered test.Streams.Count"), "{answered}");
    assert!(recorder.events().iter().all(|event| event.ended().is_none()), "these were no attempts");
    assert_eq!(count("after").next().await.unwrap_err().message(), "begun, and refused");

    let mut stream = count("more");
    for number in 0..5 {
        assert_eq!(stream.next().await.unwrap().unwrap().number, number, "the request was changed");
    }
    assert_eq!(stream.next().await.unwrap(), None);
    assert_eq!(told.recv().await.unwrap(), "Count began: Ok(0)");

    let mut labels = client.server_stream::<_, Note>(&COUNT, &note(0, "label"));
    assert_eq!(labels.next().await.unwrap().unwrap().text, "blue yes");
    assert_eq!(told.recv().await.unwrap(), "Count began: Ok(0)");
    let mut chat = client.both_streams::<Note, Note>(&CHAT);
    chat.send(&Note::number(3)).await.unwrap();
    assert_eq!(told.recv().await.unwrap(), "Chat began: Ok(0)", "it has begun and not ended");
    assert_eq!(chat.next().await.unwrap().unwrap().number, 3);
    drop((chat, client));
    server.stop().await;
    while seen.try_recv().is_ok() {}
}

/// Tells the facts of each call and answers none.
struct Heard(mpsc::UnboundedSender<String>);

impl Service for Heard {
    fn spec(&self) -> &'static ServiceSpec {
        &STREAMS
    }

    fn dispatch(&self, call: svrkit_runtime::Call) {
        self.0.send(format!("{call:?}")).unwrap();
    }
}

#[tokio::test]
async fn a_stream_carries_the_hash_of_its_route_key() {
    let (heard, mut told) = mpsc::unbounded_channel();
    let client = Server::new().service(Heard(heard)).in_process().unwrap();
    let count = || client.server_stream::<_, Note>(&COUNT, &Note::number(1));
    for (mut stream, expected) in [
        (count(), 0),
        (count().route_key(&7_u64), 7_u64.route_hash()),
        (count().route_key("alice"), "alice".route_hash()),
    ] {
        stream.next().await.unwrap_err();
        let facts = told.recv().await.unwrap();
        assert!(facts.contains(&format!("route_hash: {expected} }}")), "{facts}");
    }
    let mut chat = client.both_streams::<Note, Note>(&CHAT).route_key(&7_u64);
    chat.next().await.unwrap_err();
    assert!(told.recv().await.unwrap().contains(&format!("route_hash: {} }}", 7_u64.route_hash())));
}
