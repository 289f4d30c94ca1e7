//! How many of its requests a client refuses by itself, when a server refuses many and announces no level. Pure.
//!
//! Client-side throttling as in Beyer et al.: Site Reliability Engineering (2016), chapter 21: of the requests of a time, a request is refused with the
//! probability max(0, (requests − 2 · accepts) / (requests + 1)). Up to half of them may be refused by the server before the client does
//! anything. However many it refuses, one of 64 goes there: by the formula alone that would be fewer the more are refused here, and a busy
//! client would be the last to learn that the server is well again.

use std::time::Duration;

use super::window::Totals;

/// The share is another one after so long: what was seen in the first of the seconds that it is made of counts no more.
pub(super) const STEP: Duration = Duration::from_secs(1);

/// Fewest refusals that say something: one that is lonely throttles nobody.
const REFUSED_MIN: f64 = 10.0;

/// Never more than this share is refused.
const REFUSED_SHARE_MAX: f64 = 63.0 / 64.0;

/// The share of requests to refuse, where of all that there were so many were refused: by the server, or here.
pub(super) fn refused_share(requests: Totals) -> f64 {
    let (all, refused) = (requests.all.max(requests.faults), requests.faults);
    if refused < REFUSED_MIN {
        return 0.0;
    }
    let accepted = all - refused;
    ((all - 2.0 * accepted) / (all + 1.0)).clamp(0.0, REFUSED_SHARE_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(all: f64, refused: f64, expected: f64) {
        let share = refused_share(Totals { all, faults: refused, faulty_seconds: 1 });
        assert!((share - expected).abs() < 1e-9, "{refused} of {all}: {share}");
    }

    #[test]
    fn nothing_is_refused_until_the_server_refuses_half() {
        check(0.0, 0.0, 0.0);
        check(9.0, 9.0, 0.0);
        check(1000.0, 500.0, 0.0);
        check(99.0, 74.5, 0.5);
        check(10.0, 10.0, 10.0 / 11.0);
        check(1e6, 1e6, 63.0 / 64.0);
        // A count that was lost says nothing else.
        check(5.0, 10.0, 10.0 / 11.0);
    }

    #[test]
    fn a_server_that_takes_little_is_sent_twice_that() {
        // Of a thousand requests in a window it takes a hundred: in the end it is sent two hundred.
        let (mut all, mut refused) = (0.0, 0.0_f64);
        let mut sent = 0.0;
        for step in 0..20_000 {
            // Both fade, as they do in a window of a thousand.
            (all, refused) = (all * 0.999, refused * 0.999);
            let share = refused_share(Totals { all, faults: refused, faulty_seconds: 1 });
            let taken = 0.1_f64.min(1.0 - share);
            (all, refused) = (all + 1.0, refused + 1.0 - taken);
            if step >= 10_000 {
                sent += 1.0 - share;
            }
        }
        assert!((0.19..0.21).contains(&(sent / 10_000.0)), "{sent}");
    }
}
