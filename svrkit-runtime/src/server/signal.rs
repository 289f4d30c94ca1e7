//! The signals that ask a server to stop.

use std::io;

/// Waits for SIGTERM or SIGINT (Ctrl-C elsewhere than on Unix). Installed when called, heard when awaited.
#[cfg(unix)]
pub(super) fn stop_signal() -> io::Result<impl Future<Output = ()> + Send> {
    use std::task::Poll;

    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(std::future::poll_fn(move |cx| {
        if terminate.poll_recv(cx).is_ready() || interrupt.poll_recv(cx).is_ready() {
            return Poll::Ready(());
        }
        Poll::Pending
    }))
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
pub(super) fn stop_signal() -> io::Result<impl Future<Output = ()> + Send> {
    Ok(async {
        // Where it cannot be heard there is nothing to wait for.
        let _ = tokio::signal::ctrl_c().await;
    })
}
