//! Compiles the schema; what it imports is that of the crate `shared-money`.

fn main() {
    svrkit_gen::Config::new().schema_crate("shared-money").compile_or_exit(["schemas/shop.xml"]);
}
