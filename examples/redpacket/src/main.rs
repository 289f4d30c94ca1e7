//! The command `redpacket`: the services of the night, each by its name.

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

use redpacket::books::Books;
use redpacket::night::{self, NightArgs};
use redpacket::{Failure, Start, access, ledger, packet};

/// The red packet night: three services, and the load of a New Year's Eve.
#[derive(Parser)]
#[command(name = "redpacket", arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the entry, which answers shakes.
    Access(Start),
    /// Serves the packets.
    Packet(Start),
    /// Serves the ledger.
    Ledger(Start),
    /// Runs New Year's Eve with protection and without, and writes a report: 1, where it is not what is promised.
    Night(NightArgs),
    /// Checks the books of a night that is over: 1, where they are not exact.
    Books {
        /// The folder of what the services have kept; they are stopped.
        #[arg(long, default_value = "redpacket-data")]
        data: PathBuf,
    },
}

#[tokio::main]
async fn main() -> Result<ExitCode, Failure> {
    match Arguments::parse().command {
        Command::Access(start) => access::serve(start).await?,
        Command::Packet(start) => packet::serve(start).await?,
        Command::Ledger(start) => ledger::serve(start).await?,
        Command::Night(args) => return night::run(args).await,
        Command::Books { data } => return books(data).await,
    }
    Ok(ExitCode::SUCCESS)
}

#[expect(clippy::print_stdout, reason = "that is what it is called for")]
async fn books(data: PathBuf) -> Result<ExitCode, Failure> {
    let books = Books::read(data, &[]).await?;
    println!("{books}");
    Ok(if books.are_exact() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
