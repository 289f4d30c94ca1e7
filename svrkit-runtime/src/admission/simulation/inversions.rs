//! Whether anybody is served before those who are more important, at three times the load.

use std::time::Duration;

use super::machine::{Handler, Machine};

const COMPUTES_1_MS: Handler =
    Handler { computes: Duration::from_millis(1), waits: Duration::ZERO, places: 0 };

#[test]
fn hardly_any_is_served_before_one_of_a_more_important_class() {
    for (callers, all_max, steady_max) in [(0, 200.0, 200.0), (16, 2000.0, 400.0)] {
        let (mut all, mut steady, mut steady_share) = (0.0, 0.0, 0.0);
        for seed in 1..=5 {
            let machine = Machine::new(1, COMPUTES_1_MS, seed).with_callers_that_listen(callers);
            let capacity = machine.capacity();
            let counted = Duration::from_secs(2)..Duration::from_secs(8);
            let mut outcome = machine.run(&|_| capacity * 3.0, counted);
            let share = outcome.goodput(6.0) / capacity;
            let by_class: Vec<f64> = (0..4).map(|class| outcome.share(class)).collect();
            let inversions = outcome.inversions();
            println!("{callers} callers, seed {seed}: {share:.2}, {by_class:.3?}, {inversions:.3?}");
            assert!(share >= 0.93 && by_class[0] >= 0.999 && by_class[1] >= 0.99, "{share}, {by_class:?}");
            all += inversions.all / 5.0;
            steady += inversions.steady / 5.0;
            steady_share += inversions.steady_share / 5.0;
        }
        println!("{callers} callers: {all:.0} in a million, {steady:.0} in {steady_share:.2} of the calls");
        assert!(all <= all_max && steady <= steady_max, "{callers} callers: {all}, {steady}");
        assert!(steady_share >= 0.5, "{steady_share}");
    }
}
