//! Connections: how many there are, and how they end.

use super::Metrics;
use super::catalogue::connection;
use super::registry::{add, side_name};
use crate::interceptor::Side;
use crate::monitor::Ending;

impl Metrics {
    /// Counts a connection whose two sides have said hello.
    pub(crate) fn connection_opened(&self, side: Side) {
        let series = self.0.series(&connection::GROUP, &[side_name(side)]);
        add(&self.0, series, connection::OPEN, 1);
        add(&self.0, series, connection::OPENED, 1);
    }

    /// Counts a connection that has ended, or did not get as far as to be opened.
    pub(crate) fn connection_ended(&self, side: Side, was_open: bool, ending: Ending) {
        let series = self.0.series(&connection::GROUP, &[side_name(side)]);
        if was_open {
            add(&self.0, series, connection::OPEN, u64::MAX);
        }
        add(&self.0, series, connection::ENDED + ending_index(ending), 1);
    }
}

/// Where an ending is counted, in the order of the catalogue's values.
fn ending_index(ending: Ending) -> usize {
    match ending {
        Ending::Closed => 0,
        Ending::Left => 1,
        Ending::Lost => 2,
        Ending::Protocol => 3,
        Ending::Limit => 4,
        Ending::NotOpened => 5,
    }
}
