//! Storms, sick nodes and blips on a simulated network: minutes of them, by seeds.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use svrkit_runtime::simulation::{Conditions, Host, Network, Simulation};
use svrkit_runtime::{
    Call, CallEnd, CallFacts, Client, ClientDecision, Decision, Limits, Mode, Monitor, Server, Service,
    ServiceSpec, Spec, Status,
};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};

use crate::support::Note;

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

static WORK: Spec = Spec::new("test.Work", 4103, "Work", 1).timeout(Duration::from_secs(30)).idempotent();
static SERVICE: ServiceSpec = ServiceSpec::new("test.Work", 4103, &[&WORK]);

/// One worker with a queue before it. A call that has waited for too long is refused when its turn comes, which is half of the work: so do
/// services that look into their store before they give up.
#[derive(Clone, Default)]
struct Worker {
    turn: Arc<tokio::sync::Mutex<()>>,
    /// How many calls of a hundred fail whatever happens.
    sickness: usize,
    /// How much longer its work takes than others'.
    slowness: Duration,
    calls: Arc<AtomicUsize>,
}

impl Worker {
    const WORK: Duration = Duration::from_millis(10);
    const PATIENCE: Duration = Duration::from_millis(200);

    async fn work(self, note: Note) -> Result<Note, Status> {
        let (came, number) = (Instant::now(), self.calls.fetch_add(1, Ordering::Relaxed));
        let _turn = self.turn.lock().await;
        if came.elapsed() > Self::PATIENCE {
            sleep(Self::WORK / 2).await;
            return Err(Status::unavailable("it took too long"));
        }
        sleep(Self::WORK + self.slowness).await;
        // Spread over all calls: 37 has no divisor in common with 100.
        if number * 37 % 100 < self.sickness { Err(Status::internal("broken")) } else { Ok(note) }
    }
}

impl Service for Worker {
    fn spec(&self) -> &'static ServiceSpec {
        &SERVICE
    }

    fn dispatch(&self, call: Call) {
        let worker = self.clone();
        call.handle(&WORK, |note: Note| worker.work(note));
    }
}

/// What a client was told of.
#[derive(Clone, Default)]
struct Told {
    began: Arc<AtomicUsize>,
    ended: Arc<AtomicUsize>,
    decisions: Arc<Mutex<Vec<(Instant, Decision, String)>>>,
}

impl Told {
    fn ejections(&self) -> Vec<(Instant, String)> {
        let decisions = self.decisions.lock().unwrap();
        let is_ejection = |decision| matches!(decision, Decision::EjectedByRow | Decision::EjectedByShare);
        let ejections = decisions.iter().filter(|(_, decision, _)| is_ejection(*decision));
        ejections.map(|(at, _, endpoint)| (*at, endpoint.clone())).collect()
    }
}

impl Monitor for Told {
    fn call_began(&self, _: &CallFacts<'_>) {
        self.began.fetch_add(1, Ordering::Relaxed);
    }

    fn call_ended(&self, _: &CallEnd<'_>) {
        self.ended.fetch_add(1, Ordering::Relaxed);
    }

    fn client_decided(&self, decided: &ClientDecision<'_>) {
        let endpoint = decided.endpoint.unwrap_or_default().to_owned();
        self.decisions.lock().unwrap().push((Instant::now(), decided.decision, endpoint));
    }
}

fn serve(network: &Network, name: &str, worker: Worker) -> String {
    let host = network.host(name);
    host.spawn(async move {
        // A server that protects itself comes back whatever its clients do.
        let server = Server::new().admission(Mode::Off).without_metrics().service(worker);
        let bound = server.bind("0.0.0.0:4310").await.unwrap();
        bound.run_until(std::future::pending()).await;
    });
    format!("{name}:4310")
}

fn client(target: &str, limits: Limits) -> (Client, Told) {
    let told = Told::default();
    (Client::builder(target).limits(limits).without_metrics().monitor(told.clone()).lazy(), told)
}

/// A request: when it was made, and whether it was answered.
type Request = (Instant, JoinHandle<bool>);

/// Has `host` make so many requests a second for a time, whatever becomes of those before.
async fn load(host: &Host, client: &Client, rate: u32, lasts: Duration) -> Vec<Request> {
    let began = Instant::now();
    let count = (lasts.as_secs_f64() * f64::from(rate)) as u32;
    let mut requests = Vec::new();
    for number in 0..count {
        sleep_until(began + lasts * number / count).await;
        let request = client.request::<_, Note>(&WORK, &Note::number(7));
        requests.push((Instant::now(), host.spawn(async move { request.await.is_ok() })));
    }
    requests
}

/// The share of those that were answered.
async fn goodput(requests: Vec<Request>) -> f64 {
    let (count, mut answered) = (requests.len(), 0);
    for (_, request) in requests {
        answered += usize::from(request.await.unwrap());
    }
    answered as f64 / count as f64
}

/// A worker at 70 of 100 calls a second, two seconds of 400 a second, then 70 again: the share of the requests from five seconds after on that
/// were answered. All else that must hold is asserted.
fn storm(seed: u64, limits: Limits) -> f64 {
    Simulation::seeded(seed).conditions(Conditions::delay(MS)).run(async |network| {
        let worker = Worker::default();
        let target = serve(&network, "worker", worker.clone());
        let (host, (client, told)) = (network.host("client"), client(&target, limits));
        let began = Instant::now();
        let mut requests = load(&host, &client, 70, 5 * SECOND).await;
        requests.extend(load(&host, &client, 400, 2 * SECOND).await);
        requests.extend(load(&host, &client, 70, 10 * SECOND).await);
        let after = load(&host, &client, 70, 10 * SECOND).await;
        let made = requests.len() + after.len();
        let goodput_after = goodput(after).await;
        goodput(requests).await;
        let (attempts, seconds) = (told.began.load(Ordering::Relaxed), began.elapsed().as_secs_f64());
        assert_eq!(told.ended.load(Ordering::Relaxed), attempts, "each attempt ends once");
        assert!(worker.calls.load(Ordering::Relaxed) <= attempts);
        let share = f64::from(limits.retry_share) / 100.0;
        let most = (1.0 + share) * made as f64 + f64::from(limits.retry_floor) * (seconds + 1.0);
        assert!(attempts as f64 <= most, "{attempts} attempts for {made} requests in {seconds} s");
        goodput_after
    })
}

#[test]
fn after_a_burst_a_service_comes_back_whose_clients_have_a_budget() {
    for seed in 1..=2 {
        let goodput = storm(seed, Limits::default());
        assert!(goodput >= 0.95, "seed {seed}: {goodput}");
    }
}

#[test]
fn after_a_burst_it_stays_down_where_there_is_no_budget() {
    let endless =
        Limits { retry_share: 100, retry_floor: 1_000_000, retry_attempts: 10, ..Limits::default() };
    let goodput = storm(1, endless);
    assert!(goodput < 0.5, "{goodput}: then the budget is not what brings it back");
}

/// Ten endpoints, the first of which fails so many of a hundred calls; `trouble` is what happens to it while 100 requests come a second for
/// twelve seconds. Which endpoints were ejected, and when.
fn cluster(
    seed: u64,
    sickness: usize,
    trouble: impl AsyncFn(&Network) + Copy + 'static,
) -> Vec<(Duration, String)> {
    Simulation::seeded(seed).conditions(Conditions::delay(MS)).run(async move |network| {
        let worker = |index| Worker { sickness: if index == 0 { sickness } else { 0 }, ..Worker::default() };
        let targets: Vec<String> =
            (0..10).map(|index| serve(&network, &format!("node{index}"), worker(index))).collect();
        let (host, (client, told)) = (network.host("client"), client(&targets.join(","), Limits::default()));
        let began = Instant::now();
        let load = load(&host, &client, 100, 12 * SECOND);
        let (requests, ()) = tokio::join!(load, trouble(&network));
        goodput(requests).await;
        let seen = (told.began.load(Ordering::Relaxed), told.ended.load(Ordering::Relaxed));
        assert_eq!(seen.0, seen.1, "each attempt ends once");
        told.ejections().into_iter().map(|(at, endpoint)| (at - began, endpoint)).collect()
    })
}

#[test]
fn a_node_that_fails_60_of_100_calls_is_found_within_ten_seconds() {
    for seed in 1..=2 {
        let ejections = cluster(seed, 60, async |_: &Network| ());
        let (at, endpoint) = ejections.first().unwrap_or_else(|| panic!("seed {seed}: nobody was ejected"));
        assert!(*at <= 10 * SECOND && endpoint.contains("node0"), "seed {seed}: {ejections:?}");
        assert!(ejections.iter().all(|(_, endpoint)| endpoint.contains("node0")), "{ejections:?}");
    }
}

#[test]
fn a_node_that_stands_still_for_a_moment_is_not_ejected() {
    for seed in 1..=2 {
        let ejections = cluster(seed, 0, async |network: &Network| {
            sleep(5 * SECOND).await;
            network.host("node0").pause();
            sleep(SECOND).await;
            network.host("node0").resume();
        });
        assert!(ejections.is_empty(), "seed {seed}: {ejections:?}");
    }
}

/// Ten endpoints, the first of which takes so much longer: what the callers' slowest calls but one of a hundred took, while 100 requests come a
/// second for twenty seconds, how many attempts there were for a hundred requests, and how many of those the first endpoint got.
fn slow_leaf(seed: u64, slowness: Duration) -> (Duration, f64, f64) {
    Simulation::seeded(seed).conditions(Conditions::delay(MS)).run(async move |network| {
        let worker = |index| Worker {
            slowness: if index == 0 { slowness } else { Duration::ZERO },
            ..Worker::default()
        };
        let workers: Vec<Worker> = (0..10).map(worker).collect();
        let serve =
            |(index, worker): (usize, &Worker)| serve(&network, &format!("node{index}"), worker.clone());
        let targets: Vec<String> = workers.iter().enumerate().map(serve).collect();
        let (host, (client, told)) = (network.host("client"), client(&targets.join(","), Limits::default()));
        let mut took = Vec::new();
        for request in timed_load(&host, &client, 100, 20 * SECOND).await {
            took.push(request.await.unwrap());
        }
        took.sort_unstable();
        let attempts = told.began.load(Ordering::Relaxed);
        assert_eq!(told.ended.load(Ordering::Relaxed), attempts, "each attempt ends once");
        let there = workers[0].calls.load(Ordering::Relaxed);
        let requests = took.len();
        let most = 1.1 * requests as f64 + 10.0 * 21.0;
        assert!(attempts as f64 <= most, "{attempts} attempts for {requests} requests");
        let of_hundred = |count: usize| 100.0 * count as f64 / requests as f64;
        (took[requests * 99 / 100], of_hundred(attempts), of_hundred(there))
    })
}

/// Has `host` make so many requests a second for a time: how long each took.
async fn timed_load(host: &Host, client: &Client, rate: u32, lasts: Duration) -> Vec<JoinHandle<Duration>> {
    let (began, count) = (Instant::now(), (lasts.as_secs_f64() * f64::from(rate)) as u32);
    let mut requests = Vec::new();
    for number in 0..count {
        sleep_until(began + lasts * number / count).await;
        let request = client.request::<_, Note>(&WORK, &Note::number(7));
        requests.push(host.spawn(async move {
            let began = Instant::now();
            request.await.unwrap();
            began.elapsed()
        }));
    }
    requests
}

#[test]
fn a_node_that_is_slow_by_200_ms_is_not_seen_in_the_99th_percentile() {
    for seed in 1..=2 {
        let (healthy, ..) = slow_leaf(seed, Duration::ZERO);
        let (slow, attempts, there) = slow_leaf(seed, 200 * MS);
        eprintln!("seed {seed}: {healthy:?} {slow:?} {attempts} {there}");
        assert!(slow <= 2 * healthy, "seed {seed}: {slow:?}, and {healthy:?} where none is slow");
        assert!(attempts <= 110.0 && there <= 5.0, "{attempts} attempts and {there} there of a hundred");
    }
}
