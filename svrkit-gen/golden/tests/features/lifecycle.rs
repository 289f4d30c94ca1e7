//! What is deprecated: warned of where it is used, and nowhere else.

#![deny(deprecated)]

use svrkit_golden::golden::everything as e;

/// Fails where the uses below do not warn, as then there is nothing to expect.
#[expect(deprecated, reason = "that they are is what is tested")]
mod old {
    use svrkit_golden::golden::everything as e;

    pub(super) fn order(sku: &str) -> e::OldOrder {
        e::OldOrder { sku: sku.into(), ..Default::default() }
    }

    pub(super) fn item(order: &e::OldOrder) -> &e::order::Item {
        order.item()
    }
}

#[expect(deprecated, reason = "a variant of its own")]
fn vague() -> e::OrderError {
    e::OrderError::Unknown
}

#[expect(deprecated, reason = "a method of its own")]
fn place_old(desk: &e::DeskClient) {
    drop(desk.place_old(&old::order("")));
}

#[expect(deprecated, reason = "a whole service")]
fn gone(client: &svrkit_runtime::Client) -> e::GoneClient {
    e::GoneClient::new(client.clone())
}

#[test]
fn what_is_deprecated_works_and_says_why() {
    assert_eq!(old::item(&old::order("bread")), &e::order::Item::default());
    assert_eq!(vague().to_string(), "UNKNOWN");
    let client = super::desk::client();
    place_old(&e::DeskClient::new(client.clone()));
    drop(gone(&client));
    let spec = &e::DESK_PLACE_OLD;
    assert_eq!((spec.deprecated, spec.since), (Some("takes one item; use `Pay` instead"), 2));
    assert_eq!((e::DESK_PAY.deprecated, e::DESK_PAY.since), (None, 0));
}
