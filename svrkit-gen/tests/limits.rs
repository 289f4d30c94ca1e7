//! Each bound of `svrkit_gen::limits` at its edge: what is allowed passes, one more is a finding that names the bound.

#![allow(clippy::panic, reason = "a test fails by panicking")]

mod support;

use svrkit_gen::limits::{
    ATTRIBUTES_MAX, ELEMENT_DEPTH_MAX, ELEMENTS_MAX, FILE_LEN_MAX, FILES_MAX, FINDINGS_MAX, HANDLERS_MAX,
    NAME_LEN_MAX, PACKAGE_DEPTH_MAX, PATH_LEN_MAX, RATE_MAX, RESERVED_MAX, RUN_ELEMENTS_MAX, RUN_LEN_MAX,
    TAG_MAX, TIMEOUT_MS_MAX,
};
use svrkit_gen::{Code, Config, Report};

/// Checks one file of this text.
fn report(test: &str, text: &str) -> Report {
    let folder = support::Folder::new(test);
    let file = folder.file("a.xml", text);
    Config::new().check([file])
}

#[track_caller]
fn check(test: &str, text: impl Fn(usize) -> String, max: usize, code: &str, key: &str) {
    let at_the_edge = report(test, &text(max));
    assert!(!at_the_edge.findings().iter().any(|finding| finding.code() == code), "{at_the_edge}");
    let beyond = report(test, &text(max + 1));
    let finding = beyond.findings().iter().find(|finding| finding.code() == code);
    let finding = finding.unwrap_or_else(|| panic!("nothing beyond {key}: {beyond}"));
    assert!(finding.message().contains(key), "{}", finding.message());
}

#[test]
fn a_file_has_a_size() {
    let text = |len: usize| {
        let frame = "<protocol package='a'></protocol>";
        frame.replace("><", &format!(">{}<", " ".repeat(len - frame.len())))
    };
    check("size", text, FILE_LEN_MAX as usize, Code::LIMIT_EXCEEDED.as_str(), "FILE_LEN_MAX");
}

#[test]
fn an_element_has_a_number_of_attributes() {
    let text = |count: usize| {
        let attributes: String = (1..count).map(|at| format!(" a{at}=''")).collect();
        format!("<protocol package='a'{attributes}/>")
    };
    check("attributes", text, ATTRIBUTES_MAX, Code::LIMIT_EXCEEDED.as_str(), "ATTRIBUTES_MAX");
}

#[test]
fn elements_have_a_depth() {
    let text = |depth: usize| {
        let messages = depth - 1;
        let open = "<message name='M'>".repeat(messages);
        format!("<protocol package='a'>{open}{}</protocol>", "</message>".repeat(messages))
    };
    check("depth", text, ELEMENT_DEPTH_MAX, Code::LIMIT_EXCEEDED.as_str(), "ELEMENT_DEPTH_MAX");
    // What is skipped counts as well.
    let text = |depth: usize| "<x>".repeat(depth);
    check("skipped-depth", text, ELEMENT_DEPTH_MAX, Code::LIMIT_EXCEEDED.as_str(), "ELEMENT_DEPTH_MAX");
}

/// A file of so many elements, most of them words of lists of what is reserved, which count as well.
fn of_elements(package: &str, elements: usize) -> String {
    // The root and the message around the lists.
    let (lists, rest) = ((elements - 2) / (RESERVED_MAX + 1), (elements - 2) % (RESERVED_MAX + 1));
    let list = format!("<reserved tags='{}'/>", "1 ".repeat(RESERVED_MAX));
    let messages: String = (0..rest).map(|at| format!("<message name='M{at}'/>")).collect();
    let lists = list.repeat(lists);
    format!("<protocol package='{package}'><message name='M'>{lists}</message>{messages}</protocol>")
}

#[test]
fn a_file_has_a_number_of_elements() {
    let text = |elements: usize| of_elements("a", elements);
    check("elements", text, ELEMENTS_MAX, Code::LIMIT_EXCEEDED.as_str(), "(ELEMENTS_MAX)");
    assert_eq!(report("elements", &text(ELEMENTS_MAX)).render(), "");
}

#[test]
fn a_run_has_a_number_of_elements() {
    let folder = support::Folder::new("elements-of-files");
    let run = |elements: usize| {
        let files = elements.div_ceil(ELEMENTS_MAX);
        let of = |at: usize| ELEMENTS_MAX.min(elements - at * ELEMENTS_MAX).max(2);
        let file = |at: usize| folder.file(&format!("{at}.xml"), of_elements(&format!("p{at}"), of(at)));
        // One more that has nothing to do with it.
        Config::new().check((0..files).map(file).chain([folder.file("last.xml", "<protocol package='l'/>")]))
    };
    assert_eq!(run(RUN_ELEMENTS_MAX - 1).render(), "");
    // The rest of the files goes unread and unmentioned.
    let beyond = run(RUN_ELEMENTS_MAX + 2);
    assert_eq!(beyond.error_count(), 1, "{beyond}");
    assert!(beyond.findings()[0].message().contains("RUN_ELEMENTS_MAX"));
    assert!(!beyond.files_read().iter().any(|file| file.ends_with("last.xml")));
}

#[test]
fn a_run_has_a_number_of_bytes() {
    let folder = support::Folder::new("bytes");
    // The first character is a fault: what matters here is what is read, and not how long the rest takes.
    let file = |name: &str, len: usize| folder.file(name, format!("\u{1}{}", " ".repeat(len - 1)));
    let names = (1..RUN_LEN_MAX / FILE_LEN_MAX).map(|at| file(&format!("{at}.xml"), FILE_LEN_MAX as usize));
    let mut files: Vec<_> = names.collect();
    files.push(file("almost.xml", FILE_LEN_MAX as usize - 40));
    let check = |last: usize| {
        let report =
            Config::new().check(files.iter().chain([&file("last.xml", last), &file("unread.xml", 1)]));
        let exceeded: Vec<String> = report
            .findings()
            .iter()
            .filter(|finding| finding.code() == Code::LIMIT_EXCEEDED)
            .map(|finding| finding.message().to_owned())
            .collect();
        (exceeded, report.files_read().len())
    };
    // The rest of the files goes unread and unmentioned.
    let (exceeded, read) = check(41);
    assert!(exceeded.len() == 1 && exceeded[0].contains("RUN_LEN_MAX"), "{exceeded:?}");
    assert_eq!(read, files.len());
    // The one after the last byte is refused in turn.
    assert_eq!(check(40), (exceeded, files.len() + 1));
    assert_eq!(check(39), (Vec::new(), files.len() + 2));
}

#[test]
fn a_run_has_a_number_of_files() {
    let folder = support::Folder::new("files");
    for at in 1..FILES_MAX + 2 {
        folder.file(&format!("{at}.xml"), format!("<protocol package='p{at}'/>"));
    }
    let run = |files: usize| {
        let imports: String = (1..files).map(|at| format!("<import path='{at}.xml'/>")).collect();
        let root = folder.file("root.xml", format!("<protocol package='a'>{imports}</protocol>"));
        Config::new().check([root])
    };
    assert_eq!(run(FILES_MAX).render(), "");
    let beyond = run(FILES_MAX + 2);
    assert_eq!(beyond.error_count(), 1, "one finding, whatever the number");
    assert!(beyond.findings()[0].message().contains("FILES_MAX"));
    assert_eq!(beyond.files_read().len(), FILES_MAX);
}

#[test]
fn a_name_has_a_length() {
    let rows: [(&str, &str); 7] = [
        ("package", "<protocol package='@'/>"),
        ("message", "<protocol package='a'><message name='@'/></protocol>"),
        (
            "field",
            "<protocol package='a'><message name='M'><field tag='1' name='@' type='u32'/></message></protocol>",
        ),
        ("enum", "<protocol package='a'><enum name='@'><value name='V' number='0'/></enum></protocol>"),
        ("value", "<protocol package='a'><enum name='E'><value name='@' number='0'/></enum></protocol>"),
        ("service", "<protocol package='a'><service name='@'/></protocol>"),
        (
            "method",
            "<protocol package='a'><message name='M'/><service name='S'>\
             <method name='@' id='1' request='M' response='M'/></service></protocol>",
        ),
    ];
    for (what, frame) in rows {
        let text = |len: usize| frame.replace('@', &"M".repeat(len));
        assert_eq!(report(what, &text(NAME_LEN_MAX)).render(), "", "{what}");
        check(what, text, NAME_LEN_MAX, Code::BAD_NAME.as_str(), "NAME_LEN_MAX");
        assert_eq!(report(what, &text(NAME_LEN_MAX + 1)).error_count(), 1, "{what}");
    }
}

#[test]
fn a_package_has_a_depth() {
    let text = |depth: usize| format!("<protocol package='{}'/>", vec!["a"; depth].join("."));
    check("package-depth", text, PACKAGE_DEPTH_MAX, Code::BAD_NAME.as_str(), "PACKAGE_DEPTH_MAX");
    assert_eq!(report("package-depth", &text(PACKAGE_DEPTH_MAX)).render(), "");
}

#[test]
fn the_path_of_an_import_has_a_length() {
    let text = |len: usize| {
        let path = "./".repeat(len / 2) + &"x".repeat(len % 2);
        format!("<protocol package='a'><import path='{path}'/></protocol>")
    };
    check("path", text, PATH_LEN_MAX, Code::LIMIT_EXCEEDED.as_str(), "PATH_LEN_MAX");
}

#[test]
fn a_timeout_has_a_maximum() {
    let text = |timeout: usize| {
        format!(
            "<protocol package='a'><message name='M'/><service name='S'>\
             <method name='X' id='1' request='M' response='M' timeout='{timeout}ms'/></service></protocol>"
        )
    };
    check("timeout", text, TIMEOUT_MS_MAX as usize, Code::BAD_VALUE.as_str(), "TIMEOUT_MS_MAX");
}

#[test]
fn rates_and_handlers_have_a_maximum() {
    let text = |attribute: &str| {
        format!(
            "<protocol package='a'><message name='M'/><service name='S'>\
             <method name='X' id='1' request='M' response='M' {attribute}/></service></protocol>"
        )
    };
    let bad_value = Code::BAD_VALUE.as_str();
    let rate = |calls: usize| text(&format!("rate='{calls}/s'"));
    check("rate", rate, RATE_MAX as usize, bad_value, "RATE_MAX");
    let burst = |calls: usize| text(&format!("caller-rate='1/min burst {calls}'"));
    check("burst", burst, RATE_MAX as usize, bad_value, "RATE_MAX");
    let running_max = |handlers: usize| text(&format!("running-max='{handlers}'"));
    check("running-max", running_max, HANDLERS_MAX as usize, bad_value, "HANDLERS_MAX");
    let reserve = |handlers: usize| text(&format!("reserve='{handlers}'"));
    check("reserve", reserve, HANDLERS_MAX as usize, bad_value, "HANDLERS_MAX");
}

#[test]
fn a_tag_has_a_maximum() {
    let text = |tag: usize| {
        format!(
            "<protocol package='a'><message name='M'><field tag='{tag}' name='f' type='u32'/></message></protocol>"
        )
    };
    check("tag", text, TAG_MAX as usize, "SVK0105", &TAG_MAX.to_string());
}

#[test]
fn a_reserved_list_has_a_length() {
    for attribute in ["tags", "names"] {
        let text = |len: usize| {
            let list: String = (1..=len).map(|at| format!("{at} ")).collect();
            format!(
                "<protocol package='a'><message name='M'><reserved {attribute}='{list}'/></message></protocol>"
            )
        };
        check(attribute, text, RESERVED_MAX, Code::LIMIT_EXCEEDED.as_str(), "RESERVED_MAX");
    }
}

#[test]
fn errors_are_shown_up_to_a_number() {
    let text = |count: usize| format!("<protocol package='a'>{}</protocol>", "<x/>\n".repeat(count));
    let at_the_edge = report("findings", &text(FINDINGS_MAX));
    assert_eq!(at_the_edge.findings().len(), FINDINGS_MAX);
    assert!(at_the_edge.render().ends_with("\n100 errors in 1 file\n"), "{at_the_edge}");
    let beyond = report("findings", &text(FINDINGS_MAX + 1));
    assert_eq!(beyond.findings().len(), FINDINGS_MAX);
    let summary = "\nmore than 100 errors in 1 file: the first 100 of a kind are shown (FINDINGS_MAX)\n";
    assert!(beyond.render().ends_with(summary), "{beyond}");
}

#[test]
fn warnings_hide_no_error() {
    for warnings in [FINDINGS_MAX - 1, FINDINGS_MAX, FINDINGS_MAX + 1] {
        let fields: String = (1..=warnings)
            .map(|tag| format!("<field tag='{tag}' name='f{tag}' type='M' optional='true'/>"))
            .collect();
        let text = format!(
            "<protocol package='a'><message name='M'/><message name='W'>{fields}</message><service name='S'>\
             <method name='A' id='1' request='M' response='M'/><method name='B' id='1' request='M' response='M'/>\
             </service></protocol>"
        );
        let report = report("warnings", &text);
        assert_eq!((report.error_count(), report.warning_count()), (1, warnings), "{report}");
        assert_eq!(report.findings().len(), warnings.min(FINDINGS_MAX) + 1);
        assert_eq!(report.findings().last().map(|finding| finding.code().as_str()), Some("SVK0203"));
    }
}
