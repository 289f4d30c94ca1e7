//! Leaving one connection that is idle or old (`connection.idle`, `connection.age`).
//!
//! The peer is told by a goaway, and what crosses that is still served: a client of ours sends no more calls there and closes
//! as soon as it waits for none. Who has not closed after `drain.timeout` is refused further calls; those in flight go on to
//! their own ends, and then the connection is cut.

use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use super::connection::Connection;
use crate::limits::Limits;
use crate::transport::{Lifespan, Verdict};

/// What a peer gets to take its last answers and close.
const FLUSH: Duration = Duration::from_secs(1);

/// Ends when the connection has been cut; dropped when its peer closes before that.
pub(super) async fn retire_in_time(connection: &Connection, limits: &Limits) {
    connection.retire(&until_its_time(connection, limits).await);
    sleep(limits.drain_timeout).await;
    // Calls for its health as well: whoever asks without a pause would keep the connection for ever.
    connection.in_flight().close();
    connection.in_flight().until_idle().await;
    sleep(FLUSH).await;
    connection.cut();
}

/// Waits until the connection is idle or old, and says so.
async fn until_its_time(connection: &Connection, limits: &Limits) -> String {
    let mut lifespan = Lifespan::begin(limits);
    loop {
        sleep_until(lifespan.next()).await;
        let is_busy = connection.in_flight().len() > 0;
        match lifespan.look(Instant::now(), is_busy, connection.active()) {
            Verdict::Stay => {}
            Verdict::Idle => {
                let seconds = limits.connection_idle.as_secs_f64();
                return format!("nothing was called on the connection for {seconds} s (connection.idle)");
            }
            Verdict::Aged => {
                let seconds = limits.connection_age.as_secs_f64();
                return format!("the connection is as old as it may get, about {seconds} s (connection.age)");
            }
        }
    }
}
