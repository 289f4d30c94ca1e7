//! Compiles the schemas, and tells dependents where they are.

fn main() {
    svrkit_gen::Config::new().export_schemas("schemas").compile_or_exit(["schemas/common/money.xml"]);
}
