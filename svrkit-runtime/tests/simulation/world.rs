//! Three servers, three clients, and whatever a seed does to them.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use svrkit_runtime::simulation::{Conditions, Host, Network, Random, Simulation};
use svrkit_runtime::{Client, Drained, Server};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};

use crate::callers::{self, Times};
use crate::hooks::Hooks;
use crate::ledger::Ledger;
use crate::plan::{Plan, Trouble};
use crate::work::Work;

const SERVERS: usize = 3;
const CLIENTS: usize = 3;
const PORT: u16 = 4310;

/// For so long there is trouble.
const TROUBLE: Duration = Duration::from_secs(6);

/// After that everything that was stopped is started again within this time.
const RECOVERY: Duration = Duration::from_secs(3);

/// All is well: so long it takes at most until a client has an answer. The longest back-off (two seconds), and what it takes to find
/// out that a connection is dead: two calls that are not answered within half a second.
const LIVE_WITHIN: Duration = Duration::from_secs(5);

/// Whoever has nothing more to do is gone after this time: who lingers, who waits for a peer to close, TCP that sends again.
const GONE_WITHIN: Duration = Duration::from_secs(1000);

const MILLISECOND: Duration = Duration::from_millis(1);

/// What has come of a seed.
pub(crate) struct Report {
    /// What must not be, and was.
    pub(crate) violations: Vec<String>,
    pub(crate) outcomes: BTreeMap<String, usize>,
    pub(crate) log: String,
}

/// Runs the world of `seed` from its beginning to its end.
pub(crate) fn run(seed: u64) -> Report {
    let mut random = Random::seeded(seed);
    let plan = Plan::new(seed, &mut random);
    Simulation::seeded(seed).conditions(plan.conditions.clone()).run(async |network| {
        let tasks = Handle::current().metrics().num_alive_tasks();
        let world = World::start(network.clone(), plan);
        let ledger = world.ledger.clone();
        world.run().await;
        sleep(GONE_WITHIN).await;
        let left = (Handle::current().metrics().num_alive_tasks(), network.sockets());
        ledger.must(left == (tasks, 0), || {
            format!("(tasks, sockets) left over: {left:?}, there were {tasks} tasks")
        });
        ledger.check_closed();
        Report { violations: ledger.violations(), outcomes: ledger.outcomes(), log: network.log() }
    })
}

struct World {
    network: Network,
    plan: Plan,
    ledger: Ledger,
    random: Random,
    servers: Vec<Running<Drained>>,
    clients: Vec<Running<Duration>>,
    hooks: Vec<Hooks>,
}

/// A process that is started again when it has ended before its time.
struct Running<T> {
    host: Host,
    /// Asks the process to end in order. `None`: it was asked, or does not run.
    stop: Arc<Mutex<Option<oneshot::Sender<()>>>>,
    ended: JoinHandle<T>,
}

impl<T: Send + 'static> Running<T> {
    /// Has `host` run what `begin` gives, and again for as long as `again` says of what came of it; `None`: it was killed.
    fn start<F>(
        host: Host,
        mut random: Random,
        begin: impl Fn(oneshot::Receiver<()>) -> F + Send + 'static,
        again: impl Fn(Option<&T>) -> bool + Send + 'static,
    ) -> Self
    where
        F: Future<Output = T> + Send + 'static,
    {
        let stop: Arc<Mutex<Option<oneshot::Sender<()>>>> = Arc::default();
        let ended = tokio::spawn({
            let (host, stop) = (host.clone(), Arc::clone(&stop));
            async move {
                loop {
                    let (sender, stopped) = oneshot::channel();
                    *stop.lock().unwrap() = Some(sender);
                    let ended = host.spawn(begin(stopped)).await.ok();
                    *stop.lock().unwrap() = None;
                    match ended {
                        Some(ended) if !again(Some(&ended)) => return ended,
                        _ => {}
                    }
                    sleep(random.time(&(MILLISECOND..=Duration::from_secs(1)))).await;
                }
            }
        });
        Self { host, stop, ended }
    }

    fn stop(&self) {
        if let Some(stop) = self.stop.lock().unwrap().take() {
            // It may have ended just now.
            let _ = stop.send(());
        }
    }
}

impl World {
    fn start(network: Network, plan: Plan) -> Self {
        let ledger = Ledger::new(network.clone(), plan.promises);
        let random = network.random(0);
        let now = Instant::now();
        let times = Times { calls_until: now + TROUBLE, well_from: now + TROUBLE + RECOVERY };
        let mut world = Self {
            network,
            plan,
            ledger,
            random,
            servers: Vec::new(),
            clients: Vec::new(),
            hooks: Vec::new(),
        };
        // Their names are known before anybody asks for them.
        let hosts: Vec<Host> = (0..SERVERS).map(|index| world.network.host(&server(index))).collect();
        for (index, host) in hosts.into_iter().enumerate() {
            world.start_server(index, host, times);
        }
        for index in 0..CLIENTS {
            world.start_client(index, times);
        }
        world
    }

    fn hooks(&mut self, host: &Host) -> Hooks {
        let hooks = Hooks::new(host.name(), self.ledger.clone());
        self.hooks.push(hooks.clone());
        hooks
    }

    fn start_server(&mut self, index: usize, host: Host, times: Times) {
        let (ledger, hooks, plan) = (self.ledger.clone(), self.hooks(&host), self.plan.clone());
        let others = servers((0..SERVERS).filter(|other| *other != index));
        let begin = move |stopped: oneshot::Receiver<()>| {
            let (ledger, hooks, plan, others) = (ledger.clone(), hooks.clone(), plan.clone(), others.clone());
            async move {
                let others = Client::builder(others).limits(plan.of_clients).monitor(hooks.clone()).lazy();
                let work = Work { ledger, others };
                let server = Server::new().service(work).limits(plan.of_servers).monitor(hooks);
                let bound = server.bind(format!("0.0.0.0:{PORT}")).await.unwrap();
                bound.run_until(async { drop(stopped.await) }).await
            }
        };
        let (ledger, nothing_fails) = (self.ledger.clone(), self.plan.promises.nothing_fails);
        let again = move |drained: Option<&Drained>| {
            let is_well = drained.is_none_or(|drained| *drained == Drained::default());
            ledger.must(!nothing_fails || is_well, || format!("a drain has cut something: {drained:?}"));
            Instant::now() < times.well_from
        };
        let random = self.network.random(100 + index as u64);
        self.servers.push(Running::start(host, random, begin, again));
    }

    fn start_client(&mut self, index: usize, times: Times) {
        let host = self.network.host(&format!("client{index}"));
        let (ledger, hooks, limits) = (self.ledger.clone(), self.hooks(&host), self.plan.of_clients);
        let payload_max = self.plan.payload_max;
        let target = servers(0..SERVERS);
        let random = self.network.random(200 + index as u64);
        let lives = Arc::new(Mutex::new(0));
        let of_calls = random.clone();
        let begin = move |_: oneshot::Receiver<()>| {
            let client = target.clone();
            let life = {
                let mut lives = lives.lock().unwrap();
                *lives += 1;
                *lives
            };
            let (ledger, hooks, random) = (ledger.clone(), hooks.clone(), of_calls.stream(life));
            async move {
                let client = Client::builder(client).limits(limits).monitor(hooks).lazy();
                callers::run(client, ledger, random, times, payload_max).await
            }
        };
        self.clients.push(Running::start(host, random, begin, |live| live.is_none()));
    }

    async fn run(mut self) {
        let end = Instant::now() + TROUBLE;
        loop {
            sleep(self.random.time(&(MILLISECOND..=Duration::from_millis(1500)))).await;
            if Instant::now() >= end {
                break;
            }
            self.make_trouble();
        }
        self.network.note("all is to be well");
        self.network.heal();
        if self.plan.promises.cancelled_within.is_none() {
            self.network.set_conditions(Conditions::default());
        }
        self.servers.iter().for_each(|server| server.host.power_on());
        for client in std::mem::take(&mut self.clients) {
            let took = client.ended.await.unwrap();
            self.ledger.must(took <= LIVE_WITHIN, || {
                format!("{:?} has its answers {took:?} after all is well", client.host)
            });
        }
        for server in std::mem::take(&mut self.servers) {
            server.stop();
            let drained = server.ended.await.unwrap();
            self.ledger.must(drained.calls_cut == 0, || format!("{:?}, at the end: {drained}", server.host));
        }
        self.hooks.iter().for_each(Hooks::check_closed);
    }

    fn make_trouble(&mut self) {
        let trouble = self.plan.troubles[self.random.below(self.plan.troubles.len())];
        let (server, client) = (self.random.below(SERVERS), self.random.below(CLIENTS));
        let server = &self.servers[server];
        let client = self.clients[client].host.clone();
        let other = self.servers[self.random.below(SERVERS)].host.clone();
        let peer = if self.random.probably(0.5) { client.clone() } else { other };
        let time = self.random.time(&(MILLISECOND..=Duration::from_secs(3)));
        self.network.note(format_args!("{trouble:?}: {:?}, {peer:?}", server.host));
        match trouble {
            Trouble::Drain => server.stop(),
            Trouble::ServerCrash => server.host.crash(),
            Trouble::ClientCrash => client.crash(),
            Trouble::PowerLoss => {
                server.host.lose_power();
                let host = server.host.clone();
                self.later(time, move |_| host.power_on());
            }
            Trouble::Cut => {
                self.network.cut(&server.host, &peer);
                self.later(time, Network::heal);
            }
            Trouble::CutOneWay => {
                let (mut from, mut to) = (server.host.clone(), peer);
                if self.random.probably(0.5) {
                    std::mem::swap(&mut from, &mut to);
                }
                self.network.cut_one_way(&from, &to);
                self.later(time, Network::heal);
            }
            Trouble::Weather => {
                let delay = MILLISECOND..=MILLISECOND * (1 + self.random.below(100) as u32);
                let loss = self.random.below(100) as f64 / 1000.0;
                self.network.set_conditions(Conditions { delay, loss });
            }
        }
    }

    fn later(&self, time: Duration, act: impl FnOnce(&Network) + Send + 'static) {
        let network = self.network.clone();
        let at = Instant::now() + time;
        tokio::spawn(async move {
            sleep_until(at).await;
            act(&network);
        });
    }
}

fn server(index: usize) -> String {
    format!("server{index}")
}

fn servers(indices: impl IntoIterator<Item = usize>) -> String {
    let addresses: Vec<String> =
        indices.into_iter().map(|index| format!("{}:{PORT}", server(index))).collect();
    addresses.join(",")
}
