//! Where a handler runs.

use super::blocking::on_blocking_pool;

/// Known when compiling: a method is of one kind, and pays for no other.
pub(super) trait Workplace {
    /// Whether a handler may be polled where its request was read.
    const MAY_START_AT_ONCE: bool;

    /// Has `handler` run there.
    fn place(handler: impl Future<Output = ()> + Send + 'static)
    -> impl Future<Output = ()> + Send + 'static;
}

/// On a thread that serves connections: on the task of its call, or, as long as it does not wait, on that of its connection.
pub(super) enum Here {}

/// On tokio's blocking pool.
pub(super) enum BlockingPool {}

impl Workplace for Here {
    const MAY_START_AT_ONCE: bool = true;

    fn place(
        handler: impl Future<Output = ()> + Send + 'static,
    ) -> impl Future<Output = ()> + Send + 'static {
        handler
    }
}

impl Workplace for BlockingPool {
    const MAY_START_AT_ONCE: bool = false;

    fn place(
        handler: impl Future<Output = ()> + Send + 'static,
    ) -> impl Future<Output = ()> + Send + 'static {
        on_blocking_pool(handler)
    }
}
