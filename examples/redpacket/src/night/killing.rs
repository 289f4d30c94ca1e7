//! Services that are killed at the peak, as machines die when they are needed most.

use std::io;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::fleet::{Fleet, Tier};
use crate::report::model::Part;

/// Who is killed, and after which share of the peak.
const KILLED: [(f64, Tier); 2] = [(0.3, Tier::Packet), (0.6, Tier::Ledger)];

/// Kills services in the course of the peak of a night that has begun then, and starts each again at once.
///
/// # Errors
/// One cannot be killed, or does not start again.
#[allow(clippy::print_stdout, reason = "what a command has to say")]
pub(super) async fn kill(fleet: &Fleet, began: Instant, peak: &Part) -> io::Result<()> {
    for (when, tier) in moments(peak) {
        sleep_until(began + when).await;
        fleet.kill(tier).await?;
        println!("killed {}: kill -9, at {:.1} s", tier.name(), began.elapsed().as_secs_f64());
        fleet.restart(tier).await?;
        println!("started {} again, at {:.1} s", tier.name(), began.elapsed().as_secs_f64());
    }
    Ok(())
}

fn moments(peak: &Part) -> [(Duration, Tier); 2] {
    KILLED.map(|(share, tier)| (Duration::from_secs_f64(peak.from + share * (peak.to - peak.from)), tier))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_are_killed_in_the_course_of_the_peak() {
        let peak = Part { name: "peak", from: 30.0, to: 60.0 };
        let [packet, ledger] = moments(&peak);
        assert_eq!(packet, (Duration::from_secs(39), Tier::Packet));
        assert_eq!(ledger, (Duration::from_secs(48), Tier::Ledger));
    }
}
