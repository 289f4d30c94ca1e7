//! The addresses of a name: each of them is an endpoint.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use super::{Endpoint, Resolution, Resolver};
use crate::client::dial;

/// Asks the system for the addresses of a name. It does not tell how long they hold, so it is asked again after
/// `resolve.refresh`, while the client is used.
#[derive(Debug)]
pub(super) struct Dns {
    /// `host:port`.
    pub(super) name: Arc<str>,
}

impl Resolver for Dns {
    fn target(&self) -> String {
        self.name.as_ref().into()
    }

    fn resolve<'a>(&'a self, resolution: &'a Resolution) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async move {
            loop {
                match dial::look_up(&self.name).await {
                    Ok(addresses) => {
                        let endpoint = |address: SocketAddr| Endpoint::new(address.into());
                        resolution.found(addresses.into_iter().map(endpoint).collect());
                    }
                    Err(status) => resolution.failed(status.endpoint(Arc::clone(&self.name))),
                }
                resolution.pause(resolution.limits().resolve_refresh).await;
            }
        })
    }
}
