//! The `cargo-svrkit` binary, called as a user calls it: one module a subcommand.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy's leave for tests does not reach the functions that tests share"
)]

mod call;
mod check;
mod command_line;
mod completions;
mod convert;
mod describe;
mod export;
mod fmt;
mod formats;
mod r#gen;
mod includes;
mod inspect;
mod jobs;
mod kept_folder;
mod lints;
mod new;
mod new_project;
mod shop;
mod support;
mod terminal;
mod tls;
mod top;
mod xsd;
