//! Messages that the protocols of other crates import: compiled once, here, and one type for all of them.

svrkit_runtime::include_protocols!();

impl common::Money {
    /// An amount in cents of a euro.
    #[must_use]
    pub fn euro_cents(cents: i64) -> Self {
        Self { cents, currency: common::Currency::Eur, ..Self::default() }
    }
}
