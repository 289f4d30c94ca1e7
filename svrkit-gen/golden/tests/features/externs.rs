//! What stands elsewhere: a type written by hand, packages generated in another module, derives added.

use std::collections::{BTreeMap, HashSet};

use svrkit_golden::point::Label;
use svrkit_golden::shop::basket::Owner;
use svrkit_golden::shop::{Basket, Way, Ways, WaysClient, WaysServer};
use svrkit_golden::{Point, common};
use svrkit_runtime::{ErrorCode, Server, Status};

use super::check_round_trip;

struct Map;

impl Ways for Map {
    async fn price(&self, way: Way) -> Result<common::Money, common::Refusal> {
        way.price.ok_or(common::Refusal::Closed)
    }

    async fn start(&self, way: Way) -> Result<Point, Status> {
        Ok(way.start().clone())
    }
}

fn way() -> Way {
    let point = Point {
        x: -1,
        y: 2,
        before: Some(Box::default()),
        label: Some(Label::Price(common::Money { cents: -5, ..Default::default() })),
        around: BTreeMap::from([(7, Point::default())]),
        ..Point::default()
    };
    Way {
        points: vec![point.clone(), Point::default()],
        start: Some(point),
        price: Some(common::Money { cents: 300, ..Default::default() }),
        place: Some(common::stock::shelf::Place { row: 4, ..Default::default() }),
        ..Way::default()
    }
}

#[test]
fn messages_hold_types_from_elsewhere() {
    check_round_trip(&way());
    assert_eq!(way().currency(), common::money::Currency::Eur);
    assert_eq!(Way::default().start(), &Point::default());
}

#[tokio::test]
async fn calls_carry_types_from_elsewhere() {
    let ways = WaysClient::new(Server::new().service(WaysServer::new(Map)).in_process().unwrap());
    assert_eq!(ways.start(&way()).await.unwrap(), *way().start());
    assert_eq!(ways.price(&way()).await.unwrap().cents, 300);
    let status = ways.price(&Way::default()).await.unwrap_err();
    assert_eq!(common::Refusal::from_status(&status), Some(common::Refusal::Closed));
}

#[test]
fn added_derives_work() {
    let basket =
        |name: &str| Basket { names: vec![name.into()], owner: Some(Owner::Uin(7)), ..Default::default() };
    let baskets = HashSet::from([basket("a"), basket("b"), basket("a")]);
    assert_eq!(baskets.len(), 2);
}
