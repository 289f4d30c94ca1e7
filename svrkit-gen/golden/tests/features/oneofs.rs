//! Oneofs: an enum of all arms, absent, or the last one that came.

use svrkit_golden::schemas::oneofs::oneofs::order::{Kind, Note, Payer, Self_};
use svrkit_golden::schemas::oneofs::oneofs::{Account, Order};
use svrkit_runtime::{Bytes, Tlv, Violations};

use super::check_round_trip;

fn order(payer: Payer) -> Order {
    Order { payer: Some(payer), ..Order::default() }
}

#[test]
fn every_arm_comes_back() {
    for payer in [
        Payer::Uin(i64::MIN),
        Payer::HouseAccount(Account { id: 7, ..Account::default() }),
        Payer::GiftOf(Box::new(order(Payer::Uin(0)))),
        Payer::Type(Kind::Unknown(-3)),
    ] {
        check_round_trip(&order(payer));
    }
    for own in [Self_::Self_(Bytes::from_static(b"x")), Self_::Order(Note::default()), Self_::Inside(false)] {
        check_round_trip(&Order { self_: Some(own), ..Order::default() });
    }
    check_round_trip(&Order::default());
}

#[test]
fn of_two_arms_the_later_one_counts() {
    let mut bytes = order(Payer::Uin(5)).encode().unwrap();
    bytes.extend(order(Payer::Type(Kind::None)).encode().unwrap());
    assert_eq!(Order::decode(&bytes).unwrap().payer, Some(Payer::Type(Kind::None)));
}

#[test]
fn a_oneof_and_its_arms_are_held_to_their_constraints() {
    assert_eq!(Violations::of(&Order::default()).to_string(), "Order.payer: is required");
    let text = "Order.payer.uin: must be at least 1, is 0";
    assert_eq!(Violations::of(&order(Payer::Uin(0))).to_string(), text);
    assert!(Violations::of(&order(Payer::Uin(1))).is_empty());
}

#[test]
fn an_arm_is_called_as_a_field_would_be() {
    for (payer, expected) in [(Payer::Line2(10), "line_2"), (Payer::HTTPPort(10), "http_port")] {
        let text = format!("Order.payer.{expected}: must be at most 9, is 10");
        assert_eq!(Violations::of(&order(payer)).to_string(), text);
    }
}
