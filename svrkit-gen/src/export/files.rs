//! Definitions by package, each package one file, and what each file imports.

use std::collections::{BTreeMap, BTreeSet};

use super::comment::doc;
use super::page::Page;
use super::scopes::around;
use super::{Context, ProtoFile, well_known};
use crate::components::components;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, FileId, is_invisible, quoted};
use crate::emit::GENERATED_MARK;
use crate::load::bundled::TYPES_PACKAGE;
use crate::model::{EnumId, ErrorsId, FieldType, MessageId, Name, Schema};

/// What can stand at the root of a file or in a message.
#[derive(Clone, Copy)]
pub(super) enum Definition {
    Message(MessageId),
    Enum(EnumId),
    Errors(ErrorsId),
    /// By its place among the services.
    Service(usize),
}

/// Definitions by the full name of the package or the message they stand in, in the order of the schemas.
pub(super) struct Tree(BTreeMap<String, Vec<Definition>>);

impl Tree {
    fn new(schema: &Schema) -> Self {
        let messages = schema.messages.iter().enumerate();
        let enums = schema.enums.iter().enumerate();
        let errors = schema.errors.iter().enumerate();
        let services = schema.services.iter().enumerate();
        let mut all: Vec<(&Name, Definition)> = messages
            .map(|(at, it)| (&it.name, Definition::Message(MessageId(at))))
            .chain(enums.map(|(at, it)| (&it.name, Definition::Enum(EnumId(at)))))
            .chain(errors.map(|(at, it)| (&it.name, Definition::Errors(ErrorsId(at)))))
            .chain(services.map(|(at, it)| (&it.name, Definition::Service(at))))
            // Protobuf brings these itself.
            .filter(|(name, _)| well_known::of(name).is_none())
            .collect();
        // Files are numbered as they were read; in the model they have an order that does not depend on that.
        let files: BTreeMap<FileId, usize> =
            schema.files.iter().enumerate().map(|(at, it)| (it.id, at)).collect();
        all.sort_by_key(|(name, _)| (files.get(&name.span.file), name.span));
        let mut tree: BTreeMap<String, Vec<Definition>> = BTreeMap::new();
        for (name, definition) in all {
            tree.entry(around(name)).or_default().push(definition);
        }
        Self(tree)
    }

    /// What stands in this package or message.
    pub(super) fn of(&self, scope: &str) -> &[Definition] {
        self.0.get(scope).map_or(&[], Vec::as_slice)
    }
}

/// Every package but those of which protobuf has all that is used.
pub(super) fn files(context: &Context<'_>, found: &mut Diagnostics) -> Vec<ProtoFile> {
    let schema = context.schema;
    let tree = Tree::new(schema);
    let imports = imports(schema);
    circles(schema, &imports, found);
    let is_imported = |package: &str| imports.values().flatten().any(|it| *it == path(package));
    let packages = imports.keys().filter(|package| **package != TYPES_PACKAGE || is_imported(package));
    packages.map(|package| context.file(package, &imports[package], &tree)).collect()
}

impl Context<'_> {
    pub(super) fn definition(&self, definition: Definition, tree: &Tree, page: &mut Page) {
        match definition {
            Definition::Message(id) => self.message(id, tree, page),
            Definition::Enum(id) => self.enumeration(id, page),
            Definition::Errors(id) => self.errors(self.schema.errors(id), page),
            Definition::Service(at) => self.service(&self.schema.services[at], page),
        }
    }

    fn file(&self, package: &str, imports: &BTreeSet<String>, tree: &Tree) -> ProtoFile {
        let files = || self.schema.files.iter().filter(|file| *file.package.value == *package);
        let sources = files().map(|file| {
            let name: String = file.name.chars().map(|it| if is_invisible(it) { '?' } else { it }).collect();
            let version = file.version.as_ref().map(|version| format!(" (version {})", version.value));
            name + &version.unwrap_or_default()
        });
        let sources = sources.collect::<Vec<_>>().join(", ");
        let mut page = Page::default();
        page.line(&format!(
            "{GENERATED_MARK} from {sources}. Do not edit: change the schema and export it again."
        ));
        page.gap();
        page.line("syntax = \"proto3\";");
        page.gap();
        for (at, file) in files().filter(|file| !file.doc.trim().is_empty()).enumerate() {
            if at > 0 {
                page.line("//");
            }
            doc(&file.doc, &mut page);
        }
        page.line(&format!("package {package};"));
        page.gap();
        for import in imports {
            page.line(&format!("import \"{import}\";"));
        }
        for definition in tree.of(package) {
            page.gap();
            self.definition(*definition, tree, &mut page);
        }
        let text = page.into_text();
        ProtoFile { path: path(package), text: text.trim_end().to_owned() + "\n" }
    }
}

/// `shop/orders.proto`
fn path(package: &str) -> String {
    format!("{}.proto", package.replace('.', "/"))
}

/// The paths that each package imports.
fn imports(schema: &Schema) -> BTreeMap<&str, BTreeSet<String>> {
    let packages = schema.files.iter().map(|file| (&*file.package.value, BTreeSet::new()));
    let mut imports: BTreeMap<&str, BTreeSet<String>> = packages.collect();
    let mut add = |from: &Name, to: Option<&Name>| {
        let import = match to.map(|to| (to, well_known::of(to))) {
            Some((_, Some(known))) => known.import,
            Some((to, None)) if to.package == from.package => return,
            Some((to, None)) => path(&to.package),
            None => well_known::empty().import,
        };
        // What protobuf brings has its own imports.
        if well_known::of(from).is_none()
            && let Some(imports) = imports.get_mut(&*from.package)
        {
            imports.insert(import);
        }
    };
    for message in &schema.messages {
        for field in &message.fields {
            match field.kind {
                FieldType::Scalar(_) => {}
                FieldType::Message(id) => add(&message.name, Some(&schema.message(id).name)),
                FieldType::Enum(id) => add(&message.name, Some(&schema.enumeration(id).name)),
            }
        }
    }
    for service in &schema.services {
        for method in &service.methods {
            add(&service.name, Some(&schema.message(method.request).name));
            add(&service.name, method.response.map(|id| &schema.message(id).name));
        }
    }
    imports
}

/// Packages that import one another: files of protobuf cannot.
fn circles(schema: &Schema, imports: &BTreeMap<&str, BTreeSet<String>>, found: &mut Diagnostics) {
    let at: BTreeMap<String, usize> =
        imports.keys().enumerate().map(|(at, package)| (path(package), at)).collect();
    let edges: Vec<Vec<usize>> = imports
        .values()
        .map(|paths| paths.iter().filter_map(|path| at.get(path).copied()).collect())
        .collect();
    let component = components(&edges);
    let mut circles: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for (package, component) in imports.keys().zip(component) {
        circles.entry(component).or_default().push(package);
    }
    for circle in circles.values().filter(|circle| 1 < circle.len()) {
        let spans = circle.iter().filter_map(|package| {
            schema.files.iter().find(|file| *file.package.value == **package).map(|file| file.package.span)
        });
        let mut spans = spans.collect::<Vec<_>>().into_iter();
        let Some(first) = spans.next() else { continue };
        let packages = circle.iter().map(|package| quoted(package)).collect::<Vec<_>>();
        let text = format!(
            "the packages {} use one another, and a package is one file in protobuf",
            packages.join(", ")
        );
        let finding = Diagnostic::new(Code::NOT_EXPORTABLE, first, text)
            .help("move what they share to a package of its own");
        found.push(spans.fold(finding, |finding, span| finding.also(span, "in the circle")));
    }
}
