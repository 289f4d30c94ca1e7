//! Measuring: the libraries take turns, many times.

use std::time::Duration;

use anyhow::{Context, Result};
use nix::time::{ClockId, clock_gettime};

use super::job::Job;
use super::plan::Plan;
use super::row::Row;
use crate::stats::median;

/// Measures those jobs of one message that the plan wants.
pub(super) fn measure(plan: &Plan, jobs: Vec<Job>) -> Result<Vec<Row>> {
    let wanted = jobs.into_iter().filter(|job| plan.wants(job));
    let mut timed = wanted
        .map(|job| Timed::calibrated(job, plan.batch))
        .collect::<Result<Vec<_>>>()?;
    // A machine that slows down for a while slows all of them down.
    for _ in 0..plan.rounds {
        for each in &mut timed {
            each.round()?;
        }
    }
    timed.into_iter().map(Timed::row).collect()
}

/// A job and what it took.
struct Timed {
    job: Job,
    passes: u64,
    /// Of one value, in nanoseconds; one figure a round.
    ns: Vec<f64>,
}

impl Timed {
    /// With as many passes in a round as take `batch`.
    fn calibrated(mut job: Job, batch: Duration) -> Result<Self> {
        let mut passes = 1;
        loop {
            let took = took(&mut job, passes)?;
            if batch / 2 <= took {
                let share = batch.as_secs_f64() / took.as_secs_f64();
                passes = ((passes as f64 * share) as u64).max(1);
                return Ok(Self {
                    job,
                    passes,
                    ns: Vec::new(),
                });
            }
            passes *= 2;
        }
    }

    fn round(&mut self) -> Result<()> {
        let took = took(&mut self.job, self.passes)?;
        let values = self.passes as f64 * self.job.samples as f64;
        self.ns.push(took.as_secs_f64() * 1e9 / values);
        Ok(())
    }

    fn row(self) -> Result<Row> {
        let ns = median(self.ns).context("a row without rounds")?;
        Ok(Row::timed(&self.job, ns))
    }
}

fn took(job: &mut Job, passes: u64) -> Result<Duration> {
    let start = cpu_time()?;
    (job.passes)(passes).with_context(|| {
        let (op, message, lib) = (job.op.word(), job.message, job.lib.word());
        format!("{op} of {message} by {lib} failed")
    })?;
    Ok(cpu_time()?.saturating_sub(start))
}

/// Of this thread: what others do on the core meanwhile is not in it.
fn cpu_time() -> Result<Duration> {
    let now = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).context("there is no CPU clock")?;
    Ok(Duration::from(now))
}
