//! Clients that take their last good answers where a server wishes so.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use svrkit_runtime::{
    BearerToken, Call, Cause, ClientBuilder, ClientProtection, Code, Config, Context, Layer, Limits, Load,
    Marked, MethodRules, Mode, Rate, Server, ServerRules, Service, ServiceSpec, Spec, Status, Tier,
};

use crate::scripted::{Watched, limits};
use crate::support::{Folder, Note};

const MS: Duration = Duration::from_millis(1);
const HOUR: Duration = Duration::from_secs(3600);

const ID: u32 = 4102;

const fn spec(method: &'static str, id: u16) -> Spec {
    Spec::new("test.Library", ID, method, id).timeout(Duration::from_secs(30)).idempotent()
}

/// Its answers may be taken again, and under load it is degraded and then refused.
static LIST: Spec = spec("List", 1).last_good(HOUR).degraded_from(Tier::Busy).refused_from(Tier::High);
/// Its answers are not kept.
static LOOK: Spec = spec("Look", 2).refused_from(Tier::High);

static LIBRARY: ServiceSpec = ServiceSpec::new("test.Library", ID, &[&LIST, &LOOK]);

/// Answers by how many calls there were, but for those that the test has end otherwise.
#[derive(Clone, Default)]
struct Library(Arc<Shelf>);

#[derive(Default)]
struct Shelf {
    calls: AtomicUsize,
    then: Mutex<VecDeque<Status>>,
}

impl Library {
    fn then(&self, status: Status) {
        self.0.then.lock().unwrap().push_back(status);
    }

    fn calls(&self) -> usize {
        self.0.calls.load(Ordering::Relaxed)
    }
}

impl Service for Library {
    fn spec(&self) -> &'static ServiceSpec {
        &LIBRARY
    }

    fn dispatch(&self, mut call: Call) {
        let spec = if call.method_id() == 1 { &LIST } else { &LOOK };
        let _ = call.is_degraded(spec);
        let number = self.0.calls.fetch_add(1, Ordering::Relaxed) as u64 + 1;
        let status = self.0.then.lock().unwrap().pop_front();
        call.handle(spec, move |_: Note| async move { status.map_or(Ok(Note::number(number)), Err) });
    }
}

/// A server of a library behind a Unix socket, whose wishes are its own, and a client of it.
struct Wishing {
    library: Library,
    watched: Watched,
    load: Load,
    rules: ServerRules,
    _folder: Option<Folder>,
}

impl Wishing {
    async fn start(name: &str) -> Self {
        Self::with(name, ClientProtection::new(), limits(), |builder| builder).await
    }

    async fn with(
        name: &str,
        protection: ClientProtection,
        limits: Limits,
        set: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Self {
        let folder = Folder::new(name);
        let address = folder.address();
        Self { _folder: Some(folder), ..Self::at(&address, protection, limits, set).await }
    }

    async fn at(
        address: &str,
        protection: ClientProtection,
        limits: Limits,
        set: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Self {
        let library = Library::default();
        let server = Server::new().without_metrics().service(library.clone());
        let load = server.load();
        let bound = server.bind(address).await.unwrap();
        let (address, rules) = (bound.local_addr().to_string(), bound.rules());
        tokio::spawn(bound.run_until(std::future::pending()));
        let watched = Watched::of(&address, limits, |builder| set(builder.protection(protection)));
        Self { library, watched, load, rules, _folder: None }
    }

    async fn list(&self, asked: u64) -> Result<Marked<Note>, Status> {
        self.watched.client.request::<_, Note>(&LIST, &Note::number(asked)).with_marks().await
    }

    /// How many of so many calls reach the server.
    async fn sent_of(&self, calls: usize) -> usize {
        let before = self.library.calls();
        for _ in 0..calls {
            self.list(7).await.unwrap();
        }
        self.library.calls() - before
    }
}

fn rebuilding() -> Status {
    Status::unavailable("the catalogue is being rebuilt")
}

#[cfg(unix)]
#[tokio::test]
async fn who_wishes_to_be_spared_is_not_called_where_an_answer_is_kept() {
    let server = Wishing::start("last-good-spared").await;
    let first = server.list(7).await.unwrap();
    assert_eq!((first.message.number, first.age), (1, None));
    server.library.then(rebuilding().last_good(HOUR, HOUR));
    let again = server.list(7).await.unwrap();
    assert!(again.age.is_some() && !again.is_degraded);
    assert_eq!((again.message.number, server.library.calls()), (1, 2), "that very call is answered so");
    // One of 64 asks whether it still wishes that, and what it is told is the last answer then.
    let sent = server.sent_of(1000).await;
    assert!((1..100).contains(&sent), "{sent}");
    assert_eq!(server.watched.decided("last_good") as usize, 1 + 1000 - sent);
    assert_eq!(server.watched.decided("retried"), 0);
    let before = server.library.calls();
    for other in 8..18 {
        assert_eq!(server.list(other).await.unwrap().age, None, "nothing is kept to that");
    }
    assert_eq!(server.library.calls(), before + 10);
    assert!((1..=10).contains(&server.watched.decided("last_good_missing")));
}

#[cfg(unix)]
#[tokio::test]
async fn a_wish_may_be_for_one_call_alone_and_of_answers_that_are_younger_than_what_is_kept() {
    let server = Wishing::start("last-good-one").await;
    server.list(7).await.unwrap();
    server.library.then(rebuilding().last_good(HOUR, Duration::ZERO));
    assert!(server.list(7).await.unwrap().age.is_some());
    assert_eq!(server.list(7).await.unwrap().age, None, "the next one is sent");
    // It is some nanoseconds old by now.
    server.library.then(rebuilding().last_good(Duration::ZERO, HOUR));
    server.library.then(rebuilding().last_good(Duration::ZERO, HOUR));
    server.library.then(rebuilding().last_good(Duration::ZERO, HOUR));
    assert_eq!(server.list(7).await.unwrap_err().code(), Code::Unavailable);
    assert!(server.watched.decided("last_good_missing") > 0);
}

#[cfg(unix)]
#[tokio::test]
async fn of_other_methods_nothing_is_kept() {
    let server = Wishing::start("last-good-look").await;
    server.watched.call(&LOOK).await.unwrap();
    for _ in 0..3 {
        server.library.then(rebuilding().last_good(HOUR, HOUR));
    }
    let status = server.watched.call(&LOOK).await.unwrap_err();
    assert_eq!(status.facts().layer, Layer::Handler);
    server.watched.call(&LOOK).await.unwrap();
    assert_eq!(["last_good", "last_good_missing"].map(|word| server.watched.decided(word)), [0, 0]);
}

#[tokio::test]
async fn who_has_proven_nothing_wishes_in_vain_unless_all_are_believed() {
    for (of_all, expected) in [(false, false), (true, true)] {
        let protection = ClientProtection::new().retries(Mode::Off).wishes_of_all(of_all);
        let server = Wishing::at("127.0.0.1:0", protection, limits(), |builder| builder).await;
        server.list(7).await.unwrap();
        server.library.then(rebuilding().last_good(HOUR, HOUR));
        assert_eq!(server.list(7).await.is_ok(), expected);
        assert_eq!(server.watched.decided("wish_ignored"), u64::from(!expected));
        assert_eq!(server.sent_of(200).await == 200, !expected);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn who_only_watches_counts_and_calls_and_who_is_off_does_not_even_count() {
    for (mode, name, counted) in [(Mode::Watching, "last-good-watch", 201), (Mode::Off, "last-good-off", 0)] {
        let protection = ClientProtection::new().retries(Mode::Off).last_good(mode);
        let server = Wishing::with(name, protection, limits(), |builder| builder).await;
        server.list(7).await.unwrap();
        server.library.then(rebuilding().last_good(HOUR, HOUR));
        assert_eq!(server.list(7).await.unwrap_err().message(), rebuilding().message());
        assert_eq!(server.sent_of(200).await, 200);
        assert_eq!(server.watched.decided("last_good"), 0);
        // But for calls that would have been sent to ask.
        let watched = server.watched.watched("last_good");
        assert!((counted * 3 / 4..=counted).contains(&watched), "{watched}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn no_call_gets_what_was_answered_to_somebody_else() {
    let server = Wishing::start("last-good-whose").await;
    let client = &server.watched.client;
    let request = || client.request::<_, Note>(&LIST, &Note::number(7));
    let german = Context::current().with_label("tenant", "de");
    request().metadata("authorization", "Bearer a").await.unwrap();
    request().route_key("user-7").await.unwrap();
    request().context(german.clone()).await.unwrap();
    server.library.then(rebuilding().last_good(HOUR, HOUR));
    // Nothing is kept to it: the second attempt brings an answer.
    assert_eq!(request().with_marks().await.unwrap().age, None);
    // Beside calls that ask, which are few.
    let fresh = async |make: &dyn Fn() -> svrkit_runtime::Request<Note>| {
        let mut fresh = 0;
        for _ in 0..200 {
            fresh += usize::from(make().with_marks().await.unwrap().age.is_none());
        }
        fresh
    };
    for same in [
        &(|| request().metadata("authorization", "Bearer a")) as &dyn Fn() -> _,
        &(|| request().route_key("user-7")),
        &(|| request().context(german.clone())),
    ] {
        assert!(fresh(same).await < 50, "of the same it is kept");
    }
    for other in [
        &(|| request().metadata("authorization", "Bearer b")) as &dyn Fn() -> _,
        &(|| request().route_key("user-8")),
        &(|| request().context(german.clone().with_label("tenant", "fr"))),
    ] {
        let answer = other().with_marks().await.unwrap();
        assert_eq!(answer.age, None, "of another it is not");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn interceptors_see_how_old_an_answer_is_and_what_they_add_tells_callers_apart() {
    let server = Wishing::with("last-good-token", ClientProtection::new(), limits(), |builder| {
        builder.interceptor(BearerToken::new("a"))
    })
    .await;
    server.list(7).await.unwrap();
    server.library.then(rebuilding().last_good(HOUR, HOUR));
    assert!(server.list(7).await.unwrap().age.is_some());
    let other = Watched::of(server.watched.client.target(), limits(), |builder| builder);
    server.library.then(rebuilding().last_good(HOUR, HOUR));
    let answer = other.client.request::<_, Note>(&LIST, &Note::number(7)).with_marks().await.unwrap();
    assert_eq!(answer.age, None, "another client has answers of its own");
}

#[cfg(unix)]
#[tokio::test]
async fn a_method_that_is_refused_by_its_tier_is_answered_as_it_was_before() {
    let protection = ClientProtection::new().retries(Mode::Off);
    let server = Wishing::with("last-good-tier", protection, limits(), |builder| builder).await;
    server.load.hold(Tier::Busy, HOUR, "the test");
    let degraded = server.list(7).await.unwrap();
    assert!(degraded.is_degraded);
    server.load.hold(Tier::High, HOUR, "the test");
    let refused = server.list(7).await.unwrap_err();
    assert_eq!(refused.facts().cause, Cause::Tier, "what is degraded is not kept: {refused}");

    server.load.hold(Tier::Calm, HOUR, "the test");
    // The wish that came with the refusal holds for a while, and there is nothing kept to be answered by.
    let good = server.list(7).await.unwrap();
    assert_eq!((good.is_degraded, good.age), (false, None));
    server.load.hold(Tier::High, HOUR, "the test");
    let kept = server.list(7).await.unwrap();
    assert!(kept.age.is_some());
    assert_eq!(kept.message, good.message);
    // What has no such word in its schema is refused as ever.
    assert_eq!(server.watched.call(&LOOK).await.unwrap_err().facts().cause, Cause::Tier);
}

#[cfg(unix)]
#[tokio::test]
async fn a_server_may_be_told_not_to_wish_that_or_for_younger_answers() {
    for (setting, name, expected) in [
        (None, "last-good-none", false),
        (Some(MS), "last-good-young", false),
        (Some(HOUR), "last-good-schema", true),
        (Some(2 * HOUR), "last-good-long", true),
    ] {
        let protection = ClientProtection::new().retries(Mode::Off);
        let server = Wishing::with(name, protection, limits(), |builder| builder).await;
        let rules = server.rules.of("test.Library.List").unwrap();
        assert_eq!(rules.last_good, Some(HOUR), "as the schema says");
        let mut changed = MethodRules::of(&LIST);
        changed.last_good = setting;
        server.rules.hold("test.Library.List", changed).unwrap();
        server.list(7).await.unwrap();
        let came = Instant::now();
        while came.elapsed() < 2 * MS {
            server.watched.call(&LOOK).await.unwrap();
        }
        server.load.hold(Tier::High, HOUR, "the test");
        assert_eq!(server.list(7).await.is_ok(), expected, "{setting:?}");
    }
}

#[tokio::test]
async fn a_configuration_says_how_old_or_that_nothing_is_wished() {
    for (text, expected) in [("90s", Some(90_000 * MS)), ("0s", None)] {
        let config = Config::builder().set("method.test.Library.List.last_good", text).load().unwrap();
        let server = Server::new().without_metrics().config(&config).service(Library::default());
        let bound = server.bind("127.0.0.1:0").await.unwrap();
        let rules = bound.rules();
        assert_eq!(rules.of("test.Library.List").unwrap().last_good, expected);
        assert_eq!(rules.of("test.Library.Look").unwrap().last_good, None);
    }
    let error = Config::builder().set("method.test.Library.List.last_good", "25h").load().unwrap_err();
    assert!(error.to_string().contains("method.test.Library.List.last_good"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_refused_here_in_the_servers_stead_is_answered_so_as_well() {
    let protection = ClientProtection::new().retries(Mode::Off);
    let server = Wishing::with("last-good-stead", protection, limits(), |builder| builder).await;
    server.list(7).await.unwrap();
    server.library.then(rebuilding().slow_down(Rate::per_minute(60), HOUR));
    assert_eq!(server.list(7).await.unwrap_err().code(), Code::Unavailable, "it does not wish that");
    // Those beyond a call a second are not sent.
    for _ in 0..50 {
        server.list(7).await.unwrap();
    }
    assert!(server.watched.decided("last_good") > 0);
    assert_eq!(server.watched.decided("slowed"), server.watched.decided("last_good"));
}
