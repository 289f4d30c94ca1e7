//! The kit's own protocols are compiled by its own generator; what is kept in the repository is what it writes.

use std::path::Path;

#[test]
fn the_frame_messages_are_what_the_schema_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let generated = svrkit_gen::Config::new().generate([root.join("schemas/frames.xml")]).unwrap();
    let kept = std::fs::read_to_string(root.join("svrkit-runtime/src/wire/frame/messages.rs")).unwrap();
    assert!(
        kept == generated.source(),
        "stale: cargo svrkit gen schemas/frames.xml -o svrkit-runtime/src/wire/frame/messages.rs"
    );
}
