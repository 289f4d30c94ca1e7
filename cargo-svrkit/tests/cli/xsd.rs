//! `cargo svrkit xsd`.

use std::fs;

use crate::support::Folder;

#[test]
fn it_prints_the_xsd_or_writes_it_once() {
    let folder = Folder::new();
    let printed = folder.svrkit(["xsd"]);
    assert!(printed.stdout.contains("<xs:element name=\"protocol\""), "{}", printed.stdout);
    folder.svrkit(["xsd", "-o", "svrkit.xsd"]).check(0, "wrote `svrkit.xsd`\n", "");
    assert_eq!(folder.read("svrkit.xsd"), printed.stdout);
    folder.svrkit(["xsd", "-o", "svrkit.xsd"]).check(0, "`svrkit.xsd` is up to date\n", "");
}

#[test]
fn only_a_file_of_its_own_is_overwritten() {
    let folder = Folder::new();
    assert_eq!(folder.svrkit(["xsd", "-o", "svrkit.xsd"]).code, 0);
    let fresh = folder.read("svrkit.xsd");
    folder.write("svrkit.xsd", &fresh.replace("xs:choice", "xs:sequence"));
    folder.svrkit(["xsd", "-o", "svrkit.xsd"]).check(0, "wrote `svrkit.xsd`\n", "");
    assert_eq!(folder.read("svrkit.xsd"), fresh);

    for foreign in [b"<xs:schema/>".as_slice(), b"\xff\xfe"] {
        fs::write(folder.path().join("other.xsd"), foreign).unwrap();
        let refused = "error: `other.xsd` was not written by this command and is left as it is: \
            name another file by -o, or remove it first\n";
        folder.svrkit(["xsd", "-o", "other.xsd"]).check(2, "", refused);
        assert_eq!(fs::read(folder.path().join("other.xsd")).unwrap(), foreign);
    }
    let unwritable = folder.svrkit(["xsd", "-o", "absent/svrkit.xsd"]);
    assert_eq!((unwritable.code, &*unwritable.stdout), (2, ""));
    assert!(unwritable.stderr.starts_with("error: cannot write `absent/svrkit.xsd`, which -o names: "));
}
