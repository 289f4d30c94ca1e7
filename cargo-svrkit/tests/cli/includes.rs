//! Where imports are looked for: `-I`, and `include` of svrkit.toml.

use crate::support::Folder;

const IMPORTING: &str = "<protocol package='shop'><import path='money.xml'/>\
                         <message name='Order'><field tag='1' name='price' type='money.Money'/></message></protocol>\n";
const IMPORTED: &str = "<protocol package='money'><message name='Money'/></protocol>\n";

#[test]
fn imports_are_looked_for_where_the_settings_say_relative_to_their_file() {
    let folder = Folder::new();
    folder.write("app/schemas/shop.xml", IMPORTING);
    folder.write("common/money.xml", IMPORTED);
    let ended = folder.svrkit(["check", "app/schemas"]);
    assert_eq!(ended.code, 1);
    assert!(ended.stderr.contains("the imported file `money.xml` is not found"), "{}", ended.stderr);

    folder.write("app/svrkit.toml", "include = ['../common']\n");
    folder.svrkit(["check", "app/schemas"]).check(0, "2 files checked: fine\n", "");
    let generated = folder.svrkit(["gen", "app/schemas", "-o", "shop.rs"]);
    assert_eq!((generated.code, &*generated.stderr), (0, ""));
    assert!(folder.read("shop.rs").contains("pub struct Money"));
}

#[test]
fn folders_of_the_command_line_come_before_those_of_the_settings() {
    let folder = Folder::new();
    folder.write("schemas/shop.xml", IMPORTING);
    folder.write("first/money.xml", IMPORTED);
    folder.write("second/money.xml", "<protocol package='money'/>\n");
    folder.write("svrkit.toml", "include = ['second']\n");
    folder.svrkit(["check", "-I", "first"]).check(0, "2 files checked: fine\n", "");
    assert_eq!(folder.svrkit(["check"]).code, 1);
}

#[test]
fn a_folder_that_is_not_there_is_told_with_its_place() {
    let folder = Folder::new();
    folder.write("schemas/shop.xml", IMPORTED);
    folder.write("svrkit.toml", "include = [\n  'gone',\n]\n");
    let stderr =
        "error: svrkit.toml:2:3: there is no folder `gone`: what `include` lists is relative to this file\n";
    folder.svrkit(["check"]).check(2, "", stderr);
    folder.svrkit(["gen", "-o", "shop.rs"]).check(2, "", stderr);
}
