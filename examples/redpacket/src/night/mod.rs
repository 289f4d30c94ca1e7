//! New Year's Eve: people who shake their phones, on an open loop, and what came of it as a report.
//!
//! The night is run twice, with protection and without, by the same people: what they do of their own accord follows from the seed
//! (`crowd`), and is done when it is due (`driver`), whatever became of what was before. `watch` reads what the services say of themselves.

mod crowd;
mod driver;
mod killing;
mod phones;
mod profile;
mod progress;
mod tally;
mod watch;

use std::collections::{BTreeMap, VecDeque};
use std::env::current_exe;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use clap::Args;
use tokio::task::spawn_blocking;
use tokio::time::sleep_until;

use self::crowd::{Deeds, Wild};
use self::driver::Scene;
use self::phones::Phones;
use self::profile::{Lengths, Profile};
use self::watch::{Look, Looks};
use crate::books::Books;
use crate::fleet::{Fleet, FleetPlan, Tier};
use crate::protocol::{DrawRequest, PacketsClient, Token};
use crate::report::model::{self, Night, Part, Run, Setting};
use crate::report::{self, PEAK, verdict};
use crate::start::Failure;

/// What the night is run with.
#[derive(Args, Clone, Debug)]
pub struct NightArgs {
    /// Both runs within a minute, instead of within six.
    #[arg(long)]
    quick: bool,
    /// How long the parts of each run are, in seconds: calm, ramp, peak and tail.
    #[arg(long, value_name = "CALM,RAMP,PEAK,TAIL", conflicts_with = "quick")]
    lengths: Option<Lengths>,
    /// Another seed is another night; the same seed and capacity are the same one.
    #[arg(long, default_value_t = 20_150_218)]
    seed: u64,
    /// How many times the access tier's capacity is asked for at the peak.
    #[arg(long, default_value_t = 10.0)]
    peak: f64,
    /// Shakes a second that the access tier can answer, where that is not to be measured first.
    #[arg(long)]
    capacity: Option<f64>,
    /// Has packet and the ledger killed in the course of each peak, as by `kill -9`, and started again. What is judged then are the books alone.
    #[arg(long, conflicts_with = "publish")]
    kill: bool,
    /// The report; the same as JSON is written beside it.
    #[arg(long, default_value = "redpacket-night.html", overrides_with = "report")]
    report: PathBuf,
    /// A clone of the repository, whose picture and tables of the night are written anew.
    #[arg(long)]
    publish: Option<PathBuf>,
}

/// People.
const USERS: u64 = 1_000_000;
/// Connections that stand for all their phones.
///
/// A server knows each of these as one caller that calls for users. Who runs wild is blocked only where it is one of ten callers at most: there are
/// enough of them for all of [`WILD`].
const CONNECTIONS: usize = 40;
/// Clients in an endless loop, each slow enough that all together are no overload by themselves.
const WILD: Wild = Wild { clients: 3, rate: 120.0, from: 1.0 };

const QUICK: Lengths = Lengths { calm: 5.0, ramp: 2.0, peak: 8.0, tail: 7.0 };
const LONG: Lengths = Lengths { calm: 20.0, ramp: 10.0, peak: 30.0, tail: 50.0 };

/// How long the capacity is measured, after as long again for the service to get going.
const MEASURED: Duration = Duration::from_secs(1);
/// By so many who call again as soon as they are answered: four for each place that access has.
const CALLERS: u64 = 48;
/// Tokens that are drawn at once at most, as the schema has it.
const DRAW_MAX: u32 = 10_000;
/// How often in a second the services are looked at: their levels change faster than once.
const LOOKS: u32 = 4;
/// How long what was taken is waited for until it is done, at most.
const SETTLED: Duration = Duration::from_secs(60);

/// Runs the night with protection and without, prints what happened, and writes the report.
///
/// # Errors
/// A service cannot be started or stopped, or the report cannot be written. Where the night was not what is promised (books that are not exact, or packets
/// that were not opened in time with protection), the exit code says so.
#[allow(clippy::print_stdout, reason = "what a command has to say")]
pub async fn run(args: NightArgs) -> Result<ExitCode, Failure> {
    let mut night = Night {
        setting: Setting {
            seed: args.seed,
            users: USERS,
            capacity: args.capacity.unwrap_or_default(),
            peak: args.peak,
            wild: WILD.clients,
            connections: CONNECTIONS,
            cores: available_parallelism().map_or(1, |cores| cores.get()),
            ..Setting::default()
        },
        ..Night::default()
    };
    let lengths = args.lengths.unwrap_or(if args.quick { QUICK } else { LONG });
    let folder = tempfile::tempdir()?;
    for is_protected in [true, false] {
        let dir = folder.path().join(side(is_protected));
        night.runs.push(once(&args, &mut night.setting, lengths, dir, is_protected).await?);
    }
    println!("\n{}", report::text(&night));
    write(&args.report, &night)?;
    if let Some(root) = &args.publish {
        publish(root, &night)?;
    }
    let holds = if args.kill { verdict::books_are_exact(&night) } else { verdict::holds(&night) };
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[allow(clippy::print_stdout, reason = "what a command has to say")]
fn write(page: &Path, night: &Night) -> Result<(), Failure> {
    let data = page.with_extension("json");
    if let Some(folder) = page.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(page, report::html(night))?;
    fs::write(&data, report::json(night))?;
    println!("the report: {}\nits figures: {}", page.display(), data.display());
    Ok(())
}

/// Where the repository shows what a night came to.
const PICTURE: &str = "docs/night.svg";
const DOCUMENTS: [&str; 2] = ["README.md", "examples/redpacket/README.md"];

fn publish(root: &Path, night: &Night) -> Result<(), Failure> {
    fs::write(root.join(PICTURE), report::picture(night))?;
    for document in DOCUMENTS {
        let path = root.join(document);
        let text = report::with_table(&fs::read_to_string(&path)?, night);
        fs::write(&path, text.ok_or_else(|| format!("{document} has no place for the night's table"))?)?;
    }
    Ok(())
}

/// One run. Where the capacity is not known, it is measured before.
#[allow(clippy::print_stdout, reason = "what a command has to say")]
async fn once(
    args: &NightArgs,
    setting: &mut Setting,
    lengths: Lengths,
    dir: PathBuf,
    is_protected: bool,
) -> Result<Run, Failure> {
    let program = current_exe()?;
    let plan = FleetPlan { program, dir: dir.clone(), is_protected, changes: BTreeMap::new() };
    let fleet = Arc::new(Fleet::start(plan).await?);
    let mut phones = Phones::connect(fleet.address(Tier::Access)?, CONNECTIONS, is_protected).await?;
    if setting.capacity <= 0.0 {
        setting.capacity = phones.capacity(CALLERS, MEASURED).await.round();
        println!("the access tier answers {} shakes a second", setting.capacity);
    }
    let profile = Profile::new_years_eve(setting.capacity, setting.peak, lengths);
    setting.parts = profile.parts();
    let gifts = gifts(fleet.address(Tier::Packet)?, profile.shakes() * crowd::GIFTS * 1.2).await?;
    println!(
        "\nthe night {} protection, {:.0} s:\n{}",
        side(is_protected),
        profile.seconds(),
        progress::head()
    );

    phones.begin();
    let deeds = Deeds::new(profile, setting.users, WILD, setting.seed);
    let scene = Arc::new(Scene::new(phones, gifts, setting.users));
    let watching = tokio::spawn(watch_over(Arc::clone(&scene), Arc::clone(&fleet), setting.parts.clone()));
    let killing = setting.parts.iter().find(|part| part.name == PEAK && args.kill).cloned().map(|peak| {
        let (fleet, began) = (Arc::clone(&fleet), scene.phones.began());
        tokio::spawn(async move { killing::kill(&fleet, began, &peak).await })
    });
    driver::drive(&scene, deeds).await;
    if let Some(killing) = killing {
        killing.await??;
    }
    let is_settled = fleet.drained(SETTLED).await?;
    watching.abort();
    // It is over then, and has left nothing half done.
    let _ = watching.await;
    if !is_settled {
        println!("after {} s there still are credits to be done", SETTLED.as_secs());
    }
    fleet.stop().await?;
    let books = Books::read(&dir, &scene.promises()).await?;
    Ok(Run { is_protected, seconds: scene.phones.tally().take(), books: of_report(&books) })
}

/// Looks at the services some times in each second, and prints the second before it, whose calls have ended by then.
#[allow(clippy::print_stdout, reason = "what a command has to say")]
async fn watch_over(scene: Arc<Scene>, fleet: Arc<Fleet>, parts: Vec<Part>) {
    let (began, tally) = (scene.phones.began(), scene.phones.tally());
    let mut before = look(&fleet).await;
    for second in 0_u64.. {
        let mut looks = Vec::new();
        for number in 1..=LOOKS {
            sleep_until(began + Duration::from_secs(second) + Duration::from_secs(1) * number / LOOKS).await;
            looks.push(look(&fleet).await);
        }
        for (tier, reading) in watch::readings(&before, &looks) {
            tally.note(second, tier, reading);
        }
        before = looks.pop().unwrap_or_default();
        if let Some(ended) = second.checked_sub(1) {
            let part = parts.iter().rfind(|part| part.from <= ended as f64 && (ended as f64) < part.to);
            println!(
                "{}",
                progress::line(ended, part.map_or("after", |part| part.name), &tally.second(ended))
            );
        }
    }
}

/// What the services have counted so far, those that can be read. It is some work, for which calls are not kept waiting.
async fn look(fleet: &Arc<Fleet>) -> Looks {
    let fleet = Arc::clone(fleet);
    let looking = spawn_blocking(move || {
        let looks = Tier::ALL.into_iter().map(|tier| Some((tier, Look::of(&fleet.snapshot(tier).ok()?))));
        looks.flatten().collect()
    });
    looking.await.unwrap_or_default()
}

/// Packets for those who were sent one before the night.
async fn gifts(packet: &str, count: f64) -> Result<VecDeque<Token>, Failure> {
    let client = PacketsClient::connect(packet).await?;
    let mut tokens = VecDeque::new();
    while (tokens.len() as f64) < count {
        let missing = (count - tokens.len() as f64).ceil().min(f64::from(DRAW_MAX)) as u32;
        let drawn = client.draw(&DrawRequest { count: missing, ..DrawRequest::default() }).await?.tokens;
        if drawn.is_empty() {
            return Err("there are fewer packets than the night needs".into());
        }
        tokens.extend(drawn);
    }
    Ok(tokens)
}

/// The books as the report has them.
fn of_report(books: &Books) -> model::Books {
    let Books { issued, opened, left, credited, balances, faults } = books;
    let sums = [
        ("issued", issued),
        ("opened", opened),
        ("left", left),
        ("credited", credited),
        ("balances", balances),
    ];
    let sums = sums.map(|(what, sum)| model::Sum { what, count: sum.count, fen: sum.fen });
    model::Books { sums: sums.into(), faults: faults.iter().map(ToString::to_string).collect() }
}

fn side(is_protected: bool) -> &'static str {
    if is_protected { "with" } else { "without" }
}
