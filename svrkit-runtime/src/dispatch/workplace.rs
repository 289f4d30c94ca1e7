//! Where a handler runs.

use super::blocking::on_blocking_pool;

/// Known when compiling: a method is of one kind, and pays for no other.
pub(super) trait Workplace {
    /// Has `handler` run there.
    fn place(handler: impl Future<Output = ()> + Send + 'static)
    -> impl Future<Output = ()> + Send + 'static;
}

/// On the task of its call, among those that serve connections.
pub(super) enum Here {}

/// On tokio's blocking pool.
pub(super) enum BlockingPool {}

impl Workplace for Here {
    fn place(
        handler: impl Future<Output = ()> + Send + 'static,
    ) -> impl Future<Output = ()> + Send + 'static {
        handler
    }
}

impl Workplace for BlockingPool {
    fn place(
        handler: impl Future<Output = ()> + Send + 'static,
    ) -> impl Future<Output = ()> + Send + 'static {
        on_blocking_pool(handler)
    }
}
