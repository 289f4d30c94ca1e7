//! Compiles what of OTLP is spoken here.

fn main() {
    svrkit_gen::Config::new().server(false).client(false).views(false).compile_or_exit(["schemas/otlp.xml"]);
}
