//! Encoding and decoding by one library, checked first.

use std::hint::black_box;

use anyhow::{Context, Result, ensure};

use super::job::{Job, Op, Unknown};
use super::libs::Codec;
use super::samples::Samples;

/// Encoding and decoding. Fails if the library does not write what it has read.
pub(super) fn jobs<C: Codec>(samples: Samples) -> Result<Vec<Job>> {
    let messages = read::<C>(samples)?;
    let mut buffer = C::Buffer::default();
    for (message, bytes) in messages.iter().zip(samples.each) {
        let written = C::encode(message, &mut buffer).with_context(|| fault::<C>(samples, "cannot write"))?;
        let is_reordered = || C::HASHES && written.len() == bytes.len() && samples.is_same(written, bytes);
        ensure!(
            written == bytes || is_reordered(),
            fault::<C>(samples, "writes something else than it has read")
        );
    }

    let decode = move |passes| {
        for _ in 0..passes {
            for bytes in samples.each {
                black_box(&C::decode(black_box(bytes))?);
            }
        }
        Ok(())
    };
    Ok(vec![
        encode::<C>(samples, Op::Encode)?,
        job::<C>(samples, Op::Decode, None, decode),
    ])
}

/// Encoding alone, as a part of what `op` compares.
pub(super) fn encode<C: Codec>(samples: Samples, op: Op) -> Result<Job> {
    let messages = read::<C>(samples)?;
    let mut buffer = C::Buffer::default();
    let passes = move |passes| {
        for _ in 0..passes {
            for message in &messages {
                black_box(C::encode(black_box(message), &mut buffer)?);
            }
        }
        Ok(())
    };
    Ok(job::<C>(samples, op, None, passes))
}

/// Decoding and encoding by an older schema. Whether what that does not know is kept, is found out.
pub(super) fn reencode<C: Codec>(samples: Samples) -> Result<Job> {
    let messages = read::<C>(samples)?;
    let mut buffer = C::Buffer::default();
    let mut kept = 0;
    for (message, bytes) in messages.iter().zip(samples.each) {
        let written = C::encode(message, &mut buffer).with_context(|| fault::<C>(samples, "cannot write"))?;
        kept += usize::from(samples.is_same(written, bytes));
    }
    let unknown = match kept == samples.each.len() {
        true => Unknown::Kept,
        false => Unknown::Dropped,
    };
    let passes = move |passes| {
        for _ in 0..passes {
            for bytes in samples.each {
                let message = C::decode(black_box(bytes))?;
                black_box(C::encode(&message, &mut buffer)?);
            }
        }
        Ok(())
    };
    Ok(job::<C>(samples, Op::ReencodeUnknown, Some(unknown), passes))
}

fn read<C: Codec>(samples: Samples) -> Result<Vec<C::Message>> {
    let messages = samples.each.iter().map(|bytes| C::decode(bytes));
    let messages = messages.collect::<Result<_, _>>();
    messages.with_context(|| fault::<C>(samples, "cannot read"))
}

fn fault<C: Codec>(samples: Samples, what: &str) -> String {
    format!("{} with {} {what}", C::LIB.word(), samples.message)
}

fn job<C: Codec>(
    samples: Samples,
    op: Op,
    unknown: Option<Unknown>,
    passes: impl FnMut(u64) -> Result<()> + 'static,
) -> Job {
    Job {
        message: samples.message,
        op,
        lib: C::LIB,
        containers: C::CONTAINERS,
        unknown,
        samples: samples.each.len(),
        bytes: samples.bytes(),
        passes: Box::new(passes),
    }
}
