//! The hidden command `__compile OP FOLDER`: one run of the schema compiler in a process of its own, so that what it
//! needs can be told from what came before. `cases::compile` starts it; people do under perf and callgrind.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::{Args, Command, FromArgMatches, ValueEnum};
use serde::{Deserialize, Serialize};
use svrkit_gen::Config;

use crate::cpu_clock::CpuClocks;
use crate::process::own_peak_rss_kib;

/// The hidden command.
pub(crate) const COMPILER: &str = "__compile";

/// What is done with the schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Op {
    /// Reads and checks them, and renders the findings.
    Check,
    /// As check, and generates Rust.
    Gen,
}

/// What a run took, as the command prints it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Compiled {
    /// Wall time of the call.
    pub ms: f64,
    /// CPU time of the call, user and system.
    pub cpu_ms: f64,
    /// The most memory the process ever held.
    pub peak_kib: u64,
    pub errors: usize,
    /// Of the generated code; 0 when none was asked for or the schemas have errors.
    pub output_bytes: usize,
}

#[derive(Args)]
struct CompilerArguments {
    #[arg(value_enum)]
    op: Op,
    /// All `.xml` files directly in it are compiled, in one run
    folder: PathBuf,
}

pub(crate) fn command() -> Command {
    CompilerArguments::augment_args(Command::new(COMPILER))
        .hide(true)
        .about("Compiles the schemas of a folder; prints a JSON line")
}

/// The command line of a run.
pub(crate) fn arguments(op: Op, folder: &Path) -> Result<Vec<String>> {
    let folder = folder.to_str().context("the folder's name is not UTF-8")?;
    let op = op.to_possible_value().context("every op has a name")?;
    Ok(vec![
        COMPILER.to_owned(),
        op.get_name().to_owned(),
        folder.to_owned(),
    ])
}

/// Runs `__compile`.
pub(crate) fn compile(matches: &clap::ArgMatches) -> Result<()> {
    let arguments = CompilerArguments::from_arg_matches(matches)?;
    let schemas = schemas(&arguments.folder)?;
    let config = Config::new();
    let clocks = CpuClocks::open(None)?;
    let (started, cpu_started) = (Instant::now(), clocks.read()?.client);
    let (errors, output_bytes) = match arguments.op {
        Op::Check => {
            let report = config.check(&schemas);
            // Whoever checks wants to read what was found: that is part of the work.
            std::hint::black_box(report.render());
            (report.error_count(), 0)
        }
        Op::Gen => match config.generate(&schemas) {
            Ok(generated) => (0, generated.source().len()),
            Err(report) => bail!("the schemas have errors:\n{report}"),
        },
    };
    let compiled = Compiled {
        ms: started.elapsed().as_secs_f64() * 1e3,
        cpu_ms: (clocks.read()?.client - cpu_started).as_secs_f64() * 1e3,
        peak_kib: own_peak_rss_kib()?,
        errors,
        output_bytes,
    };
    println!("{}", serde_json::to_string(&compiled)?);
    Ok(())
}

fn schemas(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let paths: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    let mut schemas: Vec<PathBuf> = paths
        .into_iter()
        .filter(|path| path.extension().is_some_and(|it| it == "xml"))
        .collect();
    schemas.sort();
    Ok(schemas)
}
