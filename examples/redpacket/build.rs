//! Compiles the schemas of the three services.

fn main() {
    svrkit_gen::compile("schemas");
}
