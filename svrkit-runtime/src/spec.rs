//! What the schema says of a service and its methods: static facts, one [`Spec`] a method.
//!
//! Generated code fills these in; routing goes by the numbers, everything people read by the names.

use std::fmt;
use std::time::Duration;

/// The facts of one service.
#[derive(Debug)]
pub struct ServiceSpec {
    /// Full name, package included: `shop.orders.Orders`.
    pub name: &'static str,
    /// What calls are routed by.
    pub id: u32,
    /// 64 bits over the wire facts (tags, types, ids; not names or docs); 0 where unknown.
    pub fingerprint: u64,
    /// The methods, in the order of the schema.
    pub methods: &'static [&'static Spec],
}

/// The facts of one method.
///
/// Shown as `shop.orders.Orders.Place`.
#[derive(Debug)]
pub struct Spec {
    /// Full name of the service.
    pub service: &'static str,
    /// Id of the service.
    pub service_id: u32,
    /// The method's name as the schema spells it.
    pub method: &'static str,
    /// Id of the method within its service.
    pub method_id: u16,
    /// Full name of the request message.
    pub request: &'static str,
    /// Full name of the response message.
    pub response: &'static str,
    /// The time a caller gives it unless it says otherwise; `None`: the client's `deadline.default`.
    pub timeout: Option<Duration>,
    /// Business class, smaller is more important: core 0, important 64, normal 128, lossy 192.
    pub priority: u8,
    /// Whether doing it twice is the same as doing it once; only then may a client repeat it by itself.
    pub idempotent: bool,
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.service, self.method)
    }
}
