//! A server and a client of each version, on ports of the system's choice.

use std::net::SocketAddr;

use svrkit_golden::schemas::{compat_new, compat_old, compat_oldest};
use svrkit_runtime::{Client, Server, Service, Status};
use tokio::sync::mpsc;

pub(crate) use compat_new::compat as new;
pub(crate) use compat_old::compat as old;
pub(crate) use compat_oldest::compat as oldest;

/// Serves until the test ends, and says where.
pub(crate) async fn serve(service: impl Service) -> SocketAddr {
    let bound = Server::new().service(service).bind("127.0.0.1:0").await.unwrap();
    let address = bound.local_addr().socket_addr().unwrap();
    tokio::spawn(bound.run_until(std::future::pending()));
    address
}

pub(crate) async fn connect(address: SocketAddr) -> Client {
    Client::connect(address.to_string()).await.unwrap()
}

/// Answers with what came, after telling the test.
pub(crate) struct Echo<T>(pub(crate) mpsc::UnboundedSender<T>);

/// Sends what came on to the next server, and its answer back.
pub(crate) struct Hop<C>(pub(crate) C);

macro_rules! version {
    ($version:ident, $($cancel:tt)*) => {
        impl $version::Orders for Echo<$version::Order> {
            async fn place(&self, order: $version::Order) -> Result<$version::Order, Status> {
                self.0.send(order.clone()).unwrap();
                Ok(order)
            }

            $($cancel)*
        }

        impl $version::Orders for Hop<$version::OrdersClient> {
            async fn place(&self, order: $version::Order) -> Result<$version::Order, Status> {
                self.0.place(&order).await
            }

            $($cancel)*
        }
    };
}

version!(oldest,);
version!(old,);
version!(
    new,
    async fn cancel(&self, _: new::CancelRequest) -> Result<new::CancelReply, Status> {
        Ok(new::CancelReply::default())
    }
);
