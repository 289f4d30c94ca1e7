//! How much CPU the two sides have used: the kernel's CPU-time clocks of both processes, user and system time of
//! all their threads, read by the client at the very ends of the measured window.

use std::time::Duration;

use anyhow::{Context, Result};
use nix::time::{ClockId, clock_getcpuclockid};
use nix::unistd::Pid;

/// CPU time used so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CpuTimes {
    /// By the server; zero when there is no clock of it.
    pub server: Duration,
    /// By this process.
    pub client: Duration,
}

/// The CPU clocks of a server and of this process, its client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CpuClocks {
    server: Option<ClockId>,
}

impl CpuClocks {
    /// Opens the clock of process `server`, if one is given, beside our own.
    pub(crate) fn open(server: Option<i32>) -> Result<Self> {
        let open = |pid| {
            clock_getcpuclockid(Pid::from_raw(pid)).with_context(|| format!("process {pid} has no CPU clock"))
        };
        Ok(Self {
            server: server.map(open).transpose()?,
        })
    }

    /// Reads both. Fails when the server is gone.
    pub(crate) fn read(&self) -> Result<CpuTimes> {
        let read = |clock: ClockId| clock.now().map(Duration::from);
        Ok(CpuTimes {
            server: self
                .server
                .map_or(Ok(Duration::ZERO), read)
                .context("the server's CPU clock is gone")?,
            client: read(ClockId::CLOCK_PROCESS_CPUTIME_ID).context("our own CPU clock cannot be read")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_of_a_process_is_the_same_from_inside_and_outside() {
        let clocks = CpuClocks::open(Some(std::process::id() as i32)).unwrap();
        let first = clocks.read().unwrap();
        let second = clocks.read().unwrap();
        assert!(
            first.server <= first.client && first.client <= second.server,
            "{first:?} {second:?}"
        );
        assert!(first.client > Duration::ZERO);
    }

    #[test]
    fn a_process_that_is_not_there_has_no_clock() {
        // Linux never gives an id as high as this.
        let error = CpuClocks::open(Some(4_194_305)).unwrap_err();
        assert!(error.to_string().contains("4194305"), "{error}");
    }
}
