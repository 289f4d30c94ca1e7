//! overload: what is left of a server's goodput when more is asked of it than it can do, with protection and without, and by its peers.
//!
//! One file a row of the table: [`steady`], [`step`], [`fanout`], [`priority`], [`burst`], [`endpoint`]. [`stage`] has what they share: the peers' capacity, found first in
//! the same run, servers on one core and callers on another; [`figures`] makes numbers of records; [`row`], [`picture`] and [`publish`] show them.

mod burst;
mod endpoint;
mod fanout;
mod figures;
mod picture;
mod priority;
mod publish;
mod row;
mod stage;
mod steady;
mod step;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::builder::PossibleValuesParser;
use clap::{ArgMatches, Args, FromArgMatches};

use self::row::Row;
use self::stage::Stage;
use super::Case;
use crate::pin::{CorePair, Placement};
use crate::report::Report;
use crate::work::peers::{PEERS, Peer};

/// The registering line's other end.
pub(super) const CASE: Case = Case {
    name: "overload",
    about: "goodput at 1.5 to 10 times the capacity: svrkit with and without protection, tonic, tarpc",
    arguments: OverloadArguments::augment_args,
    run,
};

/// The rows, in their order.
const ROWS: &[&str] = &[
    "steady-cpu",
    "steady-wait",
    "step",
    "fanout",
    "priority",
    "burst",
    "endpoint",
];

#[derive(Args, Clone, Debug)]
struct OverloadArguments {
    /// Only these rows
    #[arg(long, value_name = "ROW,…", value_delimiter = ',', value_parser = PossibleValuesParser::new(ROWS))]
    rows: Vec<String>,
    /// Only these peers
    #[arg(long, value_name = "PEER,…", value_delimiter = ',', value_parser = peer_names())]
    peers: Vec<String>,
    /// Loads of the steady rows, as multiples of the capacity
    #[arg(
        long,
        value_name = "TIMES,…",
        value_delimiter = ',',
        default_value = "1.5,2,5,10"
    )]
    loads: Vec<f64>,
    /// Cores by hand
    #[arg(long, value_name = "SERVER,CLIENT")]
    cores: Option<CorePair>,
    /// The root of the repository: writes the table into docs/protection.md and the picture docs/goodput.svg
    #[arg(long, value_name = "FOLDER")]
    publish: Option<PathBuf>,
}

fn peer_names() -> PossibleValuesParser {
    PossibleValuesParser::new(PEERS.iter().map(|peer| peer.name))
}

fn run(matches: &ArgMatches, quick: bool, mut report: Report) -> Result<()> {
    let arguments = OverloadArguments::from_arg_matches(matches)?;
    let placement = Placement::choose(arguments.cores)?;
    let mut stage = Stage::new(placement, quick);
    let title = format!(
        "overload: {placement}; 1 ms of computing is {} turns; {}",
        stage.spins,
        if quick { "quick" } else { "full" }
    );
    eprintln!("{title}");
    let peers: Vec<&Peer> = PEERS
        .iter()
        .filter(|peer| arguments.peers.is_empty() || arguments.peers.iter().any(|name| name == peer.name))
        .collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut rows: Vec<Row> = Vec::new();
    for name in ROWS {
        if !arguments.rows.is_empty() && !arguments.rows.iter().any(|row| row == name) {
            continue;
        }
        for peer in &peers {
            let made = runtime
                .block_on(rows_of(&mut stage, name, peer, &arguments.loads))
                .with_context(|| format!("{} failed at {name}", peer.name))?;
            for row in made {
                eprintln!("{}", row.line());
                report.row(&row)?;
                rows.push(row);
            }
        }
    }
    report.print(&title, &row::table(&rows));
    if let Some(root) = arguments.publish {
        publish::publish(&root, &rows)?;
    }
    Ok(())
}

async fn rows_of(stage: &mut Stage, name: &str, peer: &'static Peer, loads: &[f64]) -> Result<Vec<Row>> {
    match name {
        "steady-cpu" => steady::rows(stage, "steady-cpu", stage.compute(), peer, loads).await,
        "steady-wait" => steady::rows(stage, "steady-wait", stage.wait(), peer, loads).await,
        "step" => step::rows(stage, peer).await,
        "fanout" => fanout::rows(stage, peer).await,
        "priority" => priority::rows(stage, peer).await,
        "burst" => burst::rows(stage, peer).await,
        _ => endpoint::rows(stage, peer).await,
    }
}
