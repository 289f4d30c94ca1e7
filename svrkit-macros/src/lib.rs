//! The derives `Tlv`, `TlvEnum`, `TlvOneof`, `ErrorCode`, `Metrics` and `Labels`.
//!
//! Each goes four steps: parse the item, validate it against each rule, expand it, or fall back to an empty impl
//! beside the errors, so that one mistake is one error. They write impls of the traits of the same names in
//! `svrkit_runtime` (of `Metrics`, `MetricSet`), where the attributes are documented, with examples that run; this crate depends on
//! nothing of ours and is not meant to be named directly.

mod attribute;
mod constraint;
mod encoding;
mod enumeration;
mod error_code;
mod faults;
mod field;
mod hint;
mod labels;
mod metric_name;
mod metrics;
mod nearest;
mod oneof;
mod record;
mod rust_type;
mod shape;
mod tag;
mod view_word;
mod written;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct a message: see the trait `svrkit_runtime::Tlv` for the attributes.
#[proc_macro_derive(Tlv, attributes(tlv))]
pub fn tlv(input: TokenStream) -> TokenStream {
    record::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes an enum one of `i32` numbers: see the trait `svrkit_runtime::TlvEnum` for the attributes.
#[proc_macro_derive(TlvEnum, attributes(tlv))]
pub fn tlv_enum(input: TokenStream) -> TokenStream {
    enumeration::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes an enum the alternatives of a message: see the trait `svrkit_runtime::TlvOneof` for the attributes.
#[proc_macro_derive(TlvOneof, attributes(tlv))]
pub fn tlv_oneof(input: TokenStream) -> TokenStream {
    oneof::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes an enum the errors of a service: see the trait `svrkit_runtime::ErrorCode` for the attributes.
#[proc_macro_derive(ErrorCode, attributes(error_code))]
pub fn error_code(input: TokenStream) -> TokenStream {
    error_code::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes the fields of a struct metrics of a program's own: see the trait `svrkit_runtime::metrics::MetricSet` for the attributes.
#[proc_macro_derive(Metrics, attributes(metric))]
pub fn metrics(input: TokenStream) -> TokenStream {
    metrics::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes a struct the labels of a metric, or an enum one label: see the trait `svrkit_runtime::metrics::Labels` for the attributes.
#[proc_macro_derive(Labels, attributes(metric))]
pub fn labels(input: TokenStream) -> TokenStream {
    labels::derive(&parse_macro_input!(input as DeriveInput)).into()
}
