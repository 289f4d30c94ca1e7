//! How imports are found, and what sees what.

mod support;

use support::Folder;
use svrkit_gen::{Code, Config, Report};

fn codes(report: &Report) -> Vec<Code> {
    report.findings().iter().map(|finding| finding.code()).collect()
}

fn user_of(package: &str) -> String {
    format!(
        "<protocol package='a'><import path='common/b.xml'/>\
         <message name='A'><field tag='1' name='b' type='{package}.B'/></message></protocol>"
    )
}

#[test]
fn the_folder_of_the_importing_file_comes_before_the_include_paths() {
    let folder = Folder::new("precedence");
    let define = |package: &str| format!("<protocol package='{package}'><message name='B'/></protocol>");
    let root = folder.file("main/a.xml", user_of("far"));
    folder.file("first/common/b.xml", define("far"));
    folder.file("second/common/b.xml", define("farther"));
    let config = Config::new().include(folder.path().join("first")).include(folder.path().join("second"));
    let report = config.check([&root]);
    assert_eq!(report.render(), "");
    assert_eq!(report.files_read(), [root.clone(), folder.path().join("first/common/b.xml")]);
    let near = folder.file("main/common/b.xml", define("near"));
    folder.file("main/a.xml", user_of("near"));
    let report = config.check([&root]);
    assert_eq!(report.render(), "");
    assert_eq!(report.files_read(), [root, near]);
}

#[test]
fn a_missing_import_says_where_it_was_looked_for() {
    let folder = Folder::new("looked");
    let root = folder.file("a.xml", user_of("b"));
    let report = Config::new().include(folder.path().join("inc")).check([&root]);
    // That the type is unknown follows from it.
    assert_eq!(codes(&report), [Code::MissingImport]);
    let candidates = [folder.path().join("common/b.xml"), folder.path().join("inc/common/b.xml")];
    assert_eq!(report.files_missing(), candidates);
    for candidate in candidates {
        assert!(report.render().contains(&candidate.display().to_string()), "{report}");
    }
}

#[test]
fn a_file_is_read_once_whatever_names_lead_to_it() {
    let folder = Folder::new("once");
    folder.file("b.xml", "<protocol package='b'><message name='B'/></protocol>");
    let root = folder.file(
        "a.xml",
        "<protocol package='a'><import path='b.xml'/><import path='./b.xml'/><import path='x/../b.xml'/></protocol>",
    );
    folder.file("x/c.xml", "<protocol package='c'/>");
    let report = Config::new().check([&root, &root]);
    assert_eq!(report.render(), "");
    assert_eq!(report.files_read().len(), 2);
}

#[test]
fn what_an_import_imports_is_not_seen() {
    let folder = Folder::new("direct");
    folder.file("c.xml", "<protocol package='c'><message name='C'/></protocol>");
    folder.file("b.xml", "<protocol package='b'><import path='c.xml'/></protocol>");
    let root = folder.file(
        "a.xml",
        "<protocol package='a'><import path='b.xml'/>\
         <message name='A'><field tag='1' name='c' type='c.C'/></message></protocol>",
    );
    let report = Config::new().check([&root]);
    assert_eq!(codes(&report), [Code::UnknownType]);
    assert!(report.findings()[0].help_text().unwrap().contains("does not import"), "{report}");
}

#[test]
fn a_circle_is_named_once_and_its_types_are_still_known() {
    let folder = Folder::new("circle");
    let file = |own: &str, other: &str| {
        format!(
            "<protocol package='{own}'><import path='{other}.xml'/>\
             <message name='M'><field tag='1' name='m' type='{other}.M'/></message></protocol>"
        )
    };
    let root = folder.file("a.xml", file("a", "b"));
    folder.file("b.xml", file("b", "c"));
    folder.file("c.xml", file("c", "a"));
    let report = Config::new().check([&root]);
    assert_eq!(codes(&report), [Code::ImportCycle]);
    let message = report.findings()[0].message();
    let names: Vec<_> = ["a.xml", "b.xml", "c.xml", "a.xml"].map(|name| folder.path().join(name)).to_vec();
    let at = |name: &std::path::Path| message.find(&name.display().to_string()).unwrap();
    assert!(at(&names[0]) < at(&names[1]) && at(&names[1]) < at(&names[2]), "{message}");
}

#[test]
fn files_that_share_a_package_see_each_other_by_import_only() {
    let folder = Folder::new("shared");
    let one = folder.file("one.xml", "<protocol package='p'><message name='A'/></protocol>");
    let use_it = |import: &str| {
        format!(
            "<protocol package='p'>{import}<message name='B'><field tag='1' name='a' type='A'/></message></protocol>"
        )
    };
    let two = folder.file("two.xml", use_it("<import path='one.xml'/>"));
    assert_eq!(Config::new().check([&one, &two]).render(), "");
    let two = folder.file("two.xml", use_it(""));
    assert_eq!(codes(&Config::new().check([&one, &two])), [Code::UnknownType]);
}

#[test]
fn a_missing_file_on_the_command_line_is_named() {
    let report = Config::new().check(["no/such/file.xml"]);
    assert_eq!(codes(&report), [Code::UnreadableFile]);
    assert!(report.render().contains("no/such/file.xml"), "{report}");
    assert_eq!(report.files_read().len(), 0);
}
