//! What can be told of a type by its name.
//!
//! A macro sees no meaning, only tokens: an alias looks like any other type. So only that is concluded here of which
//! the opposite costs a better error or some work, never a right answer.

use syn::{GenericArgument, Ident, PathArguments, Type};

const NUMBERS: &[&str] = &["bool", "u8", "u32", "u64", "i32", "i64", "f32", "f64"];
const HOLDERS: &[&str] = &["String", "Bytes", "Vec", "Option", "BTreeMap", "HashMap"];

/// Is it sure that no message stands in it? Primitive types, and absolute paths to those of the standard library and
/// the runtime, as generated code writes them.
pub(crate) fn holds_no_message(ty: &Type) -> bool {
    let Type::Path(path) = ty else {
        return false;
    };
    if path.path.get_ident().is_some_and(|ident| NUMBERS.iter().any(|number| ident == number)) {
        return true;
    }
    path.path.leading_colon.is_some()
        && path.path.segments.last().is_some_and(|last| HOLDERS.iter().any(|holder| last.ident == holder))
        && arguments(ty).all(holds_no_message)
}

/// Is it `Vec<u8>`?
pub(crate) fn is_vec_of_bytes(ty: &Type) -> bool {
    let is = |ty: &Type, name: &str| last(ty).is_some_and(|ident| ident == name);
    is(ty, "Vec") && arguments(ty).any(|item| is(item, "u8"))
}

/// The name of what stands inside all `Option`s, `Vec`s and `Box`es.
pub(crate) fn innermost(ty: &Type) -> Option<&Ident> {
    match arguments(ty).next() {
        Some(inside) => innermost(inside),
        None => last(ty),
    }
}

/// The name of a type: `Vec` of `std::vec::Vec<u8>`.
pub(crate) fn last(ty: &Type) -> Option<&Ident> {
    let Type::Path(path) = ty else {
        return None;
    };
    path.path.segments.last().map(|last| &last.ident)
}

/// The types that a type is given.
pub(crate) fn arguments(ty: &Type) -> impl Iterator<Item = &Type> {
    let last = match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    };
    let arguments = last.and_then(|last| match &last.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    });
    arguments.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(ty: &str) -> Type {
        syn::parse_str(ty).unwrap()
    }

    #[test]
    fn only_what_is_sure_holds_no_message() {
        for (ty, expected) in [
            ("u32", true),
            ("::std::string::String", true),
            ("::std::vec::Vec<::svrkit_runtime::Bytes>", true),
            ("::core::option::Option<u64>", true),
            ("::std::collections::BTreeMap<u32, f64>", true),
            ("::std::collections::BTreeMap<u32, shop::Item>", false),
            ("::std::vec::Vec<Item>", false),
            ("String", false),
            ("Vec<u8>", false),
            ("::shop::Item", false),
            ("[u8; 4]", false),
        ] {
            assert_eq!(holds_no_message(&parsed(ty)), expected, "{ty}");
        }
    }

    #[test]
    fn names_are_found_inside() {
        assert!(is_vec_of_bytes(&parsed("std::vec::Vec<u8>")));
        assert!(!is_vec_of_bytes(&parsed("Vec<u64>")));
        for (ty, expected) in [("u32", "u32"), ("Option<Box<Order>>", "Order"), ("Vec<i64>", "i64")] {
            assert_eq!(innermost(&parsed(ty)).unwrap(), expected, "{ty}");
        }
    }
}
