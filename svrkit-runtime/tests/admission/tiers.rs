//! Tiers of load that are held by hand: what methods do less as it rises, and by whose word.

use std::sync::Arc;
use std::time::Duration;

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::wire::frame::{Facts, Header, RequestFacts, ResponseFacts};
use svrkit_runtime::{
    Call, Cause, Code, Config, NotHeld, Priority, Server, Service, ServiceSpec, Spec, Tier, Tlv,
};
use tokio::sync::Semaphore;

use crate::server::facts;
use crate::support::{Note, Raw};

const ID: u32 = 4303;
pub(crate) const WORK: u16 = 1;
pub(crate) const PLACE: u16 = 2;
const ADVISE: u16 = 3;

/// Is held until the test lets it go.
static WORK_SPEC: Spec = Spec::new("test.Tiered", ID, "Work", WORK).messages("test.Note", "test.Note");
static PLACE_SPEC: Spec =
    Spec::new("test.Tiered", ID, "Place", PLACE).messages("test.Note", "test.Note").priority(0);
static ADVISE_SPEC: Spec = Spec::new("test.Tiered", ID, "Advise", ADVISE)
    .messages("test.Note", "test.Note")
    .priority(192)
    .degraded_from(Tier::High)
    .refused_from(Tier::Critical);
static TIERED_SPEC: ServiceSpec =
    ServiceSpec::new("test.Tiered", ID, &[&WORK_SPEC, &PLACE_SPEC, &ADVISE_SPEC]);

struct Tiered {
    go: Arc<Semaphore>,
}

impl Default for Tiered {
    fn default() -> Self {
        Self { go: Arc::new(Semaphore::new(0)) }
    }
}

impl Service for Tiered {
    fn spec(&self) -> &'static ServiceSpec {
        &TIERED_SPEC
    }

    fn dispatch(&self, mut call: Call) {
        let go = Arc::clone(&self.go);
        let work = move |note: Note| async move {
            go.acquire().await.unwrap().forget();
            Ok(note)
        };
        let echo = |note: Note| async move { Ok(note) };
        match call.method_id() {
            WORK => call.handle(&WORK_SPEC, work),
            PLACE => call.handle(&PLACE_SPEC, echo),
            ADVISE if call.is_degraded(&ADVISE_SPEC) => {
                call.handle(&ADVISE_SPEC, |_: Note| async { Ok(Note::default()) });
            }
            _ => call.handle(&ADVISE_SPEC, echo),
        }
    }
}

/// What a call of `Advise` or `Place` comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Got {
    Whole,
    /// From the second handler, and marked so.
    Degraded,
    /// For a cause of this number.
    Refused(u8),
}

pub(crate) const BY_TIER: Got = Got::Refused(Cause::Tier.number());

pub(crate) struct Serving {
    server: TestServer,
    pub(crate) raw: Raw,
    pub(crate) go: Arc<Semaphore>,
    last: u32,
}

impl Serving {
    pub(crate) async fn of(server: Server) -> Self {
        let tiered = Tiered::default();
        let go = Arc::clone(&tiered.go);
        let server = TestServer::start(server.service(tiered)).await;
        let raw = Raw::greeted(server.address().parse().unwrap()).await;
        Self { server, raw, go, last: 0 }
    }

    pub(crate) async fn send(&mut self, method_id: u16, priority: Priority) -> u32 {
        self.last += 1;
        let body = Note::number(7).encode().unwrap();
        let facts =
            RequestFacts { service_id: ID, method_id, priority, remaining_us: 600_000_000, route_hash: 0 };
        self.raw.send(Header::new(self.last, Facts::Request(facts)), &body).await;
        self.last
    }

    pub(crate) async fn answer(&mut self) -> (u32, Got) {
        let answer = self.raw.receive().await.unwrap();
        let (call_id, ResponseFacts { code, cause, degraded, .. }) = facts(&answer);
        let is_answered = code == Code::Ok.number();
        assert_eq!(is_answered, cause == 0, "{answer:?}");
        let got = match is_answered {
            true if degraded => Got::Degraded,
            true => Got::Whole,
            false => Got::Refused(cause),
        };
        if is_answered {
            let number = Note::decode(&answer.body).unwrap().number;
            assert_eq!(number, if degraded { 0 } else { 7 }, "it is the second handler's where it says so");
        }
        (call_id, got)
    }

    async fn got(&mut self, method_id: u16, priority: Priority) -> Got {
        let call_id = self.send(method_id, priority).await;
        let (answered, got) = self.answer().await;
        assert_eq!(answered, call_id);
        got
    }

    pub(crate) async fn advise(&mut self) -> Got {
        self.got(ADVISE, Priority::LOSSY).await
    }

    pub(crate) async fn place(&mut self) -> Got {
        self.got(PLACE, Priority::CORE).await
    }
}

const AN_HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_method_does_as_its_schema_says_until_somebody_says_otherwise() {
    let server = Server::new();
    let load = server.load();
    let mut serving = Serving::of(server).await;
    let rules = serving.server.rules();
    let of_schema = rules.of("test.Tiered.Advise").unwrap();
    assert_eq!((of_schema.degraded_from, of_schema.refused_from), (Some(Tier::High), Some(Tier::Critical)));
    let hold = |degraded_from, refused_from| {
        let mut of_advise = of_schema;
        (of_advise.degraded_from, of_advise.refused_from) = (degraded_from, refused_from);
        rules.hold("test.Tiered.Advise", of_advise).unwrap();
    };
    for (tier, expected) in [
        // By the schema, refused sooner, degraded sooner, by no tier at all.
        (Tier::Calm, [Got::Whole, Got::Whole, Got::Whole, Got::Whole]),
        (Tier::Busy, [Got::Whole, BY_TIER, Got::Degraded, Got::Whole]),
        (Tier::High, [Got::Degraded, BY_TIER, Got::Degraded, Got::Whole]),
        (Tier::Critical, [BY_TIER, BY_TIER, Got::Degraded, Got::Whole]),
    ] {
        load.hold(tier, AN_HOUR, "a test");
        let held = [
            (Some(Tier::High), Some(Tier::Critical)),
            (Some(Tier::High), Some(Tier::Busy)),
            (Some(Tier::Busy), None),
            (None, None),
        ];
        for ((degraded_from, refused_from), expected) in held.into_iter().zip(expected) {
            hold(degraded_from, refused_from);
            assert_eq!(serving.advise().await, expected, "{tier}: {degraded_from:?}, {refused_from:?}");
            assert_eq!(serving.place().await, Got::Whole, "of another method nothing was said");
        }
    }
}

#[tokio::test]
async fn a_configuration_wins_over_the_schema() {
    let config = Config::builder()
        .set("method.test.Tiered.Advise.refused_from", "none")
        .set("method.test.Tiered.Advise.degraded_from", "busy")
        .set("method.test.Tiered.Place.refused_from", "high");
    let server = Server::new().config(&config.load().unwrap());
    let load = server.load();
    let mut serving = Serving::of(server).await;
    assert_eq!((serving.advise().await, serving.place().await), (Got::Whole, Got::Whole));
    load.hold(Tier::Busy, AN_HOUR, "a test");
    assert_eq!((serving.advise().await, serving.place().await), (Got::Degraded, Got::Whole));
    load.hold(Tier::Critical, AN_HOUR, "a test");
    assert_eq!((serving.advise().await, serving.place().await), (Got::Degraded, BY_TIER));
}

#[tokio::test]
async fn within_the_process_it_says_which_handler_answers_and_refuses_nobody() {
    let config = Config::builder()
        .set("method.test.Tiered.Advise.refused_from", "busy")
        .set("method.test.Tiered.Advise.degraded_from", "busy");
    let tiered = Tiered::default();
    let server = Server::new().config(&config.load().unwrap()).service(tiered);
    let load = server.load();
    let client = server.in_process().unwrap();
    let advise = || client.request::<_, Note>(&ADVISE_SPEC, &Note::number(7));
    assert_eq!(advise().await.unwrap().number, 7);
    load.hold(Tier::Busy, AN_HOUR, "a test");
    assert_eq!(advise().await.unwrap().number, 0);
}

#[tokio::test]
async fn a_method_without_a_second_handler_is_not_to_be_degraded() {
    const WHY: &str = "test.Tiered.Place cannot have degraded_from: its schema has none, so that there is no second handler to answer";
    let config = Config::builder().set("method.test.Tiered.Place.degraded_from", "high").load().unwrap();
    let server = || Server::new().config(&config).service(Tiered::default());
    let expected = format!("the configuration is of another server: {WHY}");
    assert_eq!(server().bind("127.0.0.1:0").await.unwrap_err().to_string(), expected);
    assert_eq!(server().in_process().unwrap_err().to_string(), expected);

    let serving = Serving::of(Server::new()).await;
    let rules = serving.server.rules();
    let mut of_place = rules.of("test.Tiered.Place").unwrap();
    (of_place.degraded_from, of_place.reserve) = (Some(Tier::High), 3);
    let why = rules.hold("test.Tiered.Place", of_place).unwrap_err();
    assert_eq!(why, NotHeld::NoSecondHandler { method: "test.Tiered.Place".into() });
    assert_eq!(why.to_string(), WHY);
    assert_eq!(rules.of("test.Tiered.Place").unwrap().reserve, 0, "nothing has changed");
    let none = Config::builder().set("method.test.Tiered.Place.degraded_from", "none").load().unwrap();
    let server = Server::new().config(&none).service(Tiered::default());
    assert!(server.bind("127.0.0.1:0").await.is_ok(), "it says nothing that is not so");
}
