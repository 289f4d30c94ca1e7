//! What protobuf calls fields, oneofs and the values of enums.
//!
//! Definitions and methods keep their names. So do fields and oneofs, unless something else in their message has it: then
//! a number is put behind, and the name in JSON stays as it was.
//!
//! Values of enums share the scope of their enum, so they are told apart by a prefix: the value `PLACED` of the enum
//! `OrderStatus` is `ORDER_STATUS_PLACED`. One that has the prefix already keeps its name. Where a name is taken all the
//! same, a number is put behind.

use std::collections::{BTreeMap, BTreeSet};

use super::scopes::{Scopes, around};
use crate::model::{Enum, Message, Reserved, Schema, lower_camel};
use crate::names;

/// The names that are not those of the schema, or may not be.
#[derive(Debug)]
pub(super) struct Names {
    /// By message, then by its fields.
    pub(super) fields: Vec<Vec<String>>,
    /// By message, then by its oneofs.
    pub(super) oneofs: Vec<Vec<String>>,
    /// By enum, then by its values.
    pub(super) values: Vec<Vec<String>>,
}

impl Names {
    /// Gives everything its name and adds it to its scope.
    pub(super) fn of(schema: &Schema, scopes: &mut Scopes) -> Self {
        let (fields, oneofs) = schema.messages.iter().map(|message| of_message(message, scopes)).unzip();
        let values = schema.enums.iter().map(|enumeration| of_enum(enumeration, scopes)).collect();
        Self { fields, oneofs, values }
    }
}

/// The names that values had, as values are called now.
pub(super) fn reserved_values<'a>(enumeration: &'a Enum, names: &'a [String]) -> BTreeSet<String> {
    let prefix = prefix(enumeration);
    let reserved = enumeration.reserved.names().map(|(name, _)| prefixed(&prefix, name));
    // Another value may have come by that name.
    let names: BTreeSet<&String> = names.iter().collect();
    reserved.filter(|name| !names.contains(name)).collect()
}

fn of_message(message: &Message, scopes: &mut Scopes) -> (Vec<String>, Vec<String>) {
    let scope = message.name.full();
    // protobuf compares the names that fields would have in JSON without a name of their own there.
    let wanted: BTreeSet<String> = message.fields.iter().map(|it| lower_camel(&it.head.name.value)).collect();
    let mut given = BTreeSet::new();
    let mut fields = Vec::with_capacity(message.fields.len());
    for field in &message.fields {
        let own = &*field.head.name.value;
        let entry = |name: &str| field.key.is_some().then(|| pascal(name) + "Entry");
        let name = first_free(own, &message.reserved, |name| {
            let camel = lower_camel(name);
            scopes.has(&scope, name)
                || entry(name).is_some_and(|entry| scopes.has(&scope, &entry))
                || given.contains(&camel)
                || (name != own && wanted.contains(&camel))
        });
        scopes.add(&scope, &name);
        entry(&name).iter().for_each(|entry| scopes.add(&scope, entry));
        given.insert(lower_camel(&name));
        fields.push(name);
    }
    let mut oneofs = Vec::with_capacity(message.oneofs.len());
    for oneof in &message.oneofs {
        let name = first_free(&oneof.name.own, &message.reserved, |name| scopes.has(&scope, name));
        scopes.add(&scope, &name);
        oneofs.push(name);
    }
    (fields, oneofs)
}

fn of_enum(enumeration: &Enum, scopes: &mut Scopes) -> Vec<String> {
    let scope = around(&enumeration.name);
    let prefix = prefix(enumeration);
    let mut variants = BTreeSet::new();
    // How many values wanted the same: of many that differ in case alone not each counts from the start.
    let mut alike: BTreeMap<String, u64> = BTreeMap::new();
    let mut values = Vec::with_capacity(enumeration.values.len());
    for value in &enumeration.values {
        let wanted = prefixed(&prefix, &value.name.value);
        let count = alike.entry(variant(&enumeration.name.own, &wanted)).or_insert(0);
        *count += 1;
        let name = first_free_from(*count, &wanted, &enumeration.reserved, |name| {
            scopes.has(&scope, name) || variants.contains(&variant(&enumeration.name.own, name))
        });
        scopes.add(&scope, &name);
        variants.insert(variant(&enumeration.name.own, &name));
        values.push(name);
    }
    values
}

/// The name, or if it is taken the first one with a number behind that is neither taken nor reserved.
fn first_free(name: &str, reserved: &Reserved, is_taken: impl Fn(&str) -> bool) -> String {
    first_free_from(1, name, reserved, is_taken)
}

/// The same where the numbers up to `count` are known to be taken; 1 stands for none.
fn first_free_from(count: u64, name: &str, reserved: &Reserved, is_taken: impl Fn(&str) -> bool) -> String {
    if count == 1 && !is_taken(name) {
        return name.to_owned();
    }
    let mut numbered = (count.max(2)..).map(|number| format!("{name}{number}"));
    let free = numbered.find(|name| !is_taken(name) && reserved.name(name).is_none());
    free.expect("there are fewer names than numbers")
}

/// `ORDER_STATUS_`
fn prefix(enumeration: &Enum) -> String {
    let snake = names::field(&enumeration.name.own);
    format!("{}_", snake.trim_end_matches('_').to_ascii_uppercase())
}

fn prefixed(prefix: &str, value: &str) -> String {
    if value.starts_with(prefix) { value.to_owned() } else { format!("{prefix}{value}") }
}

/// What protobuf's generators for other languages make of a value: without the name of its enum, in Pascal case. No two
/// values of an enum may have the same.
fn variant(enumeration: &str, value: &str) -> String {
    let mut rest = value;
    for wanted in enumeration.chars().filter(|it| *it != '_') {
        rest = rest.trim_start_matches('_');
        match rest.strip_prefix(|it: char| it.eq_ignore_ascii_case(&wanted)) {
            Some(after) => rest = after,
            None => return pascal(&value.to_ascii_lowercase()),
        }
    }
    let rest = rest.trim_start_matches('_');
    pascal(if rest.is_empty() { value } else { rest }.to_ascii_lowercase().as_str())
}

/// `max_items` as `MaxItems`.
fn pascal(name: &str) -> String {
    let camel = lower_camel(name);
    let mut characters = camel.chars();
    characters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_known_by_what_follows_the_name_of_its_enum() {
        for (enumeration, value, expected) in [
            ("OrderStatus", "ORDER_STATUS_SOLD_OUT", "SoldOut"),
            ("OrderStatus", "ORDERSTATUS_SOLD_OUT", "SoldOut"),
            ("OrderStatus", "ORDER_SOLD_OUT", "OrderSoldOut"),
            ("OrderStatus", "ORDER_STATUS_", "OrderStatus"),
            ("E", "E_FooBar", "Foobar"),
        ] {
            assert_eq!(variant(enumeration, value), expected, "{value}");
        }
    }

    #[test]
    fn a_prefix_is_not_put_before_itself() {
        for (value, expected) in [
            ("RED", "COLOR_RED"),
            ("COLOR_RED", "COLOR_RED"),
            ("COLOR", "COLOR_COLOR"),
            ("COLORED", "COLOR_COLORED"),
        ] {
            assert_eq!(prefixed("COLOR_", value), expected);
        }
    }
}
