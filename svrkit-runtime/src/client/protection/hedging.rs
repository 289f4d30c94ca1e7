//! When a request is sent to a second endpoint, though the first may still answer. Pure.
//!
//! As in Dean and Barroso: The Tail at Scale (CACM 2013): a copy goes to another endpoint when a call has taken longer than nineteen of twenty
//! take, which costs one call in twenty and takes what a slow endpoint adds to the tail away. Only of methods that may be done twice, once a
//! request, and out of the budget that retries have.

use std::time::Duration;

use crate::limits::Limits;

/// After what time a copy of a request is sent: `hedge.delay`, else what is usual of its method, but no less than `hedge.delay_min`.
/// `None`: no copy is, as nobody knows what is usual.
#[inline]
pub(super) fn delay(limits: &Limits, usual: impl FnOnce() -> Option<Duration>) -> Option<Duration> {
    if !limits.hedge_delay.is_zero() {
        return Some(limits.hedge_delay);
    }
    usual().map(|usual| usual.max(limits.hedge_delay_min))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_delay_goes_before_the_usual_time_and_that_is_no_less_than_its_floor() {
        let ms = Duration::from_millis;
        let table = [
            (0, None, None),
            (0, Some(3), Some(10)),
            (0, Some(40), Some(40)),
            (5, None, Some(5)),
            (5, Some(40), Some(5)),
        ];
        for (fixed, usual, expected) in table {
            let limits = Limits { hedge_delay: ms(fixed), hedge_delay_min: ms(10), ..Limits::default() };
            assert_eq!(delay(&limits, || usual.map(ms)), expected.map(ms), "fixed {fixed}, usual {usual:?}");
        }
    }
}
