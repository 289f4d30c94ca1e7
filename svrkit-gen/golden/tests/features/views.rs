//! Views: each message and oneof has one, whatever else has the name it would have.

use svrkit_golden::schemas::views::views::order::{Payer, PayerView};
use svrkit_golden::schemas::views::views::{Order, OrderBorrowed, OrderBorrowed2, OrderView, OrderViewView};
use svrkit_golden::schemas::{small, unviewed};
use svrkit_runtime::Tlv;
use svrkit_runtime::wire::tlv::{Unread, View};

#[test]
fn a_view_gives_way_to_definitions() {
    let order = Order { id: 5, payer: Some(Payer::Guest("ann".to_owned())), ..Order::default() };
    let bytes = OrderView { orders: vec![order], ..OrderView::default() }.encode().unwrap();
    let view: OrderViewView<'_> = OrderView::view(&bytes).unwrap();
    let order: OrderBorrowed2<'_> = view.orders().next().unwrap().unwrap();
    assert_eq!(order.id(), 5);
    assert!(matches!(order.payer(), Ok(Some(PayerView::Guest("ann")))));
    assert_eq!(OrderBorrowed::default(), OrderBorrowed::No);
}

#[test]
fn a_view_knows_the_defaults_of_the_schema() {
    let absent = Order::view(b"").unwrap();
    assert_eq!((absent.count(), absent.count_with_default()), (None, 7));
    assert_eq!((absent.note_or_default().unwrap(), absent.seal_or_default()), ("none", &b"wax"[..]));
    let order = Order { count: Some(0), note: Some(String::new()), ..Order::default() };
    let bytes = order.encode().unwrap();
    let present = Order::view(&bytes).unwrap();
    assert_eq!((present.count_with_default(), present.note_or_default().unwrap()), (0, ""));
}

#[test]
fn fields_hide_what_all_views_have() {
    let bytes = Order { source: "web".to_owned(), unknown: true, ..Order::default() }.encode().unwrap();
    let view = Order::view(&bytes).unwrap();
    assert_eq!((view.source().unwrap(), view.unknown()), ("web", true));
    assert_eq!(View::unknown(&view).count(), 0);
    assert_eq!(view.to_message().unwrap().source, "web");
}

#[test]
fn a_schema_without_views_can_still_be_looked_at() {
    let order = Order { id: 5, ..Order::default() };
    let bytes = order.encode().unwrap();
    let view: Unread<'_, unviewed::views::Order> = unviewed::views::Order::view(&bytes).unwrap();
    assert_eq!(view.to_message().unwrap().id, 5);
}

#[test]
fn small_messages_are_the_same_on_the_wire() {
    let payer = Some(Payer::Uin(3));
    let order = Order { id: 5, note: Some("x".to_owned()), payer, count_or_default: 9, ..Order::default() };
    let bytes = order.encode().unwrap();
    let small = small::views::Order::decode(&bytes).unwrap();
    assert_eq!((small.id, small.note.as_deref(), small.count_or_default), (5, Some("x"), 9));
    assert_eq!(small.encode().unwrap(), bytes);
    assert_eq!(small::views::Order::view(&bytes).unwrap().id(), 5);
}
