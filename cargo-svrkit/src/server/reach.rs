//! How a server is reached: where it listens, and what TLS needs.

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use svrkit_runtime::tls::{ClientTls, Pem};
use svrkit_runtime::{Client, ClientBuilder, Limits};

/// What is taken from a server at most, in one message: as much as is sent (`message.out`).
const MESSAGE_IN: u32 = 64 * 1024 * 1024;

/// What every subcommand takes that asks a server.
#[derive(Args)]
pub(crate) struct Reach {
    /// Where the server listens: host:port, unix:/path, or anything else that clients take
    #[arg(value_name = "ADDR")]
    address: String,
    #[command(flatten)]
    tls: Tls,
}

/// What connections over TLS need.
#[derive(Args)]
pub(crate) struct Tls {
    /// CA certificates (PEM) that the server's has to come from; with it, the connection is over TLS
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Certificate (PEM) to show to the server
    #[arg(long, value_name = "FILE", requires = "ca", requires = "key")]
    cert: Option<PathBuf>,
    /// Key (PEM) of that certificate
    #[arg(long, value_name = "FILE", requires = "cert")]
    key: Option<PathBuf>,
    /// Name that the server's certificate must have, where it is not the host of ADDR
    #[arg(long, value_name = "NAME", requires = "ca")]
    server_name: Option<String>,
}

impl Reach {
    /// As [`Tls::client`], of the address that is named.
    pub(crate) fn client(&self, deadline: Option<Duration>) -> Result<ClientBuilder, Box<dyn Error>> {
        self.tls.client(&self.address, deadline)
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}

impl Tls {
    /// A client that connects when it is first used, and gives what has no time of its own `deadline`.
    pub(crate) fn client(
        &self,
        address: &str,
        deadline: Option<Duration>,
    ) -> Result<ClientBuilder, Box<dyn Error>> {
        let defaults = Limits::default();
        let limits = Limits {
            message_in: MESSAGE_IN,
            deadline_default: deadline.unwrap_or(defaults.deadline_default),
            ..defaults
        };
        let builder = Client::builder(address).name("cargo-svrkit").limits(limits);
        let Some(authorities) = &self.ca else { return Ok(builder) };
        let mut tls = ClientTls::builder(Pem::file(authorities));
        if let Some((certificate, key)) = self.cert.as_ref().zip(self.key.as_ref()) {
            tls = tls.certificate(Pem::file(certificate), Pem::file(key));
        }
        if let Some(name) = &self.server_name {
            tls = tls.server_name(name);
        }
        Ok(builder.tls(tls.load()?))
    }
}
