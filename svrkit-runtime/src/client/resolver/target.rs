//! What the text of a target means.

use std::sync::Arc;

use super::dns::Dns;
use super::file::File;
use super::{Endpoint, Resolver};
use crate::status::Status;
use crate::status::catalogue::connecting;
use crate::transport::Address;

/// Before the path of a file of endpoints.
const FILE: &str = "file:";

/// Where endpoints come from.
#[derive(Debug)]
pub(in crate::client) enum Target {
    /// They are known, and do not change.
    Fixed(Vec<Endpoint>),
    Resolved(Arc<dyn Resolver>),
    /// The text means nothing: how every request ends.
    Faulty(Status),
}

impl Target {
    /// `host:port`, `unix:/path`, several of these with commas between them, or `file:/path`.
    pub(in crate::client) fn parse(text: &str) -> Self {
        if let Some(path) = text.strip_prefix(FILE) {
            return match path {
                "" => Self::faulty(text, "file: wants the path of a file of endpoints"),
                path => Self::Resolved(Arc::new(File { path: path.into() })),
            };
        }
        let addresses: Result<Vec<Address>, _> =
            text.split(',').map(|address| address.trim().parse::<Address>()).collect();
        match addresses.as_deref() {
            Ok([Address::Name(name)]) => Self::Resolved(Arc::new(Dns { name: Arc::clone(name) })),
            Ok(addresses) => Self::Fixed(addresses.iter().cloned().map(Endpoint::new).collect()),
            Err(error) => Self::faulty(text, &error.to_string()),
        }
    }

    fn faulty(text: &str, why: &str) -> Self {
        Self::Faulty(connecting::endpoint_invalid(why).endpoint(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = match Target::parse(text) {
            Target::Fixed(endpoints) => format!("{endpoints:?}"),
            Target::Resolved(resolver) => format!("{resolver:?}"),
            Target::Faulty(status) => status.message().to_owned(),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn the_form_of_a_target_says_where_its_endpoints_come_from() {
        check("127.0.0.1:80", "[127.0.0.1:80]");
        check("shop.example:80", r#"Dns { name: "shop.example:80" }"#);
        check("a:1, b:2,[::1]:3", "[a:1, b:2, [::1]:3]");
        check("file:/etc/shop", r#"File { path: "/etc/shop" }"#);
        #[cfg(unix)]
        check("unix:/a,unix:/b", "[unix:/a, unix:/b]");
        let form =
            "the endpoint cannot be called: an address is HOST:PORT, as in 127.0.0.1:4310, or unix:/PATH";
        check("nowhere", form);
        check("a:1,", form);
        check("", form);
        check("a:x", "the endpoint cannot be called: the port `x` is no number up to 65535");
        check("file:", "the endpoint cannot be called: file: wants the path of a file of endpoints");
    }
}
