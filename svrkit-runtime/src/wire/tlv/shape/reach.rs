//! The messages inside a message, as types: what a constant can walk through where functions of traits cannot be called.
//!
//! A constant that held the shapes themselves would not end where messages hold one another, and an associated type would
//! show the world types that are private. So each step is a function that is named for what it would return, and never
//! called.

use std::marker::PhantomData;

use super::Shape;
use crate::wire::tlv::Tlv;

/// A tree of messages at the level of types: a message, nothing `()`, or two trees as a pair.
///
/// The derives name what they hold by it. It never ends where messages hold one another; who walks it notes whom it has met.
pub trait Reach {
    /// Is there nothing any more?
    const IS_END: bool = false;

    /// The message that stands here, if it is one.
    const SHAPE: Option<&'static Shape> = None;

    /// One part of what is inside.
    fn first() -> PhantomData<impl Reach> {
        PhantomData::<()>
    }

    /// The other part.
    fn second() -> PhantomData<impl Reach> {
        PhantomData::<()>
    }
}

/// What both name. For derived implementations of [`Tlv::inside`].
#[must_use]
pub fn both<A: Reach, B: Reach>(_: PhantomData<A>, _: PhantomData<B>) -> PhantomData<(A, B)> {
    PhantomData
}

impl Reach for () {
    const IS_END: bool = true;
}

impl<A: Reach, B: Reach> Reach for (A, B) {
    fn first() -> PhantomData<impl Reach> {
        PhantomData::<A>
    }

    fn second() -> PhantomData<impl Reach> {
        PhantomData::<B>
    }
}

impl<M: Tlv> Reach for M {
    const SHAPE: Option<&'static Shape> = Some(M::SHAPE);

    fn first() -> PhantomData<impl Reach> {
        M::inside()
    }
}
