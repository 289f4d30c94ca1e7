//! Stubs and messages: svrkit's from its schemas, the peers' from the same definitions in their own words. No protoc is
//! needed: tonic's service is described by hand, and protox reads the `.proto`.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use prost::Message;

/// The codec case's messages, as protobuf says it.
const CODEC: &str = "schemas/codec.proto";

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    svrkit_gen::Config::new().compile_or_exit(["schemas/echo.xml", "schemas/codec.xml", "schemas/work.xml"]);
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={CODEC}");
    #[cfg(feature = "tls")]
    certificate(&out)?;
    tonic();
    let codec = protox::compile([CODEC], ["schemas"])?;
    prost(&out, &codec)?;
    buffa(&out, &codec)?;
    quick_protobuf(&out)?;
    Ok(())
}

/// What the peer `svrkit-tls` proves itself with, and whom it trusts: the same for both of its processes.
#[cfg(feature = "tls")]
fn certificate(out: &Path) -> Result<(), Box<dyn Error>> {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])?;
    fs::write(out.join("tls.crt"), made.cert.pem())?;
    fs::write(out.join("tls.key"), made.signing_key.serialize_pem())?;
    Ok(())
}

fn tonic() {
    let method = tonic_build::manual::Method::builder()
        .name("echo")
        .route_name("Echo")
        .input_type("crate::peers::tonic::EchoMessage")
        .output_type("crate::peers::tonic::EchoMessage")
        .codec_path("tonic_prost::ProstCodec")
        .build();
    let pour = tonic_build::manual::Method::builder()
        .name("pour")
        .route_name("Pour")
        .input_type("crate::peers::tonic::EchoMessage")
        .output_type("crate::peers::tonic::EchoMessage")
        .codec_path("tonic_prost::ProstCodec")
        .server_streaming()
        .build();
    let service = tonic_build::manual::Service::builder()
        .name("Echo")
        .package("bench.echo")
        .method(method)
        .method(pour)
        .build();
    let work = tonic_build::manual::Method::builder()
        .name("work")
        .route_name("Work")
        .input_type("crate::work::peers::tonic::Task")
        .output_type("crate::work::peers::tonic::Task")
        .codec_path("tonic_prost::ProstCodec")
        .build();
    let works = tonic_build::manual::Service::builder()
        .name("Work")
        .package("bench.work")
        .method(work)
        .build();
    tonic_build::manual::Builder::new().compile(&[service, works]);
}

/// As it comes, and with the containers that svrkit generates.
fn prost(out: &Path, codec: &prost_types::FileDescriptorSet) -> Result<(), Box<dyn Error>> {
    prost_build::Config::new()
        .out_dir(folder(out, "prost")?)
        .compile_fds(codec.clone())?;
    prost_build::Config::new()
        .out_dir(folder(out, "prost_same")?)
        .btree_map(["."])
        .bytes(["."])
        .compile_fds(codec.clone())?;
    Ok(())
}

/// As it comes, its lazy views in addition; and with the containers that svrkit generates.
fn buffa(out: &Path, codec: &prost_types::FileDescriptorSet) -> Result<(), Box<dyn Error>> {
    let descriptors = out.join("codec.descriptors");
    fs::write(&descriptors, codec.encode_to_vec())?;
    let config = |name| -> Result<_, Box<dyn Error>> {
        Ok(buffa_build::Config::new()
            .files(&["codec.proto"])
            .descriptor_set(&descriptors)
            .include_file("all.rs")
            .out_dir(folder(out, name)?))
    };
    config("buffa")?.lazy_views(true).compile()?;
    config("buffa_same")?
        .generate_views(false)
        .map_type(buffa_build::MapRepr::BTreeMap)
        .bytes_type(buffa_build::BytesRepr::Bytes)
        .compile()
}

/// As it comes.
fn quick_protobuf(out: &Path) -> Result<(), Box<dyn Error>> {
    let (files, out, roots) = (
        [PathBuf::from(CODEC)],
        folder(out, "quick_protobuf")?,
        [PathBuf::from("schemas")],
    );
    let config = pb_rs::ConfigBuilder::new(&files, None, Some(&out), &roots)?.build();
    Ok(pb_rs::types::FileDescriptor::run(&config)?)
}

fn folder(out: &Path, name: &str) -> Result<PathBuf, Box<dyn Error>> {
    let folder = out.join(name);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
