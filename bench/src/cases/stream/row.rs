//! The rows: what came of streams at full speed, and what a reader that stops costs the others.

use serde::Serialize;

/// A JSON line of streams at full speed. Its fields are an interface: programs read them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Poured {
    pub case: &'static str,
    pub peer: &'static str,
    pub connections: u32,
    /// On each connection.
    pub streams: u32,
    /// In bytes.
    pub payload: usize,
    pub messages_s: f64,
    /// CPU time of the server per message, user and system.
    pub server_cpu_us: f64,
    pub client_cpu_us: f64,
    /// The server's peak.
    pub rss_kib: u64,
}

/// A JSON line of calls beside a stream whose reader has stopped. Its fields are an interface, too.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Stopped {
    pub case: &'static str,
    pub peer: &'static str,
    pub connections: u32,
    /// On each connection.
    pub in_flight: u32,
    /// Without any stream.
    pub p99_us: f64,
    /// Beside the stream whose reader has stopped.
    pub p99_beside_us: f64,
    /// The two by each other.
    pub ratio: f64,
    /// How much higher the server's peak is beside it, in KiB.
    pub rss_growth_kib: i64,
}

pub(super) const POURED: &[&str] = &[
    "peer",
    "load",
    "payload",
    "messages / s",
    "server µs",
    "client µs",
    "server KiB",
];

pub(super) const STOPPED: &[&str] = &["peer", "p99 µs", "p99 µs beside", "ratio", "server KiB more"];

impl Poured {
    pub(super) fn cells(&self) -> [String; 7] {
        [
            self.peer.to_owned(),
            format!("{}x{}", self.connections, self.streams),
            self.payload.to_string(),
            format!("{:.0}", self.messages_s),
            format!("{:.3}", self.server_cpu_us),
            format!("{:.3}", self.client_cpu_us),
            self.rss_kib.to_string(),
        ]
    }
}

impl Stopped {
    pub(super) fn cells(&self) -> [String; 5] {
        [
            self.peer.to_owned(),
            format!("{:.1}", self.p99_us),
            format!("{:.1}", self.p99_beside_us),
            format!("{:.2}", self.ratio),
            self.rss_growth_kib.to_string(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_json_lines_have_these_fields_and_no_other() {
        let poured = Poured {
            case: "stream",
            peer: "svrkit",
            connections: 1,
            streams: 16,
            payload: 64,
            messages_s: 5.0,
            server_cpu_us: 0.5,
            client_cpu_us: 0.25,
            rss_kib: 7,
        };
        assert_eq!(
            serde_json::to_string(&poured).unwrap(),
            r#"{"case":"stream","peer":"svrkit","connections":1,"streams":16,"payload":64,"messages_s":5.0,"server_cpu_us":0.5,"client_cpu_us":0.25,"rss_kib":7}"#
        );
        let stopped = Stopped {
            case: "stream-stopped",
            peer: "svrkit",
            connections: 15,
            in_flight: 4,
            p99_us: 10.0,
            p99_beside_us: 11.0,
            ratio: 1.1,
            rss_growth_kib: -3,
        };
        assert_eq!(
            serde_json::to_string(&stopped).unwrap(),
            r#"{"case":"stream-stopped","peer":"svrkit","connections":15,"in_flight":4,"p99_us":10.0,"p99_beside_us":11.0,"ratio":1.1,"rss_growth_kib":-3}"#
        );
    }
}
