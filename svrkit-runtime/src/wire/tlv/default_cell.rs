//! Where an empty message lives for ever.
//!
//! A lock around each message would be compiled for each; here it is one for all, and what it holds is known by its type.
//! Called by derived [`Tlv::default_ref`].

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::sync::OnceLock;

use super::Tlv;

/// Holds the default of `M` once it was asked for. For derived [`Tlv::default_ref`], in a static.
pub struct DefaultCell<M>(OnceLock<Made>, PhantomData<fn() -> M>);

type Made = Box<dyn Any + Send + Sync>;

impl<M: Tlv> DefaultCell<M> {
    /// An empty one.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it stands in a static, which needs a constant")]
    pub const fn new() -> Self {
        Self(OnceLock::new(), PhantomData)
    }

    /// The default of `M`, made the first time.
    #[inline]
    pub fn get(&self) -> &M {
        made(&self.0, || Box::new(M::default())).downcast_ref().expect("nothing else is put into the cell")
    }
}

/// Without a word of the message: compiled once.
fn made(cell: &OnceLock<Made>, make: fn() -> Made) -> &(dyn Any + Send + Sync) {
    &**cell.get_or_init(make)
}

impl<M> fmt::Debug for DefaultCell<M> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("DefaultCell").field("is_made", &self.0.get().is_some()).finish()
    }
}
