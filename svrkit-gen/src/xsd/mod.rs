//! The dialect as an XSD, for editors that complete and check XML.
//!
//! It is made of the tables the compiler itself reads (the vocabulary, the constraints, the scalars, the limits), so a
//! new word or constraint needs no edit here. It says what XSD 1.0 can say of one element at a time; what needs two of
//! them, such as tags given twice, the compiler says. It never refuses a file that the compiler takes. `cargo svrkit
//! xsd` prints it, and `schemas/svrkit.xsd` is kept from it.

mod form;
mod writer;

use self::writer::Writer;
use crate::parse::vocabulary::{Attr, Form, Kind, Word, words, words_in};

/// The XSD 1.0 of the dialect: every element, where it stands, its attributes and what they hold, with a text on each.
///
/// ```
/// let xsd = svrkit_gen::xsd();
/// assert!(xsd.contains(r#"<xs:element name="protocol" type="protocol"/>"#));
/// ```
pub fn xsd() -> String {
    let mut writer = Writer::new();
    writer.open("xs:schema", &[("xmlns:xs", "http://www.w3.org/2001/XMLSchema")]);
    writer.annotation("The XML dialect of svrkit, for editors. Made by `cargo svrkit xsd`: do not edit.");
    for root in words_in(None) {
        writer.leaf("xs:element", &[("name", root.name), ("type", &type_name(root, None))]);
    }
    for word in words() {
        for parent in forms_of(word) {
            element_type(word, parent, &mut writer);
        }
    }
    form::simple_types(&mut writer);
    writer.close("xs:schema");
    writer.finish()
}

/// The parents that stand for all: an element whose attributes depend on where it is has a type for each place.
fn forms_of(word: &Word) -> Vec<Option<Kind>> {
    let Some((first, others)) = word.parents.split_first() else { return vec![None] };
    let names = |parent| word.attributes_in(Some(parent)).map(|attr| attr.name).collect::<Vec<_>>();
    match others.iter().all(|other| names(*other) == names(*first)) {
        true => vec![Some(*first)],
        false => word.parents.iter().copied().map(Some).collect(),
    }
}

/// What the type of an element in this place is called.
fn type_name(word: &Word, parent: Option<Kind>) -> String {
    match parent.filter(|_| 1 < forms_of(word).len()) {
        Some(parent) => format!("{}-of-{}", word.name, parent.name()),
        None => word.name.to_owned(),
    }
}

fn element_type(word: &Word, parent: Option<Kind>, writer: &mut Writer) {
    let name = type_name(word, parent);
    if word.kind == Kind::Doc {
        writer.open("xs:simpleType", &[("name", &name)]);
        writer.annotation(word.doc);
        writer.leaf("xs:restriction", &[("base", "xs:string")]);
        writer.close("xs:simpleType");
        return;
    }
    writer.open("xs:complexType", &[("name", &name)]);
    writer.annotation(word.doc);
    content(word.kind, writer);
    // Every XML editor knows these by itself, and an XSD may not speak of them.
    for attr in word.attributes_in(parent).filter(|attr| attr.form != Form::Editor) {
        attribute(attr, writer);
    }
    writer.close("xs:complexType");
}

/// The children, in any order; a `<doc>` among them at most once.
fn content(kind: Kind, writer: &mut Writer) {
    let (docs, others): (Vec<_>, Vec<_>) = words_in(Some(kind)).partition(|word| word.kind == Kind::Doc);
    let element = |word: &Word, facts: &[(&str, &str)], writer: &mut Writer| {
        let type_name = type_name(word, Some(kind));
        writer.leaf("xs:element", &[&[("name", word.name), ("type", &*type_name)], facts].concat());
    };
    let any_number_of_others = |writer: &mut Writer| {
        writer.open("xs:choice", &[("minOccurs", "0"), ("maxOccurs", "unbounded")]);
        others.iter().for_each(|word| element(word, &[], writer));
        writer.close("xs:choice");
    };
    if docs.is_empty() && others.is_empty() {
        return;
    }
    writer.open("xs:sequence", &[]);
    if others.is_empty() {
        docs.iter().for_each(|doc| element(doc, &[("minOccurs", "0")], writer));
    } else {
        any_number_of_others(writer);
        for doc in docs {
            writer.open("xs:sequence", &[("minOccurs", "0")]);
            element(doc, &[], writer);
            any_number_of_others(writer);
            writer.close("xs:sequence");
        }
    }
    writer.close("xs:sequence");
}

fn attribute(attr: Attr, writer: &mut Writer) {
    let type_name = form::type_name(attr);
    let mut facts = vec![("name", attr.name), ("type", &*type_name)];
    if attr.is_required {
        facts.push(("use", "required"));
    }
    writer.open("xs:attribute", &facts);
    writer.annotation(attr.doc);
    writer.close("xs:attribute");
}
