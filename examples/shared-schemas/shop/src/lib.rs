//! A service whose protocol imports a schema of another crate: its messages are the other crate's types.

use shared_money::common::Money;
use svrkit_runtime::Status;

svrkit_runtime::include_protocols!();

/// Everything costs as much as its name is long.
pub struct PerLetter;

impl shop::Prices for PerLetter {
    async fn price(&self, article: shop::Article) -> Result<Money, Status> {
        let letters = i64::try_from(article.name.len()).unwrap_or(i64::MAX);
        let discount = article.discount().cents;
        Ok(Money::euro_cents(letters.saturating_mul(100).saturating_sub(discount)))
    }
}
