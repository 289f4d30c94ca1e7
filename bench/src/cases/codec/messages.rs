//! The messages: each is one line in [`MESSAGES`].

use anyhow::{Result, bail};

use super::generated::{buffa, buffa_same, prost, prost_same, quick_protobuf, svrkit};
use super::job::{Job, Op};
use super::libs::{
    Buffa, BuffaLazyView, BuffaSame, BuffaView, Memcpy, Prost, ProstSame, QuickProtobuf, Svrkit,
};
use super::samples::Samples;
use super::{by_reference, data, round_trip, views};

/// A message that is measured.
pub(super) struct Message {
    pub name: &'static str,
    /// It counts in the geometric mean.
    pub is_in_mean: bool,
    /// Makes its values and has every library checked on them.
    pub jobs: fn(&'static str) -> Result<Vec<Job>>,
}

macro_rules! message {
    ($name:literal, $type:ident $view:ident, $values:expr) => {
        message!($name, $type $view, $values, is_in_mean: true, |_| Ok(Vec::new()))
    };
    ($name:literal, $type:ident $view:ident, $values:expr, is_in_mean: $is_in_mean:literal) => {
        message!($name, $type $view, $values, is_in_mean: $is_in_mean, |_| Ok(Vec::new()))
    };
    ($name:literal, $type:ident $view:ident, $values:expr, more: $more:expr) => {
        message!($name, $type $view, $values, is_in_mean: true, $more)
    };
    ($name:literal, $type:ident $view:ident, $values:expr, is_in_mean: $is_in_mean:literal, $more:expr) => {
        Message {
            name: $name,
            is_in_mean: $is_in_mean,
            jobs: |name| {
                let samples = Samples::of::<svrkit::$type>(name, &$values)?;
                let mut jobs = round_trip::jobs::<Svrkit<svrkit::$type>>(samples)?;
                jobs.extend(round_trip::jobs::<Prost<prost::$type>>(samples)?);
                jobs.extend(round_trip::jobs::<ProstSame<prost_same::$type>>(samples)?);
                jobs.extend(round_trip::jobs::<Buffa<buffa::$type>>(samples)?);
                jobs.extend(round_trip::jobs::<BuffaSame<buffa_same::$type>>(samples)?);
                // Of packed numbers of fixed length it makes slices that are not aligned, which is undefined behaviour.
                if !["numbers", "google_message1"].contains(&$name) {
                    jobs.extend(round_trip::jobs::<QuickProtobuf<quick_protobuf::$type<'static>>>(samples)?);
                }
                jobs.extend(round_trip::jobs::<Memcpy>(samples)?);
                jobs.extend(views::agreeing(vec![
                    views::all::<Svrkit<svrkit::$type>>(samples)?,
                    views::all::<BuffaView<buffa::$view<'static>>>(samples)?,
                ])?);
                let more: fn(Samples) -> Result<Vec<Job>> = $more;
                jobs.extend(more(samples)?);
                Ok(jobs)
            },
        }
    };
}

/// Reading and writing by a schema of long ago.
macro_rules! by_older {
    ($old:ident) => {
        |samples| {
            Ok(vec![
                round_trip::reencode::<Svrkit<svrkit::$old>>(samples)?,
                round_trip::reencode::<Prost<prost::$old>>(samples)?,
                round_trip::reencode::<Buffa<buffa::$old>>(samples)?,
                round_trip::reencode::<QuickProtobuf<quick_protobuf::$old<'static>>>(samples)?,
            ])
        }
    };
}

/// Long `bytes` by reference, beside those who copy them.
macro_rules! by_reference {
    ($type:ident) => {
        |samples| {
            Ok(vec![
                by_reference::job::<svrkit::$type>(samples)?,
                round_trip::encode::<Prost<prost::$type>>(samples, Op::EncodeByReference)?,
                round_trip::encode::<Buffa<buffa::$type>>(samples, Op::EncodeByReference)?,
                round_trip::encode::<Memcpy>(samples, Op::EncodeByReference)?,
            ])
        }
    };
}

/// Three fields of an order.
fn three_of_twenty(samples: Samples) -> Result<Vec<Job>> {
    views::agreeing(vec![
        views::three::<Svrkit<svrkit::Order>>(samples)?,
        views::three::<BuffaView<buffa::OrderView<'static>>>(samples)?,
        views::three::<BuffaLazyView<buffa::OrderLazyView<'static>>>(samples)?,
    ])
}

/// All messages, in the order of the tables.
pub(super) const MESSAGES: &[Message] = &[
    message!("profile", Profile ProfileView, data::profile(), more: by_older!(ProfileOld)),
    message!("profile_mixed", Profile ProfileView, data::profiles(), more: by_older!(ProfileOld)),
    message!("log", Log LogView, data::log(), more: by_older!(LogOld)),
    message!("log_mixed", Log LogView, data::logs(), more: by_older!(LogOld)),
    message!("order", Order OrderView, data::order(), more: three_of_twenty),
    message!("order_mixed", Order OrderView, data::orders(), more: three_of_twenty),
    message!("nest", Node NodeView, data::nodes(20)),
    message!("folder", Folder FolderView, data::folder()),
    message!("maps", Maps MapsView, data::maps()),
    message!("numbers", Numbers NumbersView, data::numbers()),
    message!("blob", Blob BlobView, data::blob(), more: by_reference!(Blob)),
    message!("api_response", Answer AnswerView, data::answers()),
    message!("log_record", Record RecordView, data::records()),
    message!("analytics_event", Event EventView, data::events()),
    message!("media_frame", Frame FrameView, data::frames(), more: by_reference!(Frame)),
    message!("google_message1", Wide WideView, data::wide()),
    message!("depth5", Node NodeView, data::nodes(5), is_in_mean: false),
    message!("depth10", Node NodeView, data::nodes(10), is_in_mean: false),
    message!("depth20", Node NodeView, data::nodes(20), is_in_mean: false),
    message!("depth40", Node NodeView, data::nodes(40), is_in_mean: false),
];

/// The message of that name.
pub(super) fn named(name: &str) -> Result<&'static Message> {
    match MESSAGES.iter().find(|message| message.name == name) {
        Some(message) => Ok(message),
        None => {
            let names: Vec<_> = MESSAGES.iter().map(|message| message.name).collect();
            bail!("there is no `{name}`; the messages are {}", names.join(", "))
        }
    }
}
