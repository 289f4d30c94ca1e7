//! The command `redpacket`: the services of the night, each by its name.

use clap::{Parser, Subcommand};
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
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    match Arguments::parse().command {
        Command::Access(start) => access::serve(start).await,
        Command::Packet(start) => packet::serve(start).await,
        Command::Ledger(start) => ledger::serve(start).await,
    }
}
