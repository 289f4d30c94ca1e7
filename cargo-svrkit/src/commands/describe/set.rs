//! Definitions for programs: the message `svrkit.descriptor.DescriptorSet` as JSON.

use std::error::Error;

use svrkit_reflect::descriptor::{DESCRIPTORS, DescriptorSet};
use svrkit_reflect::{Pool, json};
use svrkit_runtime::Tlv as _;

use super::page::{KIT, names};

/// The program's services and all that they lead to: what a server and its schemas say alike. Where there is no service, all definitions.
pub(super) fn of_services(pool: &Pool) -> DescriptorSet {
    let services = || pool.services().map(|service| &*service.name);
    let own: Vec<_> = services().filter(|name| !name.starts_with(KIT)).collect();
    match (own.is_empty(), services().next()) {
        (false, _) => pool.needed_by(own),
        (true, Some(_)) => pool.needed_by(services()),
        (true, None) => pool.needed_by(names(pool).iter().map(String::as_str)),
    }
}

/// A line for each value: who compares two of them compares lines.
pub(super) fn json(set: &DescriptorSet) -> Result<String, Box<dyn Error>> {
    let pool = Pool::from_bytes(DESCRIPTORS)?;
    let options = json::Options { pretty: true, ..json::Options::default() };
    let text = json::write(&pool, "svrkit.descriptor.DescriptorSet", &set.encode()?, &options)?;
    Ok(text + "\n")
}
