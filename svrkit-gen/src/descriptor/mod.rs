//! Schemas as a message: the bytes of a `svrkit.descriptor.DescriptorSet`.
//!
//! `schemas/descriptor.xml` says what stands where; the tags here are its tags. The same schemas give the same bytes, in
//! whatever order they were named. Nothing here reads such bytes: the crate `svrkit-reflect` does. Called by
//! [`Config::descriptors`](crate::Config::descriptors), and by `emit` for what a service says of itself.

mod part;
mod record;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use self::part::Part;
use self::record::Message as Record;
use crate::config::Config;
use crate::constraint::Constraint;
use crate::diagnostic::Report;
use crate::model::fingerprint::{fingerprint, message_fingerprint};
use crate::model::{
    Enum, Error, Errors, Field, FieldType, File, Lifecycle, Literal, Message, MessageId, Method, Name, Oneof,
    Per, Queued, Rate, Reserved, Scalar, Schema, Service, Stream, Tier, Value,
};

/// The status of an error that names none.
const STATUS_DEFAULT: &str = "FAILED_PRECONDITION";

/// What a run without errors says of its schemas.
#[derive(Debug)]
pub struct Descriptors {
    bytes: Vec<u8>,
    report: Report,
}

impl Descriptors {
    /// An encoded `svrkit.descriptor.DescriptorSet`: everything in the files and in those they import. The same schemas
    /// give the same bytes on every machine, in whatever order they were named.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The same, to keep.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Every file that was read, imports included.
    pub fn files_read(&self) -> &[PathBuf] {
        self.report.files_read()
    }

    /// A report that holds warnings only, or nothing.
    pub fn warnings(&self) -> &Report {
        &self.report
    }
}

impl Config {
    /// Describes files and what they import, for readers without generated code, and writes nothing.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// # let folder = std::env::temp_dir().join(format!("svrkit-gen-descriptors-doc-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder)?;
    /// let file = folder.join("shop.xml");
    /// std::fs::write(&file, "<protocol package='shop'><message name='Order'/></protocol>")?;
    /// let descriptors = svrkit_gen::Config::new().descriptors([&file]).expect("the schema is sound");
    /// assert!(descriptors.bytes().windows(10).any(|part| part == b"shop.Order"));
    /// # std::fs::remove_dir_all(folder)
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When a file cannot be read or a rule is broken: all findings of the run.
    pub fn descriptors(
        &self,
        files: impl IntoIterator<Item = impl AsRef<Path>>,
    ) -> Result<Descriptors, Report> {
        let (run, report) = self.read(files, None);
        if report.is_error() {
            return Err(report);
        }
        Ok(Descriptors { bytes: descriptor_set(&Part::whole(&run.schema), &run.schema), report })
    }
}

/// The bytes of the set of what one service needs to be called, of a schema in which the checks found no error. `at`: its place among
/// the services.
pub(crate) fn of_service(at: usize, schema: &Schema) -> Vec<u8> {
    descriptor_set(&Part::of_service(at, schema), schema)
}

/// The bytes of the set of a part of a schema in which the checks found no error.
fn descriptor_set(part: &Part, schema: &Schema) -> Vec<u8> {
    let messages = by_name(&part.messages, |at| &schema.messages[at].name);
    let enums = by_name(&part.enums, |at| &schema.enums[at].name);
    let errors = by_name(&part.errors, |at| &schema.errors[at].name);
    let services = by_name(&part.services, |at| &schema.services[at].name);
    let files = schema.files.iter().filter(|file| part.files.contains(&file.id));
    Record::new()
        .messages(1, messages.into_iter().map(|at| message(MessageId(at), schema)))
        .messages(2, enums.into_iter().map(|at| enumeration(&schema.enums[at])))
        .messages(3, errors.into_iter().map(|at| error_set(&schema.errors[at], schema)))
        .messages(4, services.into_iter().map(|at| service(&schema.services[at], schema)))
        .messages(5, files.map(file))
        .into_bytes()
}

/// The places in the order of the names, which is the same whatever order the files were named in.
fn by_name<'s>(places: &BTreeSet<usize>, name: impl Fn(usize) -> &'s Name) -> Vec<usize> {
    let mut order: Vec<usize> = places.iter().copied().collect();
    order.sort_by_cached_key(|at| name(*at).full());
    order
}

fn file(file: &File) -> Record {
    Record::new()
        .text(1, &file.name)
        .text(2, &file.package.value)
        .number(3, file.version.as_ref().map_or(0, |version| version.value.into()))
        .text(4, &file.doc)
}

fn message(id: MessageId, schema: &Schema) -> Record {
    let Message { name, doc, lifecycle: history, fields, oneofs, reserved: gone, .. } = schema.message(id);
    Record::new()
        .text(1, &name.full())
        .messages(2, fields.iter().map(|it| field(it, schema)))
        .messages(3, oneofs.iter().map(oneof))
        .fixed64(4, message_fingerprint(id, schema))
        .message_unless_empty(5, reserved(gone))
        .message_unless_empty(6, lifecycle(history))
        .text(7, doc)
}

fn field(field: &Field, schema: &Schema) -> Record {
    let record = Record::new()
        .text(1, &field.head.name.value)
        .number(2, field.head.tag.value.into())
        .number(3, label(field));
    let record = match field.kind {
        FieldType::Scalar(kind) => record.number(4, scalar(kind)),
        FieldType::Message(id) => record.text(5, &schema.message(id).name.full()),
        FieldType::Enum(id) => record.text(6, &schema.enumeration(id).name.full()),
    };
    let is_packed = field.repeated.is_some()
        && field.is_packable()
        && field.packed.as_ref().is_none_or(|packed| packed.value);
    let default = field.default.as_ref().map(|default| literal(&default.value, schema));
    record
        .number(7, field.key.as_ref().map_or(0, |key| scalar(key.value)))
        .flag(8, is_packed)
        .number_if_any(9, field.oneof.map(|at| at as u64))
        .text(10, &field.json_name())
        .text_if_any(11, default.as_deref())
        .messages(12, field.constraints.iter().map(constraint))
        .flag(13, field.is_sensitive)
        .message_unless_empty(14, lifecycle(&field.head.lifecycle))
        .text(15, &field.head.doc)
}

/// The number of its `svrkit.descriptor.Label`.
fn label(field: &Field) -> u64 {
    match (field.key.is_some(), field.repeated.is_some(), field.optional.is_some()) {
        (true, ..) => 4,
        (_, true, _) => 3,
        // On a message `optional` says nothing.
        (.., true) if field.single_message().is_none() => 2,
        _ => 1,
    }
}

/// The number of its `svrkit.descriptor.Scalar`: the rows of the table in their order, from 1.
fn scalar(scalar: &Scalar) -> u64 {
    Scalar::ALL.iter().zip(1..).find_map(|(row, number)| (row == scalar).then_some(number)).unwrap_or(0)
}

/// As a schema writes it.
fn literal(literal: &Literal, schema: &Schema) -> String {
    match literal {
        Literal::Flag(flag) => flag.to_string(),
        Literal::Integer(number) => number.to_string(),
        Literal::Float(number) => number.to_string(),
        Literal::Text(text) => text.to_string(),
        Literal::Value(id, at) => schema.enumeration(*id).values[*at].name.value.to_string(),
    }
}

fn oneof(oneof: &Oneof) -> Record {
    Record::new()
        .text(1, &oneof.name.own)
        .messages(2, oneof.constraints.iter().map(constraint))
        .message_unless_empty(3, lifecycle(&oneof.lifecycle))
        .text(4, &oneof.doc)
}

fn constraint(constraint: &Constraint) -> Record {
    Record::new().text(1, constraint.rule.word).text(2, &constraint.operand.to_string())
}

fn enumeration(enumeration: &Enum) -> Record {
    Record::new()
        .text(1, &enumeration.name.full())
        .messages(2, enumeration.values.iter().map(value))
        .message_unless_empty(3, reserved(&enumeration.reserved))
        .message_unless_empty(4, lifecycle(&enumeration.lifecycle))
        .text(5, &enumeration.doc)
}

fn value(value: &Value) -> Record {
    Record::new()
        .text(1, &value.name.value)
        .signed(2, value.number.value.into())
        .message_unless_empty(3, lifecycle(&value.lifecycle))
        .text(4, &value.doc)
}

fn error_set(errors: &Errors, schema: &Schema) -> Record {
    Record::new()
        .text(1, &errors.name.full())
        .messages(2, errors.errors.iter().map(|it| error(it, schema)))
        .message_unless_empty(3, reserved(&errors.reserved))
        .message_unless_empty(4, lifecycle(&errors.lifecycle))
        .text(5, &errors.doc)
}

fn error(error: &Error, schema: &Schema) -> Record {
    Record::new()
        .text(1, &error.name.value)
        .number(2, error.code.value.into())
        .text(3, error.status.unwrap_or(STATUS_DEFAULT))
        .text(4, error.retry.as_deref().unwrap_or_default())
        .text(5, &error.detail.map(|id| schema.message(id).name.full()).unwrap_or_default())
        .message_unless_empty(6, lifecycle(&error.lifecycle))
        .text(7, &error.doc)
}

fn service(service: &Service, schema: &Schema) -> Record {
    Record::new()
        .text(1, &service.name.full())
        .number(2, service.id.into())
        .messages(3, service.methods.iter().map(|it| method(it, schema)))
        .fixed64(4, fingerprint(service, schema))
        .message_unless_empty(5, reserved(&service.reserved))
        .message_unless_empty(6, lifecycle(&service.lifecycle))
        .text(7, &service.doc)
}

fn method(method: &Method, schema: &Schema) -> Record {
    let response = method.response.filter(|_| method.oneway.is_none());
    let stream = match method.stream.as_ref().map(|stream| stream.value) {
        None => 0,
        Some(Stream::Client) => 1,
        Some(Stream::Server) => 2,
        Some(Stream::Both) => 3,
    };
    let errors = method.errors.as_ref().map(|errors| schema.errors(errors.value).name.full());
    let protection = &method.protection;
    Record::new()
        .text(1, &method.head.name.value)
        .number(2, method.head.id.value.into())
        .text(3, &schema.message(method.request).name.full())
        .text(4, &response.map(|id| schema.message(id).name.full()).unwrap_or_default())
        .text(5, &errors.unwrap_or_default())
        .number(6, stream)
        .flag(7, method.oneway.is_some())
        .number_if_any(8, method.timeout_ms)
        .number(9, method.priority.into())
        .flag(10, method.idempotent)
        .text(11, method.route_key.as_ref().map_or("", |field| &field.value))
        .message_unless_empty(12, lifecycle(&method.head.lifecycle))
        .text(13, &method.head.doc)
        .flag(14, method.blocking.is_some())
        .number(15, protection.degraded_from.as_ref().map_or(0, |from| tier(from.value)))
        .number(16, protection.refused_from.as_ref().map_or(0, |from| tier(from.value)))
        .message_unless_empty(17, protection.rate.as_ref().map_or_else(Record::new, |it| rate(it.value)))
        .message_unless_empty(
            18,
            protection.caller_rate.as_ref().map_or_else(Record::new, |it| rate(it.value)),
        )
        .number(19, protection.running_max.as_ref().map_or(0, |max| max.value.into()))
        .number(20, protection.reserve.as_ref().map_or(0, |places| places.value.into()))
        .number_if_any(21, protection.last_good_ms.as_ref().map(|age| age.value))
        .message_unless_empty(22, queue(&method.queued))
}

fn queue(queued: &Queued) -> Record {
    let Queued { name, rate: job_rate, workers, attempts, lease_ms } = queued;
    Record::new()
        .text(1, name.as_ref().map_or("", |name| &name.value))
        .message_unless_empty(2, job_rate.as_ref().map_or_else(Record::new, |it| rate(it.value)))
        .number(3, workers.as_ref().map_or(0, |workers| workers.value.into()))
        .number(4, attempts.as_ref().map_or(0, |attempts| attempts.value.into()))
        .number(5, lease_ms.as_ref().map_or(0, |lease_ms| lease_ms.value))
}

/// The number of its `svrkit.descriptor.Tier`.
fn tier(tier: Tier) -> u64 {
    match tier {
        Tier::Busy => 1,
        Tier::High => 2,
        Tier::Critical => 3,
    }
}

fn rate(rate: Rate) -> Record {
    let seconds = match rate.per {
        Per::Second => 1,
        Per::Minute => 60,
    };
    Record::new().number(1, rate.calls.into()).number(2, seconds).number(3, rate.burst.map_or(0, u64::from))
}

fn reserved(reserved: &Reserved) -> Record {
    let range = |(first, last)| Record::new().signed(1, first).signed(2, last);
    Record::new().messages(1, reserved.ranges().map(range)).texts(2, reserved.names().map(|(name, _)| name))
}

fn lifecycle(lifecycle: &Lifecycle) -> Record {
    let Some(history) = lifecycle.history() else {
        return Record::new();
    };
    let replaced_by = history.replaced_by.as_ref().map_or("", |name| &name.value);
    Record::new()
        .number(1, history.since.as_ref().map_or(0, |since| since.value.into()))
        .text(2, lifecycle.deprecated().unwrap_or_default())
        .text(3, replaced_by)
}
