//! A service, a collector and a subscriber for tests.

pub(crate) mod collector;
pub(crate) mod relay;
pub(crate) mod subscriber;
