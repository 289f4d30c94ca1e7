//! Markers: which of a type's encodings a field uses. Types, so that a wrong pair is an error of the compiler.

use std::marker::PhantomData;

/// How one value is written: [`Plain`], [`Zigzag`] or [`Fixed`].
///
/// [`Unpacked`] and [`Entries`] are none: they are about many values, and say how each is written.
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

/// The entries of a map, with keys in the encoding `K` and values in the encoding `V`.
#[derive(Debug)]
pub struct Entries<K: Encoding = Plain, V: Encoding = Plain>(PhantomData<(K, V)>);

impl Encoding for Plain {}
impl Encoding for Zigzag {}
impl Encoding for Fixed {}
