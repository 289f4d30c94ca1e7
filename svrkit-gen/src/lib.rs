//! Compiler of svrkit protocols: XML to model to checks to Rust, and the interface for build scripts.
//!
//! [`compile`] is all a build script needs; [`Config`] is for those who need more. Nothing but the entry for build
//! scripts prints or exits: everything else returns a [`Report`].
//!
//! ```text
//! files ── load ──▶ parse ──▶ model ──▶ check ──▶ emit ──▶ svrkit.rs
//!                     └─────────┴─────────┴──▶ findings (diagnostic)
//! ```
//!
//! Each stage trusts the one before it, and all findings of a run come at once. The dialect is described in
//! [`dialect`], the findings in [`Code`], the bounds on input in [`limits`].
//!
//! ```
//! # fn main() -> std::io::Result<()> {
//! # let folder = std::env::temp_dir().join(format!("svrkit-gen-lib-doc-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! let file = folder.join("hello.xml");
//! std::fs::write(&file, r#"
//!     <protocol package="hello">
//!       <message name="GreetRequest"><field tag="1" name="name" type="string"/></message>
//!     </protocol>"#)?;
//! let generated = svrkit_gen::Config::new().generate([&file]).expect("the schema is sound");
//! assert!(generated.source().contains("pub struct GreetRequest"));
//! # std::fs::remove_dir_all(folder)
//! # }
//! ```

#![forbid(unsafe_code)]

mod build_script;
mod check;
mod codes;
mod components;
mod config;
mod constraint;
mod descriptor;
mod diagnostic;
mod emit;
mod export;
mod externs;
mod folder;
mod format;
pub mod limits;
mod lint;
mod load;
mod model;
mod names;
mod output;
mod parse;
#[cfg(test)]
mod test_folder;
mod xsd;

#[doc = include_str!("../DIALECT.md")]
pub mod dialect {}

pub use build_script::compile;
pub use config::{Config, Generated};
pub use descriptor::Descriptors;
pub use diagnostic::{Code, Diagnostic, Location, Report, Severity};
pub use emit::GENERATED_MARK;
pub use export::{Exported, ProtoFile};
pub use folder::{FolderError, schemas_below};
pub use format::format;
pub use lint::{Level, Lint, Lints, UnknownLint};
pub use xsd::xsd;
