//! Servers in the middle that are older than both ends lose nothing.

use svrkit_runtime::Tlv;
use tokio::sync::mpsc;

use crate::orders::{CHANGES, changed};
use crate::versions::{Echo, Hop, connect, new, old, oldest, serve};

/// Both ways through `hops`, of which the last goes to a server of the newest version.
macro_rules! check {
    ($($version:ident),+) => {{
        let (seen, mut orders) = mpsc::unbounded_channel::<new::Order>();
        let mut address = serve(new::OrdersServer::new(Echo(seen))).await;
        $(
            let next = $version::OrdersClient::new(connect(address).await);
            address = serve($version::OrdersServer::new(Hop(next))).await;
        )+
        let client = new::OrdersClient::new(connect(address).await);
        for (name, set) in CHANGES {
            let order = changed(*set);
            let answer = client.place(&order).await.unwrap();
            let seen = orders.recv().await.unwrap();
            let bytes = order.encode().unwrap();
            assert_eq!((&seen, &answer), (&order, &order), "{name}");
            assert_eq!((seen.encode().unwrap(), answer.encode().unwrap()), (bytes.clone(), bytes), "{name}");
        }
    }};
}

#[tokio::test]
async fn a_hop_that_knows_no_field_loses_nothing() {
    check!(oldest);
}

#[tokio::test]
async fn a_hop_that_knows_half_of_it_loses_nothing() {
    check!(old);
}

#[tokio::test]
async fn many_hops_of_all_versions_lose_nothing() {
    check!(old, oldest, new, oldest, old);
}

/// What a hop sends on is not only equal in meaning: the bytes are those that came.
#[test]
fn an_older_hop_sends_on_the_bytes_that_came() {
    for (name, set) in CHANGES {
        let bytes = changed(*set).encode().unwrap();
        assert_eq!(oldest::Order::decode(&bytes).unwrap().encode().unwrap(), bytes, "{name}");
        assert_eq!(old::Order::decode(&bytes).unwrap().encode().unwrap(), bytes, "{name}");
    }
}
