//! The service is called with a message of one crate and answers with one of the other.

use shared_money::common::{Currency, Money};
use shared_shop::PerLetter;
use shared_shop::shop::{Article, PricesClient, PricesServer};
use svrkit_runtime::Server;

#[tokio::test]
async fn both_crates_mean_the_same_money() {
    let client =
        Server::new().service(PricesServer::new(PerLetter)).in_process().expect("it has one service");
    let discount = Some(Money::euro_cents(50));
    let article = Article { name: "bread".into(), discount, ..Article::default() };
    let price = PricesClient::new(client).price(&article).await.expect("it has a price");
    assert_eq!((price.cents, price.currency), (450, Currency::Eur));
}
