//! Route keys: the client stub names the field, of whichever type.

use svrkit_golden::schemas::route_keys::route_keys as r;
use svrkit_runtime::{Server, Status};

struct Echo;

impl r::Queries for Echo {
    async fn by_type(&self, query: r::Query) -> Result<r::Query, Status> {
        Ok(query)
    }

    async fn by_delta(&self, query: r::Query) -> Result<r::Query, Status> {
        Ok(query)
    }

    async fn by_flag(&self, query: r::Query) -> Result<r::Query, Status> {
        Ok(query)
    }

    async fn by_name(&self, query: r::Query) -> Result<r::Query, Status> {
        Ok(query)
    }

    async fn by_blob(&self, query: r::Query) -> Result<r::Query, Status> {
        Ok(query)
    }

    async fn by_limit(&self, query: r::Query) -> Result<r::Query, Status> {
        Ok(query)
    }
}

#[tokio::test]
async fn a_call_with_a_key_is_a_call() {
    let queries =
        r::QueriesClient::new(Server::new().service(r::QueriesServer::new(Echo)).in_process().unwrap());
    let query = r::Query { r#type: 7, delta: -1, name: "a".into(), ..r::Query::default() };
    assert_eq!(queries.by_type(&query).await.unwrap(), query);
    assert_eq!(queries.by_delta(&query).await.unwrap(), query);
    assert_eq!(queries.by_flag(&query).await.unwrap(), query);
    assert_eq!(queries.by_name(&query).await.unwrap(), query);
    assert_eq!(queries.by_blob(&query).await.unwrap(), query);
    assert_eq!(queries.by_limit(&query).await.unwrap(), query);
}

#[test]
fn the_facts_name_the_field() {
    assert_eq!((r::QUERIES_BY_TYPE.route_key, r::QUERIES_BY_FLAG.route_key), ("type", "is_new"));
}
