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
    assert_eq!(codes(&report), [Code::MISSING_IMPORT]);
    let candidates = [folder.path().join("common/b.xml"), folder.path().join("inc/common/b.xml")];
    assert_eq!(report.files_missing(), candidates);
    for candidate in candidates {
        assert!(report.render().contains(&candidate.display().to_string()), "{report}");
    }
}

#[test]
fn the_kits_own_schemas_are_found_by_every_build_and_by_no_other_file() {
    let folder = Folder::new("bundled");
    folder.file("svrkit/types.xml", "<protocol package='b'/>");
    let of = |path: &str| {
        format!(
            "<protocol package='a'><import path='{path}'/><message name='A'>\
             <field tag='1' name='at' type='svrkit.types.Timestamp'/></message></protocol>"
        )
    };
    let root = folder.file("a.xml", of("svrkit/types.xml"));
    let report = Config::new().check([&root]);
    assert_eq!(report.render(), "");
    assert_eq!(report.files_read(), [root]);
    for (path, help) in [
        ("svrkit/type.xml", "did you mean `svrkit/types.xml`?"),
        ("svrkit/other_things.xml", "paths that start with `svrkit/` are the kit's own: `svrkit/types.xml`"),
    ] {
        let report = Config::new().check([folder.file("a.xml", of(path))]);
        assert_eq!(codes(&report), [Code::MISSING_IMPORT]);
        assert_eq!(report.findings()[0].help_text(), Some(help));
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
    assert_eq!(codes(&report), [Code::UNKNOWN_TYPE]);
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
    assert_eq!(codes(&report), [Code::IMPORT_CYCLE]);
    let message = report.findings()[0].message();
    let names: Vec<_> = ["a.xml", "b.xml", "c.xml", "a.xml"].map(|name| folder.path().join(name)).to_vec();
    let at = |name: &std::path::Path| message.find(&name.display().to_string()).unwrap();
    assert!(at(&names[0]) < at(&names[1]) && at(&names[1]) < at(&names[2]), "{message}");
}

#[test]
fn files_that_all_import_one_another_give_one_finding() {
    // As many files as a run may have, and nearly as many elements.
    const FILES: usize = 1_000;
    let folder = Folder::new("web");
    let files: Vec<_> = (0..FILES)
        .map(|at| {
            let imports: String =
                (1..47).map(|step| format!("<import path='{}.xml'/>", (at + step) % FILES)).collect();
            let message = format!(
                "<message name='M'><field tag='1' name='m' type='p{}.M'/></message>",
                (at + 46) % FILES
            );
            folder.file(
                &format!("{at}.xml"),
                format!("<protocol package='p{at}'>{imports}{message}</protocol>"),
            )
        })
        .rev()
        .collect();
    let report = Config::new().check([&files[FILES - 1]]);
    assert_eq!(codes(&report), [Code::IMPORT_CYCLE], "{report}");
    assert_eq!(report.files_read().len(), FILES);
    let message = report.findings()[0].message();
    assert_eq!(message.matches(" → ").count(), 9, "{message}");
    assert!(message.contains("→ 14 more →"), "{message}");
}

#[test]
fn each_set_of_files_that_import_one_another_is_reported() {
    let folder = Folder::new("sets");
    let file = |own: &str, others: &[&str]| {
        let imports: String = others.iter().map(|other| format!("<import path='{other}.xml'/>")).collect();
        folder.file(&format!("{own}.xml"), format!("<protocol package='{own}'>{imports}</protocol>"))
    };
    file("b", &["a", "c"]);
    file("c", &["d"]);
    file("d", &["c", "e", "e"]);
    file("e", &["e", "f"]);
    file("f", &[]);
    let report = Config::new().check([file("a", &["b", "f"])]);
    assert_eq!(codes(&report), [Code::IMPORT_CYCLE; 3], "{report}");
}

#[test]
fn a_file_where_a_folder_is_looked_for_is_as_good_as_nothing() {
    let folder = Folder::new("no-folder");
    folder.file("main/common", "no folder");
    folder.file("include/common/b.xml", "<protocol package='b'><message name='B'/></protocol>");
    let root = folder.file("main/a.xml", user_of("b"));
    assert_eq!(Config::new().include(folder.path().join("include")).check([&root]).render(), "");
    assert_eq!(codes(&Config::new().check([&root])), [Code::MISSING_IMPORT]);
}

#[test]
fn what_one_file_lost_hides_no_mistake_of_another() {
    let folder = Folder::new("lost");
    let broken = folder.file("broken.xml", "<protocol package='b'><message/></protocol>");
    let text = |import: &str| {
        format!(
            "<protocol package='a'>{import}<message name='A'><field tag='1' name='f' type='Nothing'/></message></protocol>"
        )
    };
    let apart = folder.file("apart.xml", text(""));
    let report = Config::new().check([&broken, &apart]);
    assert_eq!(codes(&report), [Code::MISSING_ATTRIBUTE, Code::UNKNOWN_TYPE], "{report}");
    let user = folder.file("user.xml", text("<import path='broken.xml'/>"));
    assert_eq!(codes(&Config::new().check([&user])), [Code::MISSING_ATTRIBUTE]);
}

#[test]
fn an_empty_file_is_reported_whatever_was_wrong_before_it() {
    let folder = Folder::new("empty");
    let broken = folder.file("broken.xml", "<protocol package='b'><message/></protocol>");
    let empty = folder.file("empty.xml", "<!-- nothing -->");
    assert_eq!(
        codes(&Config::new().check([&broken, &empty])),
        [Code::MISSING_ATTRIBUTE, Code::MALFORMED_XML]
    );
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
    assert_eq!(codes(&Config::new().check([&one, &two])), [Code::UNKNOWN_TYPE]);
}

#[test]
fn a_missing_file_on_the_command_line_is_named() {
    let report = Config::new().check(["no/such/file.xml"]);
    assert_eq!(codes(&report), [Code::UNREADABLE_FILE]);
    assert!(report.render().contains("no/such/file.xml"), "{report}");
    let help = report.findings()[0].help_text().unwrap();
    assert!(
        help.starts_with("the path is named in build.rs or on the command line, relative to `/"),
        "{help}"
    );
    assert_eq!(report.files_read().len(), 0);
}
