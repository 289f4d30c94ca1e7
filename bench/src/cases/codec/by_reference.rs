//! Encoding without copying long `bytes`: svrkit's alone.

use std::hint::black_box;

use anyhow::{Context, Result, ensure};
use svrkit_runtime::Tlv;
use svrkit_runtime::wire::tlv::{EncodeBuffer, EncodedPart};

use super::job::{Containers, Job, Lib, Op};
use super::samples::Samples;

/// Fails if the parts together are something else than the message.
pub(super) fn job<M: Tlv>(samples: Samples) -> Result<Job> {
    let messages = samples
        .each
        .iter()
        .map(|bytes| M::decode(bytes))
        .collect::<Result<Vec<_>, _>>()?;
    let mut buffer = EncodeBuffer::default();
    for (message, bytes) in messages.iter().zip(samples.each) {
        let parts = buffer
            .encode_parts(message)
            .context("svrkit cannot write parts")?;
        let mut whole = Vec::new();
        for part in parts.iter() {
            whole.extend_from_slice(match part {
                EncodedPart::Written(bytes) => bytes,
                EncodedPart::Shared(bytes) => bytes,
            });
        }
        ensure!(
            whole == *bytes,
            "the parts of {} are another message",
            samples.message
        );
    }
    let passes = move |passes| {
        for _ in 0..passes {
            for message in &messages {
                black_box(&buffer.encode_parts(black_box(message))?);
            }
        }
        Ok(())
    };
    Ok(Job {
        message: samples.message,
        op: Op::EncodeByReference,
        lib: Lib::Svrkit,
        containers: Containers::Own,
        unknown: None,
        samples: samples.each.len(),
        bytes: samples.bytes(),
        passes: Box::new(passes),
    })
}
