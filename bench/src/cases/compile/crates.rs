//! rustc on generated code: a crate of ours and one of prost with the same messages, built in turn.
//!
//! Both are in one workspace with everything they depend on built before. Incremental compilation is off, as in a first
//! build; the CPU time is that of `cargo build` and all it starts.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

use super::library::{Library, PROST, SVRKIT};
use super::plan::{Code, Plan, Profile};
use super::row::{Row, Rustc, rounded};
use super::workspace::Workspace;
use crate::stats::median;

/// The two, ours first.
const LIBRARIES: [Library; 2] = [SVRKIT, PROST];

/// What one build took.
#[derive(Clone, Copy, Debug)]
struct Build {
    wall: Duration,
    cpu: Duration,
}

/// Builds both crates, so many rounds.
pub(super) fn compare(plan: &Plan, keep: &mut impl FnMut(Row) -> Result<()>) -> Result<()> {
    let workspace = Workspace::new(&LIBRARIES)?;
    for library in &LIBRARIES {
        workspace
            .build(library, plan.profile, "")
            .with_context(|| format!("the dependencies of {}", library.name))?;
    }
    for &code in &plan.code {
        let sources = LIBRARIES
            .iter()
            .map(|library| library.whole(plan.crates, code))
            .collect::<Result<Vec<_>>>()?;
        let mut builds = [const { Vec::new() }; LIBRARIES.len()];
        for _ in 0..plan.rounds {
            for ((library, source), builds) in LIBRARIES.iter().zip(&sources).zip(&mut builds) {
                let build = build(&workspace, library, plan.profile, source);
                builds.push(build.with_context(|| format!("the crate of {}", library.name))?);
            }
        }
        for ((library, source), own) in LIBRARIES.iter().zip(&sources).zip(&builds) {
            keep(Row::Rustc(row(
                plan,
                code,
                library,
                source,
                own,
                &builds[LIBRARIES.len() - 1],
            )?))?;
        }
    }
    Ok(())
}

fn row(
    plan: &Plan,
    code: Code,
    library: &Library,
    source: &str,
    own: &[Build],
    prost: &[Build],
) -> Result<Rustc> {
    let middle = |values: Vec<f64>| median(values).map(rounded).context("a row without rounds");
    let pairs = own.iter().zip(prost);
    Ok(Rustc {
        case: "compile",
        op: "rustc",
        lib: library.name,
        messages: plan.crates.messages(),
        code: code.word(),
        profile: plan.profile.word(),
        lines: source.lines().count(),
        seconds: middle(own.iter().map(|build| build.wall.as_secs_f64()).collect())?,
        cpu_seconds: middle(own.iter().map(|build| build.cpu.as_secs_f64()).collect())?,
        ratio: middle(
            pairs
                .map(|(own, prost)| own.cpu.as_secs_f64() / prost.cpu.as_secs_f64())
                .collect(),
        )?,
    })
}

fn build(workspace: &Workspace, library: &Library, profile: Profile, source: &str) -> Result<Build> {
    let (started, cpu_started) = (Instant::now(), children_cpu()?);
    workspace.build(library, profile, source)?;
    Ok(Build {
        wall: started.elapsed(),
        cpu: children_cpu()? - cpu_started,
    })
}

/// CPU time of all children that have ended, and of theirs.
fn children_cpu() -> Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).context("cannot read the CPU time of children")?;
    let time = |time: TimeVal| Duration::new(time.tv_sec() as u64, time.tv_usec() as u32 * 1000);
    Ok(time(usage.user_time()) + time(usage.system_time()))
}
