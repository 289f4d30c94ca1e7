//! The command line: hands the arguments to the library, prints what it says, exits as it says.

use std::env;
use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let outcome = cargo_svrkit::run(env::args_os());
    // Where nobody reads our output any more, the exit code still tells.
    let _ = std::io::stdout().write_all(outcome.stdout.as_bytes());
    let _ = std::io::stdout().write_all(&outcome.bytes);
    let _ = std::io::stderr().write_all(outcome.stderr.as_bytes());
    outcome.exit.into()
}
