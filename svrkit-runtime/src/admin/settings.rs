//! Where admin pages are, and for whom.

use super::access::{TOKEN_LEN_MIN, Token};
use super::error::AdminError;
use crate::config::{Config, Key};

const LISTEN: &str = "admin.listen";
const TOKEN: &str = "admin.token";

/// The keys of a configuration that are about admin pages and are no limits.
pub(crate) fn keys() -> [Key; 2] {
    [
        Key::text(
            LISTEN,
            "the address of a server's admin pages, `127.0.0.1:9310` for this machine alone. Empty: it has none.",
        )
        .with_default(""),
        Key::secret(
            TOKEN,
            "what opens the admin pages, of 16 bytes at least; without it they are for this machine alone.",
        )
        .with_default_secret(),
    ]
}

/// Where the admin pages of a server are, and who may see them: [`Server::admin`](crate::Server::admin).
///
/// ```
/// use svrkit_runtime::{Admin, Server};
///
/// // For this machine:
/// let server = Server::new().admin("127.0.0.1:9310");
/// // For whoever has the token. It is sent in the clear: put a proxy that speaks TLS before it.
/// let token = std::env::var("SHOP_ADMIN_TOKEN").unwrap_or_else(|_| "of chance, and long".into());
/// let server = Server::new().admin(Admin::on("0.0.0.0:9310").token(token));
/// ```
#[derive(Clone, Debug)]
#[must_use = "pages are a server's: `Server::admin`"]
pub struct Admin {
    pub(super) listen: String,
    pub(super) token: Option<Token>,
}

impl Admin {
    /// Pages at `address` (`host:port`; port 0 lets the system choose), without a token: an address that other machines reach is refused.
    pub fn on(address: impl Into<String>) -> Self {
        Self { listen: address.into(), token: None }
    }

    /// Has everyone show `token`, who wants to see more than `/health` and `/ready`: programs as `Authorization: Bearer`, browsers in a form.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(Token::new(token));
        self
    }

    /// The address as it was given.
    #[must_use]
    pub fn listen(&self) -> &str {
        &self.listen
    }

    pub(super) fn check_token(&self) -> Result<(), AdminError> {
        match self.token.as_ref().map(Token::len) {
            Some(len) if len < TOKEN_LEN_MIN => Err(AdminError::TokenShort { len }),
            _ => Ok(()),
        }
    }
}

/// Pages for this machine at an address.
impl From<&str> for Admin {
    fn from(address: &str) -> Self {
        Self::on(address)
    }
}

/// Pages for this machine at an address.
impl From<String> for Admin {
    fn from(address: String) -> Self {
        Self::on(address)
    }
}

impl Config {
    /// `admin.listen` and `admin.token`; `None`: there are no pages.
    ///
    /// [`Server::config`](crate::Server::config) takes it from here.
    pub fn admin(&self) -> Option<Admin> {
        let listen = self.text(LISTEN).filter(|address| !address.is_empty())?;
        let admin = Admin::on(listen);
        Some(match self.secret(TOKEN).filter(|token| !token.is_empty()) {
            Some(token) => admin.token(token),
            None => admin,
        })
    }
}
