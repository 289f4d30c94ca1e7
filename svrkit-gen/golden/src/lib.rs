//! The golden output of the generator, as it stands in `svrkit-gen/tests/golden`, compiled.
//!
//! A bad output is a difference in a golden file *and* an error here; `tests/` calls a client through a server of it.
//! The lints are the strictest an owner might set who cannot edit what was generated.

#![deny(missing_docs, unsafe_code, warnings)]
#![deny(clippy::all)]

include!("../../tests/golden/everything.rs");
