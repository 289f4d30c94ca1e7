//! A connection that ends at each byte of a call: the caller is told what is known, and nothing is left of it.

use std::time::Duration;

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::tls::ClientTls;
use svrkit_runtime::{Client, Code, Limits, Recorder, Retry, Server, Spec, Status, Streaming};

use crate::authority::{Authority, Leaf};
use crate::cutting_proxy::{Cut, CuttingProxy, Manner, Way};
use crate::nothing_left::leaving_nothing;
use crate::steps::{CHAT, COUNT, STEP, STROLL, STUMBLE, SUM, Steps, all_ended, connections_ended};
use crate::support::Note;

/// What is cut.
#[derive(Clone, Copy)]
struct Kind {
    spec: &'static Spec,
    /// How it ends uncut.
    whole: Result<(), Code>,
}

impl Kind {
    async fn call(self, client: &Client) -> Result<(), Status> {
        let note = Note::number(1);
        match self.spec.streaming {
            Streaming::Unary => {}
            Streaming::Server => {
                let mut notes = client.server_stream::<_, Note>(self.spec, &Note::number(2));
                while notes.next().await?.is_some() {}
                return Ok(());
            }
            Streaming::Client => {
                let mut notes = client.client_stream::<Note, Note>(self.spec);
                notes.send(&note).await?;
                return notes.finish().await.map(|sum| assert_eq!(sum.number, 1));
            }
            Streaming::Both => {
                let mut notes = client.both_streams::<Note, Note>(self.spec);
                notes.send(&note).await?;
                assert_eq!(notes.next().await?.as_ref(), Some(&note));
                notes.end().await?;
                return notes.next().await.map(|end| assert_eq!(end, None));
            }
        }
        if self.spec.oneway {
            return client.oneway(self.spec, &note).await;
        }
        let answer: Note = client.request(self.spec, &note).await?;
        assert_eq!(answer, note);
        Ok(())
    }
}

/// A `close_notify` is 24 bytes, and a signature has a few more or less.
const FAREWELL: usize = 32;

/// A server for many cuts, and how much it has seen.
struct Cutting {
    server: TestServer,
    steps: Steps,
    recorder: Recorder,
    connections: usize,
    /// Whom its clients trust, over TLS.
    trust: Option<ClientTls>,
}

impl Cutting {
    async fn start() -> Self {
        Self::of(Server::new(), None).await
    }

    /// A server that proves itself, and asks the same of its clients if they are to be mutual.
    async fn over_tls(is_mutual: bool) -> Self {
        let authority = Authority::new("the CA of tests");
        let mut server = authority.issue(Leaf::here()).server();
        let mut trust = ClientTls::builder(authority.pem());
        if is_mutual {
            let (certificate, key) = authority.issue(Leaf::of(&["web.example"])).pems();
            server = server.require_client_certificates(authority.pem());
            trust = trust.certificate(certificate, key);
        }
        Self::of(Server::new().tls(server.load().unwrap()), Some(trust.load().unwrap())).await
    }

    async fn of(server: Server, trust: Option<ClientTls>) -> Self {
        let (steps, recorder) = (Steps::default(), Recorder::default());
        let server = server.service(steps.clone()).monitor(recorder.clone());
        Self { server: TestServer::start(server).await, steps, recorder, connections: 0, trust }
    }

    /// Calls through a proxy that cuts. Says how the call ended and how many handlers that has started, with the proxy.
    async fn call(&mut self, kind: Kind, cut: Option<Cut>) -> (Result<(), Status>, usize, CuttingProxy) {
        let proxy = CuttingProxy::start(self.server.address().parse().unwrap(), cut).await;
        let before = self.steps.started();
        // One who has been cut off does not wait long to come back.
        let at_once = Duration::from_millis(1);
        let limits = Limits {
            client_backoff_min: at_once,
            client_backoff_max: at_once,
            // A busy machine cuts nothing.
            connect_timeout: Duration::from_secs(20),
            hello_timeout: Duration::from_secs(20),
            tls_handshake_timeout: Duration::from_secs(20),
            ..Limits::default()
        };
        let new_client = || {
            let builder = Client::builder(proxy.address.to_string()).limits(limits);
            match &self.trust {
                Some(tls) => builder.tls(tls.clone()).lazy(),
                None => builder.lazy(),
            }
        };
        let client = new_client();
        let outcome = kind.call(&client).await;
        if cut.is_some() {
            // The next connection is whole. Who has sent a oneway call does not know yet that this one is not.
            let client = if kind.spec.oneway { new_client() } else { client.clone() };
            let again: Note = client.request(&STEP, &Note::number(0)).await.unwrap();
            assert_eq!(again, Note::number(0));
        }
        drop(client);
        self.connections += proxy.connections();
        connections_ended(&self.recorder, self.connections).await;
        all_ended(&self.recorder).await;
        (outcome, self.steps.started() - before - usize::from(cut.is_some()), proxy)
    }

    async fn cut_everywhere(&mut self, kind: Kind, manner: Manner) {
        self.cut_at_each(1, kind, manner).await;
    }

    /// Cuts at each byte that is a multiple of `stride`.
    async fn cut_at_each(&mut self, stride: usize, kind: Kind, manner: Manner) {
        let (outcome, started, whole) = self.call(kind, None).await;
        assert_eq!((outcome.map_err(|status| status.code()), started), (kind.whole, 1));
        for way in [Way::ToServer, Way::ToClient] {
            // Over TLS both sides say good-bye; a cut there would be one of the next call's.
            let farewell = if self.trust.is_some() { FAREWELL } else { 0 };
            for after in (0..=whole.passed(way) - farewell).step_by(stride) {
                let cut = Cut { way, after, manner };
                let (outcome, started, _) = self.call(kind, Some(cut)).await;
                check(kind, cut, &outcome, started);
            }
        }
    }
}

#[track_caller]
fn check(kind: Kind, cut: Cut, outcome: &Result<(), Status>, started: usize) {
    let what = format!("{} with {cut:?} ended as {outcome:?}, {started} handlers started", kind.spec);
    assert!(started <= 1, "{what}");
    let status = match outcome {
        Ok(()) if kind.spec.oneway => return,
        Ok(()) => {
            assert_eq!((kind.whole, started), (Ok(()), 1), "{what}");
            return;
        }
        Err(status) => status,
    };
    if kind.whole == Err(status.code()) {
        assert_eq!(started, 1, "{what}");
        return;
    }
    assert_eq!(status.code(), Code::Unavailable, "{what}");
    let is_unknown = status.message().ends_with("had an effect is not known");
    match status.facts().retry {
        Retry::Elsewhere | Retry::ElsewhereOrAfter(_) => assert!(started == 0 && !is_unknown, "{what}"),
        Retry::Unknown => assert!(is_unknown, "{what}"),
        other => panic!("{other:?}: {what}"),
    }
}

fn check_everywhere(spec: &'static Spec, whole: Result<(), Code>) {
    for manner in [Manner::Reset, Manner::Close, Manner::HalfClose] {
        leaving_nothing(async || {
            let mut cutting = Cutting::start().await;
            cutting.cut_everywhere(Kind { spec, whole }, manner).await;
            assert_eq!(cutting.server.stop().await.calls_cut, 0);
        });
    }
}

#[test]
fn a_call_that_is_cut_at_any_byte_ends_in_words() {
    check_everywhere(&STEP, Ok(()));
}

#[test]
fn a_call_that_fails_and_is_cut_at_any_byte_ends_in_words() {
    check_everywhere(&STUMBLE, Err(Code::NotFound));
}

#[test]
fn a_stream_of_answers_that_is_cut_at_any_byte_ends_in_words() {
    check_everywhere(&COUNT, Ok(()));
}

#[test]
fn a_stream_of_requests_that_is_cut_at_any_byte_ends_in_words() {
    check_everywhere(&SUM, Ok(()));
}

#[test]
fn a_stream_both_ways_that_is_cut_at_any_byte_ends_in_words() {
    check_everywhere(&CHAT, Ok(()));
}

#[test]
fn a_oneway_call_that_is_cut_at_any_byte_leaves_nothing() {
    check_everywhere(&STROLL, Ok(()));
}

fn check_over_tls(is_mutual: bool, manner: Manner, stride: usize) {
    leaving_nothing(async || {
        let mut cutting = Cutting::over_tls(is_mutual).await;
        cutting.cut_at_each(stride, Kind { spec: &STEP, whole: Ok(()) }, manner).await;
        assert_eq!(cutting.server.stop().await.calls_cut, 0);
    });
}

#[test]
fn a_handshake_and_a_call_over_tls_that_are_reset_at_many_bytes_end_in_words() {
    // Each byte takes minutes in a debug build; a prime is no multiple of anything that has a length.
    check_over_tls(false, Manner::Reset, 7);
}

#[test]
fn a_mutual_handshake_that_is_closed_at_many_bytes_ends_in_words() {
    check_over_tls(true, Manner::Close, 13);
}
