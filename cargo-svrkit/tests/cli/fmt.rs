//! `cargo svrkit fmt`.

use std::fs;

use crate::support::Folder;

const UNTIDY: &str = "<protocol package='a'><message name='M'/> <!-- kept --></protocol>";

const TIDY: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<protocol package=\"a\">\n  \
                    <message name=\"M\"/> <!-- kept -->\n</protocol>\n";

#[test]
fn schemas_are_laid_out_and_then_left_alone() {
    let folder = Folder::new();
    folder.write("schemas/a.xml", UNTIDY);
    folder.write("schemas/below/b.xml", TIDY);
    folder.write("schemas/notes.txt", UNTIDY);
    let formatted = "formatted `schemas/a.xml`\n2 files: 1 formatted\n";
    folder.svrkit(["fmt", "schemas", "schemas/a.xml"]).check(0, formatted, "");
    assert_eq!((&*folder.read("schemas/a.xml"), &*folder.read("schemas/below/b.xml")), (TIDY, TIDY));
    assert_eq!(folder.read("schemas/notes.txt"), UNTIDY);
    folder.svrkit(["fmt", "schemas"]).check(0, "2 files: 0 formatted\n", "");
    folder.svrkit(["fmt", "--check", "schemas"]).check(0, "2 files: nothing would change\n", "");
    assert_eq!(folder.names(), ["schemas"]);
}

#[test]
fn check_shows_what_would_change_and_writes_nothing() {
    let folder = Folder::new();
    folder.write("a.xml", UNTIDY);
    folder.write("b.xml", TIDY);
    let lines: String = TIDY.lines().map(|line| format!("+{line}\n")).collect();
    let diff =
        format!("--- a.xml\n+++ a.xml\n@@ -1,1 +1,4 @@\n-{UNTIDY}\n\\ No newline at end of file\n{lines}");
    let error = "error: 1 of 2 files would change: run `cargo svrkit fmt` on them\n";
    folder.svrkit(["fmt", "--check", "a.xml", "b.xml"]).check(1, &diff, error);
    assert_eq!(folder.read("a.xml"), UNTIDY);
}

#[test]
fn a_file_that_does_not_parse_is_left_and_the_others_are_formatted() {
    let folder = Folder::new();
    folder.write("a.xml", "<protocol package='a'><mesage/></protocol>");
    folder.write("b.xml", UNTIDY);
    for (args, stdout) in [
        (&["fmt", "a.xml", "b.xml"][..], "formatted `b.xml`\n2 files: 1 formatted, 1 left as found\n"),
        (&["fmt", "--check", "a.xml", "b.xml"], ""),
    ] {
        let ended = folder.svrkit(args);
        assert_eq!((ended.code, &*ended.stdout), (1, stdout), "{}", ended.stderr);
        for part in ["error[SVK0007]", "--> a.xml:1:24", "did you mean `<message>`?", "1 error in 1 file"] {
            assert!(ended.stderr.contains(part), "no {part} in: {}", ended.stderr);
        }
    }
    assert_eq!(folder.read("a.xml"), "<protocol package='a'><mesage/></protocol>");
    assert_eq!(folder.read("b.xml"), TIDY);
}

#[test]
fn a_new_project_is_as_it_should_be() {
    let folder = Folder::new();
    assert_eq!(folder.svrkit(["new", "shop"]).code, 0);
    let fine = "1 file: nothing would change\n";
    folder.svrkit(["fmt", "--check", "shop/schemas"]).check(0, fine, "");
}

#[test]
fn what_is_imported_need_not_be_there() {
    let folder = Folder::new();
    let text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<protocol package=\"a\">\n  <import path=\"b.xml\"/>\n</protocol>\n";
    folder.write("a.xml", text);
    folder.svrkit(["fmt", "a.xml"]).check(0, "1 file: 0 formatted\n", "");
}

#[test]
fn what_cannot_be_read_or_written_is_wrong_usage() {
    let folder = Folder::new();
    fs::create_dir(folder.path().join("empty")).unwrap();
    fs::write(folder.path().join("b.xml"), UNTIDY).unwrap();
    for (args, expected) in [
        (&["fmt", "a.xml"][..], "cannot read `a.xml`"),
        (&["fmt", "b.xml", "empty"], "there is no *.xml in `empty` or below it"),
    ] {
        let ended = folder.svrkit(args);
        assert_eq!((ended.code, &*ended.stdout), (2, ""), "{}", ended.stderr);
        assert!(ended.stderr.starts_with(&format!("error: {expected}")), "{}", ended.stderr);
    }
    assert_eq!(folder.read("b.xml"), UNTIDY);
}
