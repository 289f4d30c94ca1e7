//! Four services on hosts of their own, each of which calls the next over a network that takes its time: who gives up at the
//! front stops the last one a delay for each hop later, and not one moment more.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use svrkit_runtime::simulation::{Conditions, Network, Random, Simulation};
use svrkit_runtime::{Call, Client, Code, Context, Server, Service, ServiceSpec, Spec, Status, Tlv};
use tokio::time::{Instant, sleep};

const HOPS: u32 = 4;
const DELAY: Duration = Duration::from_millis(10);

/// The grain of every timer.
const GRAIN: Duration = Duration::from_millis(1);

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
struct Note {
    #[tlv(1)]
    number: u64,
}

static PASS: Spec = Spec::new("test.Hop", 4401, "Pass", 1).timeout(Duration::from_secs(30));
static HOP: ServiceSpec = ServiceSpec::new("test.Hop", 4401, &[&PASS]);

/// A handler's start, its deadline, and its end.
#[derive(Clone, Copy, Debug)]
struct Sight {
    hop: u32,
    started: Instant,
    deadline: Instant,
    dropped: Option<Instant>,
}

#[derive(Clone, Default)]
struct Sights(Arc<Mutex<Vec<Sight>>>);

impl Sights {
    fn start(&self, hop: u32) -> Seen {
        let mut sights = self.0.lock().unwrap();
        let deadline = Context::current().deadline().unwrap();
        sights.push(Sight { hop, started: Instant::now(), deadline, dropped: None });
        Seen { sights: self.clone(), index: sights.len() - 1 }
    }

    fn all(&self) -> Vec<Sight> {
        self.0.lock().unwrap().clone()
    }
}

/// Tells when the handler that it lives in is dropped.
struct Seen {
    sights: Sights,
    index: usize,
}

impl Drop for Seen {
    fn drop(&mut self) {
        self.sights.0.lock().unwrap()[self.index].dropped = Some(Instant::now());
    }
}

/// Works for a while and calls the next hop; the last one waits for ever.
struct Hop {
    number: u32,
    next: Option<Client>,
    sights: Sights,
    random: Mutex<Random>,
    works: Duration,
}

impl Service for Hop {
    fn spec(&self) -> &'static ServiceSpec {
        &HOP
    }

    fn dispatch(&self, call: Call) {
        let (number, next, sights) = (self.number, self.next.clone(), self.sights.clone());
        let works = self.random.lock().unwrap().time(&(Duration::ZERO..=self.works));
        call.handle(&PASS, move |note: Note| async move {
            let _seen = sights.start(number);
            sleep(works).await;
            match next {
                Some(next) => next.request::<_, Note>(&PASS, &note).await,
                None => std::future::pending::<Result<Note, Status>>().await,
            }
        });
    }
}

/// Starts all four, each of which works for up to `works` before it calls on.
async fn start(network: &Network, works: Duration) -> (Client, Sights) {
    let sights = Sights::default();
    for number in 1..=HOPS {
        let (network, sights) = (network.clone(), sights.clone());
        network.host(&format!("hop{number}")).spawn(async move {
            let next = (number < HOPS).then(|| Client::builder(format!("hop{}:4310", number + 1)).lazy());
            let random = Mutex::new(network.random(number.into()));
            let hop = Hop { number, next, sights, random, works };
            let bound = Server::new().service(hop).bind("0.0.0.0:4310").await.unwrap();
            bound.run_until(std::future::pending()).await;
        });
    }
    // Their names are known and their ports open before anybody asks for them.
    sleep(GRAIN).await;
    (Client::builder("hop1:4310").lazy(), sights)
}

/// Every way is open, so that nothing but the calls themselves takes time.
async fn warm_up(client: &Client, sights: &Sights) {
    let first = client.request::<_, Note>(&PASS, &Note::default()).timeout(Duration::from_secs(5));
    assert_eq!(first.await.unwrap_err().code(), Code::DeadlineExceeded);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(sights.0.lock().unwrap().drain(..).count(), HOPS as usize);
}

#[test]
fn who_gives_up_stops_the_last_of_four_one_delay_a_hop_later() {
    Simulation::seeded(1).conditions(Conditions::delay(DELAY)).run(async |network| {
        let (client, sights) = start(&network, Duration::ZERO).await;
        warm_up(&client, &sights).await;
        let first = tokio::spawn(client.request::<_, Note>(&PASS, &Note { number: 7 }));
        sleep(Duration::from_secs(1)).await;
        assert_eq!(sights.all().len(), HOPS as usize, "all of them wait");
        first.abort();
        let given_up = Instant::now();
        sleep(Duration::from_secs(1)).await;
        for sight in sights.all() {
            let took = sight.dropped.unwrap() - given_up;
            assert_eq!(took, DELAY * sight.hop, "hop {}: a delay for each hop, and nothing more", sight.hop);
        }
    });
}

#[test]
fn the_first_deadline_ends_the_last_of_four_at_most_one_delay_a_hop_later() {
    Simulation::seeded(1).conditions(Conditions::delay(DELAY)).run(async |network| {
        let (client, sights) = start(&network, Duration::ZERO).await;
        warm_up(&client, &sights).await;
        let deadline = Instant::now() + Duration::from_millis(500);
        let first = client.request::<_, Note>(&PASS, &Note { number: 7 }).timeout(Duration::from_millis(500));
        assert_eq!(first.await.unwrap_err().code(), Code::DeadlineExceeded);
        assert!(Instant::now() <= deadline + GRAIN);
        sleep(Duration::from_secs(1)).await;
        let sights = sights.all();
        assert_eq!(sights.len(), HOPS as usize);
        for sight in sights {
            let dropped = sight.dropped.unwrap();
            assert!(dropped >= deadline && dropped <= deadline + DELAY * sight.hop + GRAIN, "{sight:?}");
        }
    });
}

/// On ways that take up to 40 ms, with handlers that work for up to 40 ms before they call on, and deadlines that come anywhere
/// within that.
#[test]
fn no_handler_of_the_chain_ever_starts_after_its_deadline() {
    let (mut starts, mut stopped_short) = (0, 0);
    for seed in 0..20 {
        let wild = Conditions { delay: GRAIN..=Duration::from_millis(40), loss: 0.02 };
        Simulation::seeded(seed).conditions(wild).run(async |network| {
            let (client, sights) = start(&network, Duration::from_millis(40)).await;
            let mut random = network.random(99);
            for _ in 0..50 {
                let timeout = random.time(&(GRAIN..=Duration::from_millis(300)));
                let call = client.request::<_, Note>(&PASS, &Note::default()).timeout(timeout);
                // Or UNAVAILABLE, where the way to the next hop could not be opened in time.
                assert!(call.await.is_err());
            }
            sleep(Duration::from_secs(60)).await;
            for sight in sights.all() {
                assert!(sight.started < sight.deadline, "seed {seed}: {sight:?}");
                assert!(sight.dropped.unwrap() <= sight.deadline + GRAIN, "seed {seed}: {sight:?}");
            }
            let reached = |hop| sights.all().iter().filter(|sight| sight.hop == hop).count();
            starts += reached(HOPS);
            stopped_short += reached(1) - reached(HOPS);
        });
    }
    assert!(starts > 100 && stopped_short > 100, "{starts} came to the end, {stopped_short} did not");
}
