//! Encoding and decoding by one library, checked first.

use std::hint::black_box;

use anyhow::{Context, Result, ensure};

use super::job::{Job, Op};
use super::libs::Codec;
use super::samples::Samples;

/// The jobs of one library with one message. Fails if it does not write what it has read.
pub(super) fn jobs<C: Codec>(samples: Samples) -> Result<Vec<Job>> {
    let messages = samples.each.iter().map(|bytes| C::decode(bytes));
    let messages = messages.collect::<Result<Vec<_>, _>>();
    let name = || format!("{} with {}", C::LIB.word(), samples.message);
    let messages = messages.with_context(|| format!("{} cannot read", name()))?;
    let mut buffer = C::Buffer::default();
    for (message, bytes) in messages.iter().zip(samples.each) {
        let written = C::encode(message, &mut buffer).with_context(|| format!("{} cannot write", name()))?;
        let is_reordered = || C::HASHES && written.len() == bytes.len() && samples.is_same(written, bytes);
        ensure!(
            written == bytes || is_reordered(),
            "{} writes something else than it has read",
            name()
        );
    }

    let encode = move |passes| {
        for _ in 0..passes {
            for message in &messages {
                black_box(C::encode(black_box(message), &mut buffer)?);
            }
        }
        Ok(())
    };
    let decode = move |passes| {
        for _ in 0..passes {
            for bytes in samples.each {
                black_box(&C::decode(black_box(bytes))?);
            }
        }
        Ok(())
    };
    Ok(vec![
        job::<C>(samples, Op::Encode, encode),
        job::<C>(samples, Op::Decode, decode),
    ])
}

fn job<C: Codec>(samples: Samples, op: Op, passes: impl FnMut(u64) -> Result<()> + 'static) -> Job {
    Job {
        message: samples.message,
        op,
        lib: C::LIB,
        containers: C::CONTAINERS,
        samples: samples.each.len(),
        bytes: samples.bytes(),
        passes: Box::new(passes),
    }
}
