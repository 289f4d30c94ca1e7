//! Runs of the schema compiler, each in a process of its own.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use super::corpus::Corpus;
use super::hostile::INPUTS;
use super::plan::{Plan, Step};
use super::row::{Hostile, Row, Tree, rounded};
use super::xml;
use crate::compiler::{self, Compiled, Op};
use crate::process::Process;
use crate::stats::median;

/// How long one run may take.
const RUN_LIMIT: Duration = Duration::from_secs(120);

/// Compiles each tree.
pub(super) fn trees(plan: &Plan, step: Step, keep: &mut impl FnMut(Row) -> Result<()>) -> Result<()> {
    let (op, name) = match step {
        Step::Gen => (Op::Gen, "gen"),
        _ => (Op::Check, "check"),
    };
    for &tree in &plan.trees {
        let folder = TempDir::new().context("cannot make a folder for schemas")?;
        xml::write(tree, folder.path())?;
        let runs = repeated(plan, op, folder.path()).with_context(|| format!("{name} of {tree:?} failed"))?;
        ensure!(
            runs.iter().all(|run| run.errors == 0),
            "{name}: the schemas have errors"
        );
        keep(Row::Tree(row(tree, name, &runs)?))?;
    }
    Ok(())
}

/// Checks each hostile input.
pub(super) fn hostile(plan: &Plan, keep: &mut impl FnMut(Row) -> Result<()>) -> Result<()> {
    for input in INPUTS {
        let folder = TempDir::new().context("cannot make a folder for schemas")?;
        input.write(folder.path())?;
        let runs =
            repeated(plan, Op::Check, folder.path()).with_context(|| format!("`{}` failed", input.name))?;
        ensure!(
            runs.iter().all(|run| 0 < run.errors),
            "`{}` did not end in an error",
            input.name
        );
        keep(Row::Hostile(Hostile {
            case: "compile",
            op: "hostile",
            input: input.name,
            ms: middle(&runs, |run| run.ms)?,
            cpu_ms: middle(&runs, |run| run.cpu_ms)?,
            peak_mib: peak_mib(&runs),
            errors: runs.first().map_or(0, |run| run.errors),
        }))?;
    }
    Ok(())
}

fn repeated(plan: &Plan, op: Op, folder: &Path) -> Result<Vec<Compiled>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    (0..plan.repeats)
        .map(|_| runtime.block_on(once(op, folder)))
        .collect()
}

async fn once(op: Op, folder: &Path) -> Result<Compiled> {
    let mut compiler = Process::start(&compiler::arguments(op, folder)?)?;
    let line = compiler.line(RUN_LIMIT).await?;
    serde_json::from_str(&line).with_context(|| format!("the compiler printed `{line}`, no figures"))
}

fn row(tree: Corpus, op: &'static str, runs: &[Compiled]) -> Result<Tree> {
    Ok(Tree {
        case: "compile",
        op,
        files: tree.files,
        fields: tree.fields(),
        ms: middle(runs, |run| run.ms)?,
        cpu_ms: middle(runs, |run| run.cpu_ms)?,
        peak_mib: peak_mib(runs),
        output_bytes: runs.first().map_or(0, |run| run.output_bytes),
    })
}

fn middle(runs: &[Compiled], value: fn(&Compiled) -> f64) -> Result<f64> {
    median(runs.iter().map(value))
        .map(rounded)
        .context("a row without repeats")
}

fn peak_mib(runs: &[Compiled]) -> f64 {
    let peak_kib = runs.iter().map(|run| run.peak_kib).max().unwrap_or(0);
    rounded(peak_kib as f64 / 1024.0)
}
