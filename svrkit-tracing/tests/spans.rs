//! Spans of real calls, as a collector gets them and as a subscriber of `tracing` sees them.

#![allow(clippy::unwrap_used, reason = "a test ends where what it stands on fails")]

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hyper::StatusCode;
use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{Client, Code, Context, Server, Trace};
use svrkit_tracing::{Exporter, NoExporter, Outcome, Sampling, Span, SpanSink, Spans, Subscribed};
use tokio::sync::Notify;

use self::support::collector::{CollectedSpan, Collector};
use self::support::relay::{FAIL, FORWARD, Note, Relay, STALL};
use self::support::subscriber::Recording;

const CLIENT: i32 = 3;
const SERVER: i32 = 2;

/// Spans that have ended, and a call for each.
#[derive(Clone, Default)]
struct Kept(Arc<(Mutex<Vec<Span>>, Notify)>);

impl SpanSink for Kept {
    fn ended(&self, span: Span) {
        self.0.0.lock().unwrap().push(span);
        self.0.1.notify_one();
    }
}

/// A server that forwards to another one, and its caller, all with `spans`.
async fn chain(spans: &Spans) -> (TestServer, TestServer, Client) {
    let last = Server::new().interceptor(spans.clone()).service(Relay::default());
    let last = TestServer::start(last).await;
    let next = Client::builder(last.address()).interceptor(spans.clone()).lazy();
    let first = Server::new().interceptor(spans.clone()).service(Relay { next: Some(next) });
    let first = TestServer::start(first).await;
    let client = Client::builder(first.address()).interceptor(spans.clone()).lazy();
    (first, last, client)
}

fn find<'a>(spans: &'a [CollectedSpan], kind: i32, parent: &[u8]) -> &'a CollectedSpan {
    let fits = |span: &&CollectedSpan| span.kind == kind && span.parent_span_id == parent;
    let found: Vec<_> = spans.iter().filter(fits).collect();
    assert_eq!(found.len(), 1, "{spans:#?}");
    found[0]
}

#[tokio::test]
async fn a_chain_of_calls_is_one_trace_at_the_collector() {
    let collector = Collector::start(vec![]).await;
    let exporter = Exporter::to(collector.endpoint())
        .service("test.relay")
        .attribute("deployment.environment.name", "test")
        .start()
        .unwrap();
    let (_first, _last, client) = chain(&Spans::new(exporter.clone())).await;
    client.request::<Note, Note>(&FORWARD, &Note { number: 7 }).await.unwrap();
    exporter.flush().await;

    let requests = collector.requests();
    let resource = &requests[0].resource_spans[0].resource.as_ref().unwrap().attributes;
    let attribute = |key: &str| resource.iter().find(|attribute| attribute.key == key).unwrap().text();
    assert_eq!(attribute("service.name"), "test.relay");
    assert_eq!(attribute("deployment.environment.name"), "test");

    let spans = collector.spans();
    assert_eq!(spans.len(), 4);
    assert!(spans.iter().all(|span| span.trace_id == spans[0].trace_id && span.trace_id.len() == 16));
    let mut parent: &[u8] = b"";
    for (kind, name) in [
        (CLIENT, "test.Relay/Forward"),
        (SERVER, "test.Relay/Forward"),
        (CLIENT, "test.Relay/Forward"),
        (SERVER, "test.Relay/Forward"),
    ] {
        let span = find(&spans, kind, parent);
        assert_eq!((span.name.as_str(), span.status.as_ref()), (name, None));
        assert_eq!(span.attribute("rpc.system"), Some("svrkit"));
        assert_eq!(
            (span.attribute("rpc.service"), span.attribute("rpc.method")),
            (Some("test.Relay"), Some("Forward"))
        );
        assert!(span.start_time_unix_nano <= span.end_time_unix_nano);
        parent = &span.span_id;
    }
    let totals = exporter.totals();
    assert_eq!((totals.exported, totals.lost), (4, 0));
}

#[tokio::test]
async fn a_failure_is_the_fault_of_the_side_that_failed() {
    let collector = Collector::start(vec![]).await;
    let exporter = Exporter::to(collector.endpoint()).start().unwrap();
    let (first, _last, client) = chain(&Spans::new(exporter.clone())).await;
    let status = client.request::<Note, Note>(&FAIL, &Note { number: 7 }).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
    exporter.flush().await;

    let spans = collector.spans();
    let caller = find(&spans, CLIENT, b"");
    let callee = find(&spans, SERVER, &caller.span_id);
    assert_eq!(spans.len(), 2);
    for span in [caller, callee] {
        assert_eq!(span.attribute("error.type"), Some("NOT_FOUND"));
    }
    // Who asks for what is not there fails; who says so does not.
    let error = caller.status.as_ref().unwrap();
    assert_eq!((error.code, error.message.as_str()), (2, "note 7 is not here"));
    assert_eq!(callee.status, None);
    assert_eq!(caller.attribute("server.address"), Some(first.address().to_string().as_str()));
}

#[tokio::test]
async fn a_call_that_is_given_up_has_its_spans() {
    let kept = Kept::default();
    let (_first, _last, client) = chain(&Spans::new(kept.clone())).await;
    let request = client.request::<Note, Note>(&STALL, &Note::default()).timeout(Duration::from_millis(50));
    assert_eq!(request.await.unwrap_err().code(), Code::DeadlineExceeded);
    loop {
        if kept.0.0.lock().unwrap().len() == 2 {
            break;
        }
        kept.0.1.notified().await;
    }
    let spans = kept.0.0.lock().unwrap();
    assert!(spans.iter().all(|span| !matches!(span.outcome, Outcome::Answered)), "{spans:?}");
}

#[tokio::test]
async fn who_began_a_trace_decides_for_all_of_it() {
    for (is_sampled, expected) in [(true, 2), (false, 0)] {
        let kept = Kept::default();
        let sampling = if is_sampled { Sampling::Share(0.0) } else { Sampling::All };
        let (_first, _last, client) = chain(&Spans::new(kept.clone()).sampling(sampling)).await;
        let trace = Trace::new(0xabc, 0xdef, is_sampled).unwrap();
        let context = Context::current().with_trace(trace);
        let request = client.request::<Note, Note>(&FAIL, &Note::default()).context(context);
        request.await.unwrap_err();
        let spans = kept.0.0.lock().unwrap();
        assert_eq!(spans.len(), expected);
        assert!(spans.iter().all(|span| span.trace.trace_id() == 0xabc), "{spans:?}");
    }
}

#[tokio::test]
async fn what_the_collector_cannot_take_now_it_is_given_again() {
    let collector =
        Collector::start(vec![StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS]).await;
    let exporter = Exporter::to(collector.endpoint()).start().unwrap();
    let (_first, _last, client) = chain(&Spans::new(exporter.clone())).await;
    client.request::<Note, Note>(&FAIL, &Note::default()).await.unwrap_err();
    exporter.flush().await;
    assert_eq!(collector.requests().len(), 3, "two were refused for the moment");
    assert_eq!((exporter.totals().exported, exporter.totals().lost), (2, 0));
}

#[tokio::test]
async fn what_the_collector_refuses_is_lost_and_counted() {
    let collector = Collector::start(vec![StatusCode::BAD_REQUEST]).await;
    let exporter = Exporter::to(collector.endpoint()).start().unwrap();
    let (_first, _last, client) = chain(&Spans::new(exporter.clone())).await;
    client.request::<Note, Note>(&FAIL, &Note::default()).await.unwrap_err();
    exporter.flush().await;
    assert_eq!((exporter.totals().exported, exporter.totals().lost), (0, 2));
}

#[tokio::test]
async fn an_endpoint_that_cannot_be_is_told_at_the_start() {
    let refused = |endpoint: &str| Exporter::to(endpoint).start().unwrap_err();
    assert_eq!(refused("https://a"), NoExporter::Https("https://a".into()));
    assert_eq!(
        refused("localhost:4318").to_string(),
        "`localhost:4318` is no endpoint: write http://HOST:PORT, as in http://127.0.0.1:4318"
    );
}

#[test]
fn an_exporter_needs_a_runtime() {
    assert_eq!(Exporter::to("http://a").start().unwrap_err(), NoExporter::NoRuntime);
}

#[tokio::test(flavor = "current_thread")]
async fn handlers_run_in_a_span_of_tracing() {
    let recording = Recording::default();
    let _default = tracing::subscriber::set_default(recording.clone());
    let server = Server::new()
        .interceptor(Spans::new(Kept::default()))
        .interceptor(Subscribed)
        .service(Relay::default());
    let client = server.in_process().unwrap();
    client.request::<Note, Note>(&FORWARD, &Note { number: 7 }).await.unwrap();
    client.request::<Note, Note>(&FAIL, &Note { number: 7 }).await.unwrap_err();

    let spans = recording.spans();
    let field = |at: usize, name: &str| spans[at].fields.get(name).cloned().unwrap_or_default();
    assert_eq!(
        (field(0, "method"), field(0, "side"), field(0, "code")),
        ("test.Relay.Forward".into(), "server".into(), "OK".into())
    );
    assert_eq!((field(1, "method"), field(1, "code")), ("test.Relay.Fail".into(), "NOT_FOUND".into()));
    assert_eq!((field(0, "trace_id").len(), field(0, "span_id").len()), (32, 16));
    assert_eq!(spans[0].events, ["forwards 7"], "what a handler logs is within");
    assert!(recording.is_outside(), "no span is left entered");
}
