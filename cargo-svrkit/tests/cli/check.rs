//! `cargo svrkit check`.

use crate::support::Folder;

#[test]
fn sound_schemas_are_counted_with_what_they_import() {
    let folder = Folder::new();
    folder.write(
        "schemas/shop.xml",
        "<protocol package='shop'><import path='money.xml'/>\
         <message name='Order'><field tag='1' name='total' type='money.Sum'/></message></protocol>",
    );
    folder.write(
        "common/money.xml",
        "<protocol package='money'><message name='Sum'><field tag='1' name='cents' type='u64'/></message></protocol>",
    );
    for args in [
        &["check", "schemas/shop.xml", "-I", "common"][..],
        &["check", "schemas", "--include", "common"],
        &["check", "schemas", "common", "schemas/shop.xml", "-I", "common"],
    ] {
        folder.svrkit(args).check(0, "2 files checked: fine\n", "");
    }
}

#[test]
fn without_a_name_the_folder_of_schemas_is_checked() {
    let folder = Folder::new();
    folder.write("schemas/a/shop.xml", "<protocol package='shop'/>");
    folder.write("other.xml", "<protocol package='other'/>");
    folder.svrkit(["check"]).check(0, "1 file checked: fine\n", "");
}

#[test]
fn an_unknown_word_is_shown_at_its_place_with_the_nearest_known_one() {
    let folder = Folder::new();
    folder.write(
        "shop.xml",
        "<protocol package='shop'>\n  <message name='Order'>\n    <field tag='1' nmae='id' type='u64'/>\n  </message>\n</protocol>\n",
    );
    let ended = folder.svrkit(["check", "shop.xml"]);
    assert_eq!((ended.code, &*ended.stdout), (1, ""), "{}", ended.stderr);
    for part in ["error[SVK", "--> shop.xml:3:20", "nmae", "`name`"] {
        assert!(ended.stderr.contains(part), "no {part} in: {}", ended.stderr);
    }
    let last = ended.stderr.lines().last().unwrap();
    assert!(last.contains("error") && last.ends_with("in 1 file"), "{last}");
}

#[test]
fn a_missing_import_is_a_finding_that_says_where_it_was_looked_for() {
    let folder = Folder::new();
    folder.write("common/other.xml", "<protocol package='other'/>");
    folder.write("schemas/shop.xml", "<protocol package='shop'><import path='money.xml'/></protocol>");
    let ended = folder.svrkit(["check", "schemas/shop.xml", "-I", "common"]);
    assert_eq!((ended.code, &*ended.stdout), (1, ""));
    for part in [
        "the imported file `money.xml` is not found",
        "schemas/money.xml",
        "common/money.xml",
        "1 error in 1 file",
    ] {
        assert!(ended.stderr.contains(part), "no {part} in: {}", ended.stderr);
    }
}

#[test]
fn all_findings_of_all_files_come_at_once() {
    let folder = Folder::new();
    folder.write("schemas/a.xml", "<protocol package='a'><mesage name='A'/></protocol>");
    folder.write(
        "schemas/b.xml",
        "<protocol package='b'><message name='B'><field tag='0' name='b' type='u8'/></message></protocol>",
    );
    let ended = folder.svrkit(["check", "schemas"]);
    assert_eq!(ended.code, 1);
    for part in ["schemas/a.xml:1:", "schemas/b.xml:1:", "3 errors in 2 files"] {
        assert!(ended.stderr.contains(part), "no {part} in: {}", ended.stderr);
    }
}

#[test]
fn a_warning_is_shown_and_stops_nothing() {
    let folder = Folder::new();
    folder.write(
        "shop.xml",
        "<protocol package='shop'><message name='M'><field tag='1' name='m' type='M' optional='true'/></message></protocol>",
    );
    let ended = folder.svrkit(["check", "shop.xml"]);
    assert_eq!((ended.code, &*ended.stdout), (0, "1 file checked: no errors, 1 warning\n"));
    assert!(ended.stderr.contains("warning[SVK"), "{}", ended.stderr);
}

#[test]
fn what_cannot_be_read_is_no_finding() {
    let folder = Folder::new();
    folder.write("shop.xml", "<protocol package='shop'/>");
    folder.write("notes/shop.txt", "no schema");
    let here = folder.path().canonicalize().unwrap();
    let absent = format!(
        "error: cannot read `shpo.xml`, which the command line names, in `{}`: No such file or directory (os error 2)\n",
        here.display()
    );
    for (args, stderr) in [
        (&["check", "shpo.xml"][..], &*absent),
        (
            &["check"],
            "error: no schema is named, and there is no folder `schemas` here: name files or folders\n",
        ),
        (
            &["check", "notes"],
            "error: there is no *.xml in `notes` or below it: name a folder that has schemas\n",
        ),
        (
            &["check", "shop.xml", "-I", "commno"],
            "error: there is no folder `commno`, which -I names: imports cannot be looked for in it\n",
        ),
    ] {
        folder.svrkit(args).check(2, "", stderr);
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_told_and_not_waited_for() {
    let folder = Folder::new();
    let pipe = folder.path().join("pipe.xml");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let here = folder.path().canonicalize().unwrap();
    let told = format!(
        "error[SVK0001]: cannot read `pipe.xml`: it is no file\n--> pipe.xml\n = help: the path is named in \
         build.rs or on the command line, relative to `{}`\n\n1 error in 1 file\n",
        here.display()
    );
    folder.svrkit(&["check", "pipe.xml"]).check(1, "", &told);
    folder.svrkit(&["fmt", "pipe.xml"]).check(2, "", "error: cannot read `pipe.xml`: it is no file\n");
}
