//! Markers: which of a type's encodings a field uses. Types, so that a wrong pair is an error of the compiler.

use std::marker::PhantomData;

/// How one value is written: [`Plain`], [`Zigzag`] or [`Fixed`].
///
/// [`Unpacked`] is none: it is about many values, and says how each is written.
pub trait Encoding {}

/// What the type alone suggests: varints for integers, packed numbers when repeated.
#[derive(Debug)]
pub enum Plain {}

/// Small negative numbers stay short: `sint32` and `sint64`.
#[derive(Debug)]
pub enum Zigzag {}

/// Four or eight bytes whatever the value: `fixed32`, `fixed64`, `sfixed32`, `sfixed64`.
#[derive(Debug)]
pub enum Fixed {}

/// One record for each number of a repeated field, in the encoding `E`.
#[derive(Debug)]
pub struct Unpacked<E: Encoding = Plain>(PhantomData<E>);

impl Encoding for Plain {}
impl Encoding for Zigzag {}
impl Encoding for Fixed {}
