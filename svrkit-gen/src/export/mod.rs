//! The model as `.proto` files, for those who speak protobuf: one file a package, in proto3.
//!
//! The bytes are the same, so a schema and its export are two spellings of one protocol. What protobuf has no word for
//! (constraints, ids, timeouts, errors) stands in comments, in the words of the schema. `files` puts the definitions
//! into files, `names` gives each a name that protobuf takes, `reference` finds the shortest way to it, and there is a
//! file for each kind of definition. Nothing here opens a file; `Config::export_proto` is the caller.

mod comment;
mod enumeration;
mod errors;
mod fault;
mod files;
mod message;
mod names;
mod page;
mod reference;
mod scopes;
mod service;
mod well_known;

use crate::diagnostic::Diagnostics;
use crate::diagnostic::Report;
use crate::model::Schema;

use self::names::Names;
use self::scopes::Scopes;

/// The packages of a run as `.proto` files, made by [`Config::export_proto`](crate::Config::export_proto).
#[derive(Debug)]
pub struct Exported {
    files: Vec<ProtoFile>,
    report: Report,
}

/// One `.proto` file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProtoFile {
    /// Where it belongs below the folder that `protoc -I` is given, with `/`: `shop/orders.proto` for the package
    /// `shop.orders`. Other files import it by this path.
    pub path: String,
    /// What is in it. It starts with [`GENERATED_MARK`](crate::GENERATED_MARK).
    pub text: String,
}

impl Exported {
    pub(crate) fn new(files: Vec<ProtoFile>, report: Report) -> Self {
        Self { files, report }
    }

    /// The files, sorted by path. The same schemas give the same bytes on every machine, in whatever order they were named.
    pub fn files(&self) -> &[ProtoFile] {
        &self.files
    }

    /// A report that holds warnings only, or nothing.
    pub fn warnings(&self) -> &Report {
        &self.report
    }
}

/// Every package as a file, or nothing useful where `found` was given something protobuf cannot say.
pub(crate) fn proto(schema: &Schema, found: &mut Diagnostics) -> Vec<ProtoFile> {
    fault::find(schema, found);
    let mut scopes = Scopes::of(schema);
    let names = Names::of(schema, &mut scopes);
    files::files(&Context { schema, scopes: &scopes, names: &names }, found)
}

/// What every emitter needs.
#[derive(Clone, Copy)]
struct Context<'a> {
    schema: &'a Schema,
    scopes: &'a Scopes,
    names: &'a Names,
}
