//! Looking at bytes in place: making a view and reading it, all of it or three fields.

use std::hint::black_box;

use anyhow::{Context, Result, ensure};

use super::job::{Containers, Job, Op};
use super::libs::Viewer;
use super::samples::Samples;

/// What one reads of a view, as one number: what two libraries read of the same bytes must be the same.
pub(super) trait Read {
    /// Adds everything to `sum`.
    fn read(&self, sum: &mut Sum) -> Result<()>;
}

/// What one reads of a view when three fields are wanted.
pub(super) trait ReadThree {
    /// Adds three fields to `sum`: a number, a text, and a text of a message inside.
    fn read_three(&self, sum: &mut Sum) -> Result<()>;
}

/// All that was read, in one number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum(u64);

impl Sum {
    #[inline]
    pub(super) fn add(&mut self, value: u64) {
        self.0 = self.0.wrapping_add(value);
    }
}

/// Making a view and reading everything.
pub(super) fn all<V: Viewer<View: Read>>(samples: Samples) -> Result<(Job, Sum)> {
    job::<V>(samples, Op::View, Read::read)
}

/// Making a view and reading three fields.
pub(super) fn three<V: Viewer<View: ReadThree>>(samples: Samples) -> Result<(Job, Sum)> {
    job::<V>(samples, Op::ViewLazy, ReadThree::read_three)
}

/// The jobs, if all have read the same.
pub(super) fn agreeing(jobs: Vec<(Job, Sum)>) -> Result<Vec<Job>> {
    for pair in jobs.windows(2) {
        if let [(one, sum), (other, other_sum)] = pair {
            ensure!(
                sum == other_sum,
                "{} and {} read different things of {}",
                one.lib.word(),
                other.lib.word(),
                one.message
            );
        }
    }
    Ok(jobs.into_iter().map(|(job, _)| job).collect())
}

fn job<V: Viewer>(
    samples: Samples,
    op: Op,
    read: impl Fn(&V::View, &mut Sum) -> Result<()> + 'static,
) -> Result<(Job, Sum)> {
    let passes = move |passes| {
        let mut sum = Sum::default();
        for _ in 0..passes {
            for bytes in samples.each {
                read(&V::view(black_box(bytes))?, &mut sum)?;
            }
        }
        Ok(black_box(sum))
    };
    let sum = passes(1).with_context(|| format!("{} cannot look at {}", V::LIB.word(), samples.message))?;
    let job = Job {
        message: samples.message,
        op,
        lib: V::LIB,
        containers: Containers::Own,
        unknown: None,
        samples: samples.each.len(),
        bytes: samples.bytes(),
        passes: Box::new(move |times| passes(times).map(drop)),
    };
    Ok((job, sum))
}
