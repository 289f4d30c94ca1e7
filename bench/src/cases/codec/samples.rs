//! The values of a message as bytes: what all libraries start from.

use anyhow::{Context, Result};
use svrkit_runtime::Tlv;

/// The bytes of some values of one message, as svrkit writes them.
#[derive(Clone, Copy)]
pub(super) struct Samples {
    pub message: &'static str,
    /// They live as long as the program, so that messages may borrow from them.
    pub each: &'static [Vec<u8>],
    is_same: fn(&[u8], &[u8]) -> bool,
}

impl Samples {
    pub(super) fn of<M: Tlv + PartialEq>(message: &'static str, values: &[M]) -> Result<Self> {
        let each = values.iter().map(M::encode).collect::<Result<Vec<_>, _>>();
        let each = each.with_context(|| format!("{message} has no bytes"))?;
        Ok(Self {
            message,
            each: each.leak(),
            is_same: is_same::<M>,
        })
    }

    /// How many bytes all of them are.
    pub(super) fn bytes(&self) -> usize {
        self.each.iter().map(Vec::len).sum()
    }

    /// Do both hold the same value, however they are written?
    pub(super) fn is_same(&self, one: &[u8], other: &[u8]) -> bool {
        (self.is_same)(one, other)
    }
}

fn is_same<M: Tlv + PartialEq>(one: &[u8], other: &[u8]) -> bool {
    match (M::decode(one), M::decode(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}
