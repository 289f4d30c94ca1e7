//! Stubs: svrkit's from its schema, tonic's from a description by hand, so that no protoc is needed.

fn main() {
    svrkit_gen::compile("schemas/echo.xml");
    println!("cargo::rerun-if-changed=build.rs");
    let method = tonic_build::manual::Method::builder()
        .name("echo")
        .route_name("Echo")
        .input_type("crate::peers::tonic::EchoMessage")
        .output_type("crate::peers::tonic::EchoMessage")
        .codec_path("tonic_prost::ProstCodec")
        .build();
    let service = tonic_build::manual::Service::builder()
        .name("Echo")
        .package("bench.echo")
        .method(method)
        .build();
    tonic_build::manual::Builder::new().compile(&[service]);
}
