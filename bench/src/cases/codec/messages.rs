//! The messages: each is one line in [`MESSAGES`].

use anyhow::Result;

use super::generated::{prost, prost_same, svrkit};
use super::job::Job;
use super::libs::{Memcpy, Prost, ProstSame, Svrkit};
use super::samples::Samples;
use super::{data, round_trip};

/// A message that is measured.
pub(super) struct Message {
    pub name: &'static str,
    /// It counts in the geometric mean.
    pub is_in_mean: bool,
    /// Makes its values and has every library checked on them.
    pub jobs: fn(&'static str) -> Result<Vec<Job>>,
}

macro_rules! message {
    ($name:literal, $type:ident, $values:expr) => {
        message!($name, $type, $values, is_in_mean: true)
    };
    ($name:literal, $type:ident, $values:expr, is_in_mean: $is_in_mean:literal) => {
        Message {
            name: $name,
            is_in_mean: $is_in_mean,
            jobs: |name| {
                let samples = Samples::of::<svrkit::$type>(name, &$values)?;
                let mut jobs = round_trip::jobs::<Svrkit<svrkit::$type>>(samples)?;
                jobs.extend(round_trip::jobs::<Prost<prost::$type>>(samples)?);
                jobs.extend(round_trip::jobs::<ProstSame<prost_same::$type>>(samples)?);
                jobs.extend(round_trip::jobs::<Memcpy>(samples)?);
                Ok(jobs)
            },
        }
    };
}

/// All messages, in the order of the tables.
pub(super) const MESSAGES: &[Message] = &[
    message!("profile", Profile, data::profile()),
    message!("profile_mixed", Profile, data::profiles()),
    message!("log", Log, data::log()),
    message!("log_mixed", Log, data::logs()),
    message!("order", Order, data::order()),
    message!("order_mixed", Order, data::orders()),
    message!("nest", Node, data::nodes(20)),
    message!("folder", Folder, data::folder()),
    message!("maps", Maps, data::maps()),
    message!("numbers", Numbers, data::numbers()),
    message!("blob", Blob, data::blob()),
    message!("api_response", Answer, data::answers()),
    message!("log_record", Record, data::records()),
    message!("analytics_event", Event, data::events()),
    message!("media_frame", Frame, data::frames()),
    message!("google_message1", Wide, data::wide()),
    message!("depth5", Node, data::nodes(5), is_in_mean: false),
    message!("depth10", Node, data::nodes(10), is_in_mean: false),
    message!("depth20", Node, data::nodes(20), is_in_mean: false),
    message!("depth40", Node, data::nodes(40), is_in_mean: false),
];
