//! Where spans are sent.

use std::fmt;
use std::str::FromStr;

/// What a collector listens to by default.
const PORT_DEFAULT: u16 = 4318;

/// The path of traces.
const PATH_DEFAULT: &str = "/v1/traces";

/// Host, port and path of a collector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    /// As it stands in `Host`, an IPv6 address in brackets.
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) path: String,
}

/// Why there is no [`Exporter`](crate::Exporter).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoExporter {
    /// The endpoint is not of the form `http://HOST[:PORT][/PATH]`.
    Endpoint(String),
    /// It is `https`, which is not spoken here.
    Https(String),
    /// There is no tokio runtime here to send from.
    NoRuntime,
}

impl FromStr for Endpoint {
    type Err = NoExporter;

    fn from_str(text: &str) -> Result<Self, NoExporter> {
        let wrong = || NoExporter::Endpoint(text.to_owned());
        if text.starts_with("https://") {
            return Err(NoExporter::Https(text.to_owned()));
        }
        let rest = text.strip_prefix("http://").ok_or_else(wrong)?;
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, PATH_DEFAULT),
        };
        // The colon behind the address, not one within it.
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().map_err(|_| wrong())?),
            _ => (authority, PORT_DEFAULT),
        };
        let path = if path == "/" { PATH_DEFAULT } else { path };
        let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'@');
        let brackets_fit = host.contains(':') == (host.starts_with('[') && host.ends_with(']'));
        if host.is_empty() || !is_plain(authority) || !is_plain(path) || !brackets_fit {
            return Err(wrong());
        }
        Ok(Self { host: host.to_owned(), port, path: path.to_owned() })
    }
}

impl Endpoint {
    /// Host and port, as `Host` has them.
    pub(super) fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Host and port, to connect to.
    pub(super) fn address(&self) -> (&str, u16) {
        (self.host.trim_start_matches('[').trim_end_matches(']'), self.port)
    }
}

impl fmt::Display for NoExporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Endpoint(text) => {
                write!(f, "`{text}` is no endpoint: write http://HOST:PORT, as in http://127.0.0.1:4318")
            }
            Self::Https(text) => write!(
                f,
                "`{text}`: https is not spoken here: send to a collector on this host, which sends it on over TLS"
            ),
            Self::NoRuntime => f.write_str("an exporter needs a tokio runtime: start it within one"),
        }
    }
}

impl std::error::Error for NoExporter {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<(&str, &str, u16, &str)>) {
        let read: Result<Endpoint, _> = text.parse();
        let read = read.as_ref().ok().map(|endpoint| {
            let (address, port) = endpoint.address();
            (endpoint.host.as_str(), address, port, endpoint.path.as_str())
        });
        assert_eq!(read, expected, "{text}");
    }

    #[test]
    fn an_endpoint_has_a_port_and_a_path_unless_it_says_so() {
        check("http://localhost", Some(("localhost", "localhost", 4318, "/v1/traces")));
        check("http://localhost/", Some(("localhost", "localhost", 4318, "/v1/traces")));
        check("http://10.0.0.7:80/otlp/traces", Some(("10.0.0.7", "10.0.0.7", 80, "/otlp/traces")));
        check("http://[::1]:4319", Some(("[::1]", "::1", 4319, "/v1/traces")));
        check("http://[::1]", Some(("[::1]", "::1", 4318, "/v1/traces")));
    }

    #[test]
    fn what_is_no_endpoint_is_refused() {
        for text in [
            "",
            "localhost:4318",
            "http://",
            "http://:4318",
            "http://a:b",
            "http://a:70000",
            "http://user@a",
            "http://::1",
            "http://a b",
            "http://a/b c",
            "http://a/b\r\nX: y",
        ] {
            check(text, None);
        }
        let error = "https://a".parse::<Endpoint>().unwrap_err();
        assert_eq!(error, NoExporter::Https("https://a".into()));
    }
}
