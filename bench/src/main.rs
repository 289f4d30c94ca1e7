//! Our figures, side by side with peers: `svrkit-bench CASE [--quick] [--json FILE]`.
//!
//! Each case builds and starts whatever it needs, prints a table for people and JSON lines for programs. How
//! to run, profile and read them stands in `README.md`; what the cases are, in `cases::CASES`.

mod cases;
mod child;
mod cli;
mod compiler;
mod cpu_clock;
mod hold;
mod load;
mod peers;
mod pin;
mod pour;
mod process;
mod report;
mod scheduler;
mod stats;
mod window;
mod work;

use std::process::ExitCode;

/// The same for every library and peer.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match cli::run(std::env::args_os()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
