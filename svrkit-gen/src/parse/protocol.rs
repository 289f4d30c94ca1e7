//! `<protocol>`: one file.

use super::reader::Element;
use super::syntax::Protocol;
use super::vocabulary::Kind;
use super::{Context, doc, enumeration, message, service, value};
use crate::diagnostic::Spanned;

pub(super) fn protocol(element: &Element<'_>, context: &mut Context<'_>) -> Option<Protocol> {
    let package = element.required("package", context).map(value::text);
    let version = element.attribute("version").and_then(|it| value::number(it, 1..=u32::MAX, context));
    let imports = element.children(Kind::Import).filter_map(|it| import(it, context)).collect();
    let enums = element.children(Kind::Enum).filter_map(|it| enumeration::enumeration(it, context)).collect();
    let messages = element.children(Kind::Message).filter_map(|it| message::message(it, context)).collect();
    let services = element.children(Kind::Service).filter_map(|it| service::service(it, context)).collect();
    if package.is_none() {
        context.lost.anything();
    }
    Some(Protocol {
        package: package?,
        version: version.map(|version| version.value),
        doc: doc::doc(element),
        imports,
        enums,
        messages,
        services,
    })
}

/// `<import>`: a path relative to this file, with `/` on every platform.
fn import(element: &Element<'_>, context: &mut Context<'_>) -> Option<Spanned<String>> {
    let path = element.required("path", context).map(value::text).filter(|path| {
        let is_portable =
            !path.value.is_empty() && !path.value.starts_with('/') && !path.value.contains(['\\', ':']);
        if !is_portable {
            context.bad_value(path.span, &path.value, "a relative path with `/` between its parts");
        }
        is_portable
    });
    if path.is_none() {
        context.lost.anything();
    }
    path
}
