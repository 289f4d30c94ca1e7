//! Tiers of load: what a method does under each, its schema says.

use std::time::Duration;

use svrkit_golden::schemas::mocked::golden::everything as e;
use svrkit_golden::schemas::mocked::golden::parts::Money;
use svrkit_golden::schemas::protected::protected::{Ask, Oracle, OracleClient, OracleServer, Said};
use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{
    Cause, Client, ClientProtection, Code, Config, Envelope, Event, Interceptor, Load, Metrics, Mode, Next,
    Recorder, Reply, Retry, Sender, Server, Status, Tier,
};

const HOUR: Duration = Duration::from_secs(3600);

/// Says how it was asked.
struct Delphi;

fn said(words: &str) -> Said {
    Said { words: words.into(), ..Said::default() }
}

impl Oracle for Delphi {
    async fn advise(&self, _: Ask) -> Result<Said, Status> {
        Ok(said("advice"))
    }

    async fn watch(&self, _: Ask, mut out: Sender<Said>) -> Result<(), Status> {
        out.send(&said("seen")).await
    }

    async fn note(&self, _: Ask) -> Result<(), Status> {
        Ok(())
    }

    async fn tell(&self, _: Ask) -> Result<Said, Status> {
        Ok(said("all of it"))
    }

    async fn tell_degraded(&self, ask: Ask) -> Result<Said, Status> {
        match ask.uin {
            0 => Err(Status::not_found("not even that")),
            _ => Ok(said("a hint")),
        }
    }

    async fn recall(&self, _: Ask) -> Result<Said, Status> {
        Ok(said("remembered"))
    }

    async fn divine(&self, _: Ask) -> Result<Said, Status> {
        Ok(said("computed"))
    }

    async fn divine_degraded(&self, _: Ask) -> Result<Said, Status> {
        Ok(said("guessed"))
    }
}

fn ask(uin: u64) -> Ask {
    Ask { uin, ..Ask::default() }
}

/// A server over a socket whose load is held by hand, and what it counts and tells.
struct Temple {
    load: Load,
    metrics: Metrics,
    recorder: Recorder,
    server: TestServer,
}

impl Temple {
    async fn with(admission: Mode) -> Self {
        Self::of(Server::new().admission(admission)).await
    }

    async fn of(server: Server) -> Self {
        let (metrics, recorder) = (Metrics::new(), Recorder::default());
        let server =
            server.service(OracleServer::new(Delphi)).metrics(metrics.clone()).monitor(recorder.clone());
        Self { load: server.load(), metrics, recorder, server: TestServer::start(server).await }
    }

    /// A client that sends what it is asked to, once.
    fn client(&self) -> OracleClient {
        let client = Client::builder(self.server.address()).protection(ClientProtection::off());
        OracleClient::new(client.lazy())
    }

    fn hold(&self, tier: Tier) {
        self.load.hold(tier, HOUR, "a test");
    }

    fn counted(&self, metric: &str, labels: &[(&str, &str)]) -> u64 {
        self.metrics.snapshot().counter(metric, labels)
    }
}

#[tokio::test]
async fn under_load_the_second_handler_answers_and_both_sides_know_it() {
    let temple = Temple::with(Mode::On).await;
    let at_caller = Metrics::new();
    let client = Client::builder(temple.server.address()).metrics(at_caller.clone()).lazy();
    let client = OracleClient::new(client);
    for (tier, words, is_degraded) in [
        (None, "all of it", false),
        (Some(Tier::Busy), "all of it", false),
        (Some(Tier::High), "a hint", true),
        (Some(Tier::Calm), "all of it", false),
    ] {
        tier.into_iter().for_each(|tier| temple.hold(tier));
        let answer = client.tell(&ask(7)).with_marks().await.unwrap();
        assert_eq!((&*answer.message.words, answer.is_degraded), (words, is_degraded), "{tier:?}");
        // Who does not ask for marks gets the same answer.
        assert_eq!(client.tell(&ask(7)).await.unwrap().words, words);
    }
    let tell = |side| [("side", side), ("service", "protected.Oracle"), ("method", "Tell")];
    assert_eq!(temple.counted("svrkit_calls_degraded_total", &tell("server")), 2);
    assert_eq!(at_caller.snapshot().counter("svrkit_calls_degraded_total", &tell("client")), 2);
    assert_eq!(temple.counted("svrkit_calls_total", &tell("server")), 8);
}

#[tokio::test]
async fn what_fails_is_an_error_and_no_degraded_answer() {
    let temple = Temple::with(Mode::On).await;
    temple.hold(Tier::High);
    let error = temple.client().tell(&ask(0)).with_marks().await.unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
    assert_eq!(temple.counted("svrkit_calls_degraded_total", &[]), 0);
}

#[tokio::test]
async fn a_blocking_method_has_its_second_handler_on_the_blocking_pool() {
    let temple = Temple::with(Mode::On).await;
    let client = temple.client();
    assert_eq!(client.divine(&ask(7)).await.unwrap().words, "computed");
    temple.hold(Tier::Busy);
    let answer = client.divine(&ask(7)).with_marks().await.unwrap();
    assert_eq!((&*answer.message.words, answer.is_degraded), ("guessed", true));
}

#[tokio::test]
async fn in_process_as_over_a_socket() {
    let server = Server::new().service(OracleServer::new(Delphi));
    let load = server.load();
    let client = OracleClient::new(server.in_process().unwrap());
    assert!(!client.tell(&ask(7)).with_marks().await.unwrap().is_degraded);
    load.hold(Tier::Critical, HOUR, "a test");
    let answer = client.tell(&ask(7)).with_marks().await.unwrap();
    assert_eq!((&*answer.message.words, answer.is_degraded), ("a hint", true), "and not refused");
    assert_eq!(client.advise(&ask(7)).await.unwrap().words, "advice");
}

/// Lets all pass.
struct Open;

impl Interceptor for Open {
    async fn intercept(&self, envelope: Envelope, next: Next<'_>) -> Result<Reply, Status> {
        next.run(envelope).await
    }
}

#[tokio::test]
async fn marks_pass_interceptors_of_both_sides() {
    let server = Server::new().service(OracleServer::new(Delphi)).interceptor(Open);
    let load = server.load();
    let server = TestServer::start(server).await;
    let client = Client::builder(server.address()).interceptor(Open).lazy();
    let client = OracleClient::new(client);
    assert!(!client.tell(&ask(7)).with_marks().await.unwrap().is_degraded);
    load.hold(Tier::High, HOUR, "a test");
    assert!(client.tell(&ask(7)).with_marks().await.unwrap().is_degraded);
}

#[tokio::test]
async fn a_mock_has_a_field_for_the_second_handler() {
    let mock = e::OrdersMock::default();
    mock.new_.returns(Money { cents: 7, ..Money::default() });
    mock.new_degraded.returns(Money { cents: 6, ..Money::default() });
    let server = Server::new().service(e::OrdersServer::new(mock.clone()));
    let load = server.load();
    let client = e::OrdersClient::new(server.in_process().unwrap());
    assert_eq!(client.new_(&e::String::default()).await.unwrap().cents, 7);
    load.hold(Tier::High, HOUR, "a test");
    assert_eq!(client.new_(&e::String::default()).await.unwrap().cents, 6);
    assert_eq!((mock.new_.calls(), mock.new_degraded.calls()), (1, 1));
}

#[tokio::test]
async fn calls_are_refused_from_the_tier_on_that_their_method_names() {
    let temple = Temple::with(Mode::On).await;
    for tier in [Tier::Calm, Tier::Busy, Tier::High, Tier::Critical] {
        temple.hold(tier);
        let client = temple.client();
        let cause = |status: &Status| (status.code(), status.facts().cause, status.facts().retry);
        // As soon as a tier can fall.
        let advice = Retry::ElsewhereOrAfter(Duration::from_secs(1));
        let refused = (Code::ResourceExhausted, Cause::Tier, advice);
        for (from, outcome) in [
            (Tier::Busy, client.advise(&ask(7)).await.map(drop)),
            (Tier::Critical, client.watch(&ask(7)).next().await.map(drop)),
            (Tier::Critical, client.tell(&ask(7)).await.map(drop)),
        ] {
            let expected = (tier >= from).then_some(refused);
            assert_eq!(outcome.as_ref().err().map(cause), expected, "{tier} {outcome:?}");
        }
        // Nobody is told what becomes of a oneway call.
        client.note(&ask(7)).await.unwrap();
        assert!(client.divine(&ask(7)).await.is_ok(), "it says nothing of refusals");
    }
    let refused = |method| [("side", "server"), ("method", method), ("cause", "tier")];
    for (method, times) in [("Advise", 3), ("Watch", 1), ("Tell", 1), ("Divine", 0)] {
        assert_eq!(temple.counted("svrkit_calls_refused_total", &refused(method)), times, "{method}");
    }
    temple.server.stop().await;
}

#[tokio::test]
async fn who_is_refused_has_its_last_good_answer_where_the_schema_says_how_old_that_may_be() {
    let config = Config::builder().set("method.protected.Oracle.Recall.refused_from", "high");
    let temple = Temple::of(Server::new().config(&config.load().unwrap())).await;
    let protection = ClientProtection::new().retries(Mode::Off).wishes_of_all(true);
    let client = OracleClient::new(Client::builder(temple.server.address()).protection(protection).lazy());
    let fresh = client.recall(&ask(7)).with_marks().await.unwrap();
    assert_eq!((&*fresh.message.words, fresh.age), ("remembered", None));
    client.advise(&ask(7)).await.unwrap();
    temple.hold(Tier::High);
    let kept = client.recall(&ask(7)).with_marks().await.unwrap();
    assert!(kept.message == fresh.message && kept.age.is_some());
    // Neither another question, nor a method of which the schema does not say so.
    let causes = [client.recall(&ask(8)).await, client.advise(&ask(7)).await];
    assert_eq!(causes.map(|answer| answer.unwrap_err().facts().cause), [Cause::Tier; 2]);
    temple.hold(Tier::Calm);
    assert_eq!(client.recall(&ask(8)).with_marks().await.unwrap().age, None);
}

#[tokio::test]
async fn a_tier_that_is_let_go_refuses_no_more_and_each_change_is_told() {
    let temple = Temple::with(Mode::Off).await;
    let client = temple.client();
    temple.hold(Tier::Critical);
    let error = client.advise(&ask(7)).await.unwrap_err();
    assert_eq!(
        error.message(),
        "the load of the server is critical, and protected.Oracle.Advise is refused under it (refused-from)"
    );
    assert_eq!(temple.metrics.snapshot().gauge("svrkit_load_tier", &[]), 3);
    temple.load.release("a test");
    assert_eq!(client.advise(&ask(7)).await.unwrap().words, "advice");
    assert_eq!(temple.metrics.snapshot().gauge("svrkit_load_tier", &[]), 0);
    let events = temple.recorder.events();
    let changes: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::TierChanged(change) => Some((change.before, change.tier, change.is_held)),
            _ => None,
        })
        .collect();
    assert_eq!(changes, [(Tier::Calm, Tier::Critical, true), (Tier::Critical, Tier::Calm, false)]);
}
