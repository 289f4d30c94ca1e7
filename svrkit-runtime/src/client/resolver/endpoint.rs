//! One address of a service, and what is said of it.

use std::fmt;
use std::sync::Arc;

use crate::transport::Address;

/// One address of a service: what a [`Resolver`](super::Resolver) finds and a [`Picker`](crate::Picker) chooses.
///
/// Labels say what the address alone does not: the set or version it belongs to, its zone. What they mean is between whoever
/// wrote them and the picker that reads them; svrkit's own picker reads none.
///
/// ```
/// use svrkit_runtime::Endpoint;
///
/// let endpoint = Endpoint::new("10.0.0.7:4310".parse().unwrap()).label("version", "2");
/// assert_eq!(endpoint.value("version"), Some("2"));
/// assert_eq!(endpoint.to_string(), "10.0.0.7:4310 version=2");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    address: Address,
    labels: Arc<[(Box<str>, Box<str>)]>,
}

impl Endpoint {
    /// An endpoint without labels.
    #[must_use]
    pub fn new(address: Address) -> Self {
        Self { address, labels: Arc::default() }
    }

    /// Adds a label, in place of one of the same key.
    #[must_use]
    pub fn label(mut self, key: impl Into<Box<str>>, value: impl Into<Box<str>>) -> Self {
        let key = key.into();
        let others = self.labels.iter().filter(|(other, _)| *other != key).cloned();
        self.labels = others.chain([(key.clone(), value.into())]).collect();
        self
    }

    /// Where it is.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The value of a label.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&str> {
        self.labels.iter().find(|(label, _)| **label == *key).map(|(_, value)| &**value)
    }

    /// All labels, as keys and values.
    pub fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        self.labels.iter().map(|(key, value)| (&**key, &**value))
    }
}

/// The address, and behind it each label as `key=value`: the form that a file of endpoints has.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)?;
        self.labels().try_for_each(|(key, value)| write!(f, " {key}={value}"))
    }
}

/// The same text as `Display`.
impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
