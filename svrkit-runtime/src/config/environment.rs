//! Environment variables: `SVRKIT__MESSAGE__IN` sets `message.in`.
//!
//! Two underscores stand for each dot, and for the one after `SVRKIT`. Whatever begins with `SVRKIT__` is meant for us
//! and refused where it is not known. A single underscore would not do: a cluster that runs a service called `svrkit`
//! puts `SVRKIT_SERVICE_HOST` and its like into every container, and the tools of the kit have variables of their own
//! (`SVRKIT_BLESS`); no list of exceptions would stay complete. What two underscores cost is that one of them may be
//! forgotten, so that `SVRKIT_MESSAGE_IN` is refused too: nobody but an operator writes it.

use std::ffi::{OsStr, OsString};

use super::error::FaultKind;
use super::key::{Given, Key, VARIABLE_PREFIX};
use super::origin::Origin;
use super::reading::Reading;
use crate::nearest::nearest;

/// What every variable of a cluster ends with that is not numbered (`SVRKIT_STOCK_PORT`, `SVRKIT_STOCK_SERVICE_HOST`).
const ENDS_OF_CLUSTERS: [&str; 2] = ["_PORT", "_HOST"];

/// Sets what the variables say; of variables that are not ours it takes no notice.
pub(super) fn read(variables: impl IntoIterator<Item = (OsString, OsString)>, reading: &mut Reading) {
    let mut variables: Vec<_> = variables.into_iter().collect();
    // Mistakes are told in the same order each time.
    variables.sort();
    for (name, value) in variables {
        // A name that is not UTF-8 is none of ours.
        if let Some(name) = name.to_str() {
            read_one(name, &value, reading);
        }
    }
}

fn read_one(name: &str, value: &OsStr, reading: &mut Reading) {
    let origin = Origin::Variable(name.into());
    if !starts_ignoring_case(name, VARIABLE_PREFIX) {
        let meant = reading.keys().map(Key::variable).find(|known| is_misspelt(name, known));
        if meant.is_some() {
            reading.fault(origin, FaultKind::UnknownVariable { nearest: meant });
        }
        return;
    }
    let key = reading.keys().find(|key| key.variable() == name);
    match (key.map(Key::name), value.to_str()) {
        (Some(key), Some(value)) => reading.set(key, &Given::text(value), origin),
        (Some(_), None) => reading.fault(origin, FaultKind::NotUtf8),
        (None, _) => {
            let nearest = nearest(name, reading.keys().map(Key::variable));
            reading.fault(origin, FaultKind::UnknownVariable { nearest });
        }
    }
}

/// Whether somebody has written `known` with single underscores.
fn is_misspelt(name: &str, known: &str) -> bool {
    known.replace("__", "_").eq_ignore_ascii_case(name)
        && !ENDS_OF_CLUSTERS.iter().any(|end| name.ends_with(end))
}

fn starts_ignoring_case(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
