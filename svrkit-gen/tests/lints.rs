//! Lints by example: one situation a file of `tests/schemas/lint`, findings beside it.
//!
//! `hot-tag.xml` is judged by the lint `hot-tag` alone, `hot-tag_allowed.xml` as well, in which comments silence it; files
//! whose names start with no lint are judged by all lints at their own levels. `SVRKIT_BLESS=1 cargo test -p svrkit-gen
//! --test lints` writes the texts anew.

#![expect(
    clippy::unwrap_used,
    reason = "clippy's leave for tests does not reach the functions that tests share"
)]

mod support;

use std::path::{Path, PathBuf};

use svrkit_gen::{Code, Config, Level, Lint, Lints, Report, Severity};

const FOLDER: &str = "tests/schemas/lint";

/// How the names of files end in which nothing is found.
const QUIET: [&str; 4] = ["_allowed", "_list", "_used", "allowed_file"];

fn is_quiet(schema: &Path) -> bool {
    let stem = schema.file_stem().unwrap().to_str().unwrap();
    QUIET.iter().any(|ending| stem.ends_with(ending))
}

fn lint_of(schema: &Path) -> Option<&'static Lint> {
    let stem = schema.file_stem().unwrap().to_str().unwrap();
    Lint::named(stem.split('_').next().unwrap()).ok()
}

/// Only the lint a file is named for, with the one that finds allowances of no use.
fn levels_for(schema: &Path) -> Lints {
    let Some(lint) = lint_of(schema).filter(|lint| lint.name() != "unused-allow") else {
        return Lints::new();
    };
    let unused_allow = Lint::named("unused-allow").unwrap();
    all_at(Level::Off).set(lint, Level::Warn).set(unused_allow, Level::Warn)
}

fn all_at(level: Level) -> Lints {
    Lint::ALL.iter().fold(Lints::new(), |levels, lint| levels.set(lint, level))
}

fn check(schema: &Path, levels: Lints) -> Report {
    Config::new().lints(levels).check([schema])
}

fn example(name: &str) -> PathBuf {
    Path::new(FOLDER).join(name)
}

fn codes(report: &Report) -> Vec<Code> {
    report.findings().iter().map(|finding| finding.code()).collect()
}

#[test]
fn a_schema_gives_the_text_beside_it_or_none() {
    for schema in support::schemas(FOLDER) {
        let report = check(&schema, levels_for(&schema));
        if is_quiet(&schema) {
            assert_eq!(report.render(), "", "{}", schema.display());
        } else {
            assert!(!report.findings().is_empty(), "{}", schema.display());
            support::check_file(&schema.with_extension("txt"), &report.render());
        }
    }
}

#[test]
fn no_text_is_left_behind_by_its_schema() {
    let spoken: Vec<_> = support::schemas(FOLDER).into_iter().filter(|schema| !is_quiet(schema)).collect();
    let texts = support::files(FOLDER, "txt").into_iter();
    let orphans: Vec<_> = texts.filter(|text| !spoken.contains(&text.with_extension("xml"))).collect();
    assert!(orphans.is_empty(), "{orphans:?}");
}

#[test]
fn every_lint_has_an_example_that_it_finds_and_one_that_is_allowed() {
    for lint in Lint::ALL {
        let loud = example(&format!("{}.xml", lint.name()));
        assert!(codes(&check(&loud, levels_for(&loud))).contains(&lint.code()), "{}", lint.name());
        let quiet = example(&format!("{}_allowed.xml", lint.name()));
        assert!(quiet.exists(), "{}", lint.name());
        // Without its comments it is not quiet: they, and nothing else, silence it.
        let text = std::fs::read_to_string(&quiet).unwrap().replace("svrkit:allow", "allow");
        let folder = support::Folder::new(lint.name());
        for part in support::schemas(&format!("{FOLDER}/parts")) {
            let name = format!("parts/{}", part.file_name().unwrap().to_str().unwrap());
            folder.file(&name, std::fs::read(&part).unwrap());
        }
        let bare = folder.file("bare.xml", text);
        if lint.name() != "unused-allow" {
            assert_eq!(codes(&check(&bare, levels_for(&quiet)))[0], lint.code(), "{}", lint.name());
        }
    }
}

#[test]
fn a_level_decides_whether_a_finding_is_nothing_a_warning_or_an_error() {
    let schema = example("implicit-id.xml");
    let lint = Lint::named("implicit-id").unwrap();
    for (level, expected) in
        [(Level::Off, None), (Level::Warn, Some(Severity::Warning)), (Level::Deny, Some(Severity::Error))]
    {
        let report = check(&schema, all_at(Level::Off).set(lint, level));
        assert_eq!(report.findings().first().map(|finding| finding.severity()), expected);
        assert_eq!(report.is_error(), level == Level::Deny);
    }
    assert_eq!(check(&schema, Lints::new()).findings(), []);
}

#[test]
fn a_denied_warning_is_an_error_and_counted_as_one() {
    let schema = example("implicit-id.xml");
    let report = check(&schema, levels_for(&schema)).deny_warnings();
    assert_eq!((report.error_count(), report.warning_count()), (1, 0));
    assert!(report.render().starts_with("error[SVK0314]: "), "{report}");
    assert!(report.render().ends_with("\n1 error in 1 file\n"), "{report}");
}

#[test]
fn nobody_lints_who_does_not_say_so() {
    let schema = example("field-case.xml");
    assert_eq!(Config::new().check([&schema]).findings(), []);
    let generated = Config::new().lints(all_at(Level::Deny)).generate([&schema]).unwrap();
    assert_eq!(generated.warnings().findings(), []);
}

#[test]
fn a_file_that_is_only_imported_is_not_judged() {
    let folder = support::Folder::new("imported");
    let root = folder.file("root.xml", "<protocol package='r'><import path='inner.xml'/></protocol>");
    let inner = folder.file("inner.xml", "<protocol package='i'><message name='inner'/></protocol>");
    let config = Config::new().lints(Lints::new());
    assert!(codes(&config.check([&root])).is_empty());
    assert_eq!(codes(&config.check([&root, &inner])), ["SVK0304"]);
}

#[test]
fn a_request_shared_with_an_imported_file_is_found_in_the_one_that_is_judged() {
    let query = "<message name='Query'><field tag='1' name='id' type='u64'/></message>";
    let service = |name: &str, query: &str| {
        format!(
            "<service name='{name}'><method name='Get' id='1' request='{query}' response='{query}'/></service>"
        )
    };
    for (own, imported) in [("A", "B"), ("B", "A")] {
        let folder = support::Folder::new("shared");
        let inner = format!("<protocol package='i'>{query}{}</protocol>", service(imported, "Query"));
        let inner = folder.file("inner.xml", inner);
        let root =
            format!("<protocol package='r'><import path='inner.xml'/>{}</protocol>", service(own, "i.Query"));
        let root = folder.file("root.xml", root);
        let config = Config::new().lints(Lints::new());
        for files in [&[&root][..], &[&root, &inner]] {
            assert_eq!(codes(&config.check(files)), ["SVK0312"], "{own}");
        }
    }
}

#[test]
fn each_file_has_the_levels_that_were_given_for_it() {
    let folder = support::Folder::new("levels");
    let files = ["a", "b"].map(|name| {
        let text = format!("<protocol package='{name}'><message name='low'/></protocol>");
        folder.file(&format!("{name}.xml"), text)
    });
    let lint = Lint::named("type-case").unwrap();
    let config = Config::new().lints_of(&files[0], Lints::new().set(lint, Level::Deny));
    let report = config.check(&files);
    assert_eq!((report.error_count(), report.warning_count()), (1, 0));
    let report = config.lints(Lints::new()).check(&files);
    assert_eq!((report.error_count(), report.warning_count()), (1, 1));
}

#[test]
fn where_a_check_finds_an_error_lints_are_silent() {
    let folder = support::Folder::new("faulty");
    let text =
        "<protocol package='a'><message name='low'><field tag='1' name='x' type='Y'/></message></protocol>";
    let file = folder.file("a.xml", text);
    assert_eq!(codes(&check(&file, all_at(Level::Warn))), [Code::UNKNOWN_TYPE]);
}

#[test]
fn a_finding_of_a_lint_says_which() {
    let schema = example("implicit-id.xml");
    let report = check(&schema, levels_for(&schema));
    assert_eq!(report.findings()[0].lint(), Some(Lint::named("implicit-id").unwrap()));
    assert!(report.render().contains("\n  = note: this is the lint `implicit-id`\n"), "{report}");
    let report = check(&example("bad-allowance_code.xml"), Lints::new());
    assert_eq!(report.findings()[0].lint(), None);
}

#[test]
fn whatever_is_cut_out_of_an_example_no_lint_speaks_beside_a_check_or_panics() {
    let folder = support::Folder::new("mutations");
    // Any will do that gives the same on every machine.
    let mut state = 1_u64;
    let mut below = |end: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % end
    };
    let mut linted = 0;
    for schema in support::schemas(FOLDER) {
        let text: Vec<char> = std::fs::read_to_string(&schema).unwrap().chars().collect();
        for _ in 0..15 {
            let start = below(text.len());
            let end = text.len().min(start + below(30));
            let cut: String = text[..start].iter().chain(&text[end..]).collect();
            let report = check(&folder.file("cut.xml", cut), all_at(Level::Warn));
            let checks_errors = report.findings().iter().filter(|finding| {
                finding.severity() == Severity::Error && finding.code() != Code::BAD_ALLOWANCE
            });
            let is_sound = checks_errors.count() == 0;
            let speaks = report.findings().iter().any(|finding| finding.lint().is_some());
            assert!(is_sound || !speaks, "{report}");
            linted += usize::from(speaks);
        }
    }
    assert!(50 < linted, "{linted}");
}
