//! One row: what one peer's server costs while nobody calls it.

use std::time::Duration;

use serde::Serialize;

/// The JSON line. Its fields are an interface: programs read them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Row {
    case: &'static str,
    peer: &'static str,
    connections: u32,
    /// CPU time of the server for opening each of them, one call on it included, in microseconds.
    open_us: f64,
    /// The server's resident memory with the connections, in KiB.
    rss_kib: u64,
    /// What of it came with the connections, for each of them.
    bytes_per_connection: u64,
    /// How often a second a thread of the server went to sleep again.
    wake_ups_s: f64,
    /// CPU time of the server, in milliseconds a second.
    cpu_ms_s: f64,
}

pub(super) const COLUMNS: &[&str] = &[
    "peer",
    "connections",
    "µs to open",
    "server KiB",
    "bytes / connection",
    "wake-ups / s",
    "CPU ms / s",
];

impl Row {
    pub(super) fn new(
        peer: &'static str,
        connections: u32,
        opening: Duration,
        before_kib: u64,
        rss_kib: u64,
        wake_ups_s: f64,
        cpu_ms_s: f64,
    ) -> Self {
        let bytes_per_connection = rss_kib.saturating_sub(before_kib) * 1024 / u64::from(connections);
        Self {
            case: "idle",
            peer,
            connections,
            open_us: opening.as_secs_f64() * 1e6 / f64::from(connections),
            rss_kib,
            bytes_per_connection,
            wake_ups_s,
            cpu_ms_s,
        }
    }

    pub(super) fn cells(&self) -> [String; 7] {
        [
            self.peer.to_owned(),
            self.connections.to_string(),
            format!("{:.1}", self.open_us),
            self.rss_kib.to_string(),
            self.bytes_per_connection.to_string(),
            format!("{:.1}", self.wake_ups_s),
            format!("{:.2}", self.cpu_ms_s),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_had_before_is_not_the_connections() {
        let row = Row::new("bare", 100, Duration::from_millis(5), 1000, 1800, 0.0, 0.0);
        assert_eq!(row.bytes_per_connection, 8192);
        assert_eq!(
            serde_json::to_string(&row).unwrap(),
            r#"{"case":"idle","peer":"bare","connections":100,"open_us":50.0,"rss_kib":1800,"bytes_per_connection":8192,"wake_ups_s":0.0,"cpu_ms_s":0.0}"#
        );
    }
}
