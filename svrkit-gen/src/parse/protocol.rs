//! `<protocol>`: one file.

use std::mem::take;
use std::rc::Rc;

use super::element::Element;
use super::syntax::Protocol;
use super::{Context, value};
use crate::diagnostic::{Code, Diagnostic, Spanned};
use crate::limits::PATH_LEN_MAX;

pub(super) fn protocol(element: &mut Element<'_>, context: &mut Context<'_>) -> Option<Protocol> {
    let package = element.required("package", context).and_then(|it| value::package(it, context));
    let version = element.attribute("version").map(|it| value::number(it, 1..=u32::MAX, context));
    let is_version_lost = matches!(version, Some(None));
    let Some(package) = package else {
        context.lost.anything();
        return None;
    };
    let parts = take(&mut element.parts);
    Some(Protocol {
        package,
        version: version.flatten(),
        doc: parts.doc,
        imports: parts.imports,
        enums: parts.enums,
        messages: parts.messages,
        errors: parts.error_sets,
        services: parts.services,
        is_partial: element.children_cut || element.attributes_cut || is_version_lost,
    })
}

/// `<import>`: a path relative to this file, with `/` on every platform.
pub(super) fn import(element: &Element<'_>, context: &mut Context<'_>) -> Option<Spanned<Rc<str>>> {
    let path = element.required("path", context).and_then(|path| {
        let value = &*path.value;
        if PATH_LEN_MAX < value.len() {
            let message = format!("the path of an import is longer than {PATH_LEN_MAX} bytes (PATH_LEN_MAX)");
            context.push(Diagnostic::new(Code::LIMIT_EXCEEDED, path.value_span, message));
            return None;
        }
        let is_portable = !value.is_empty() && !value.starts_with('/') && !value.contains(['\\', ':']);
        if !is_portable {
            context.bad_value(path.value_span, value, "a relative path with `/` between its parts");
            return None;
        }
        Some(value::text(path, context))
    });
    if path.is_none() {
        context.lost.anything();
    }
    path
}
