//! Two builds by turns.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::cases::echo::{Cell, Once, Sample};
use crate::peers::Peer;
use crate::pin::Placement;
use crate::scheduler::Scheduler;

/// Who is compared.
#[derive(Clone, Copy, Debug)]
pub(in crate::cases) struct Build<'a> {
    /// What errors call it.
    pub name: &'static str,
    /// This program, or another build of it.
    pub program: &'a Path,
    pub peer: &'a Peer,
}

/// How they are.
#[derive(Clone, Copy, Debug)]
pub(in crate::cases) struct Turns {
    pub cell: Cell,
    pub repeats: u32,
    pub scheduler: Scheduler,
    pub measure: Duration,
    pub placement: Placement,
}

impl Turns {
    /// Both once for each repeat, in an order that changes with each.
    pub(in crate::cases) fn pairs(
        &self,
        first: Build<'_>,
        second: Build<'_>,
    ) -> Result<Vec<(Sample, Sample)>> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let run = |build: Build<'_>, repeat: u32| {
            let once = Once {
                program: build.program,
                peer: build.peer,
                cell: self.cell,
                scheduler: self.scheduler,
                warm_up: self.measure / 4,
                measure: self.measure,
                placement: self.placement,
            };
            let sample = runtime.block_on(once.run());
            sample.with_context(|| format!("{} failed at {}, repeat {}", build.name, self.cell, repeat + 1))
        };
        (0..self.repeats)
            .map(|repeat| {
                if repeat % 2 == 0 {
                    let sample = run(first, repeat)?;
                    return Ok((sample, run(second, repeat)?));
                }
                let sample = run(second, repeat)?;
                Ok((run(first, repeat)?, sample))
            })
            .collect()
    }
}
