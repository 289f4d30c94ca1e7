//! Types that stand elsewhere are held to their schema.

mod support;

use svrkit_gen::Config;

#[test]
fn a_type_in_the_place_of_a_foreign_message_is_held_to_its_schema() {
    let folder = support::Folder::new("foreign-stand-in");
    folder.file(
        "c.xml",
        "<protocol package='common'><message name='X'><field tag='1' name='v' type='u32'/></message></protocol>",
    );
    let root = folder.file(
        "m.xml",
        "<protocol package='app'><import path='c.xml'/>\
         <message name='M'><field tag='1' name='x' type='common.X'/></message></protocol>",
    );
    let config = Config::new().extern_type("common.X", "crate::X");
    for config in [config.clone(), config.extern_package("common", "other::common")] {
        let generated = config.generate([&root]).unwrap();
        let source: String = generated.source().split_whitespace().collect();
        assert!(source.contains("Option<crate::X>"), "{}", generated.source());
        assert!(source.contains("assert_fingerprint::<crate::X"), "{}", generated.source());
    }
}
