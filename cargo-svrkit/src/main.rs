//! The `cargo svrkit` command.

fn main() {}
