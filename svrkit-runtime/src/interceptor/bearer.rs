//! Bearer tokens: a client sends one with every call, a server finds out whose it is.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use super::{Envelope, Interceptor, Next, Reply};
use crate::status::Status;
use crate::status::catalogue::admitting;

/// The key of the metadata entry, as HTTP calls its header.
const KEY: &str = "authorization";

/// What stands before the token (RFC 6750, section 2.1).
const SCHEME: &str = "Bearer ";

/// At a client: sends a token with every call.
///
/// It is readable for whoever can read the connection.
///
/// ```
/// use svrkit_runtime::{BearerToken, Client};
///
/// let client = Client::builder("127.0.0.1:4310").interceptor(BearerToken::new("s3cret")).lazy();
/// ```
#[derive(Clone)]
pub struct BearerToken(Bytes);

/// At a server: refuses, with UNAUTHENTICATED, every call whose token nobody knows, and puts down whose it is as the
/// [`identity`](crate::Context::identity) of those who call with a known one.
///
/// ```
/// use svrkit_runtime::{BearerCheck, Server};
///
/// let tokens = BearerCheck::new(|token| (token == "s3cret").then(|| "shop".to_owned()));
/// let server = Server::new().interceptor(tokens);
/// ```
pub struct BearerCheck<F> {
    whose: Arc<F>,
}

impl BearerToken {
    /// Sends `token`.
    #[must_use]
    pub fn new(token: impl AsRef<str>) -> Self {
        Self(format!("{SCHEME}{}", token.as_ref()).into())
    }
}

impl Interceptor for BearerToken {
    async fn intercept(&self, mut envelope: Envelope, next: Next<'_>) -> Result<Reply, Status> {
        envelope.metadata_mut().insert(KEY, self.0.clone());
        next.run(envelope).await
    }
}

impl<F: Fn(&str) -> Option<String> + Send + Sync + 'static> BearerCheck<F> {
    /// Asks `whose` for the identity that belongs to a token; `None`: nobody's. It must not block, and should take as long for
    /// a wrong token as for a right one.
    pub fn new(whose: F) -> Self {
        Self { whose: Arc::new(whose) }
    }

    fn identity(&self, envelope: &Envelope) -> Result<String, Status> {
        let value = envelope.metadata().value(KEY).ok_or_else(admitting::token_missing)?;
        let token = std::str::from_utf8(value).ok().and_then(|text| text.strip_prefix(SCHEME));
        let token = token.ok_or_else(admitting::token_malformed)?;
        (self.whose)(token).ok_or_else(admitting::token_unknown)
    }
}

impl<F: Fn(&str) -> Option<String> + Send + Sync + 'static> Interceptor for BearerCheck<F> {
    async fn intercept(&self, mut envelope: Envelope, next: Next<'_>) -> Result<Reply, Status> {
        let identity = self.identity(&envelope)?;
        envelope.set_context(envelope.context().clone().with_identity(identity));
        next.run(envelope).await
    }
}

/// Without the token.
impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken")
    }
}

impl<F> fmt::Debug for BearerCheck<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerCheck")
    }
}
