//! What is exported as `.proto`, held against Debian's `protoc`, and compared word for word.
//!
//! `SVRKIT_BLESS=1 cargo test -p svrkit-gen --test proto` writes `tests/golden/proto` anew.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use svrkit_gen::{Code, Config, GENERATED_MARK, ProtoFile};

const GOLDEN: &str = "tests/golden/proto";

fn export(schema: impl AsRef<Path>) -> Vec<ProtoFile> {
    let exported = Config::new().export_proto([&schema]).unwrap_or_else(|report| panic!("{report}"));
    assert_eq!(exported.warnings().render(), "", "{}", schema.as_ref().display());
    exported.files().to_vec()
}

/// Has `protoc` read the files, which it must do without a word, and gives the descriptors as its text.
#[track_caller]
fn protoc(files: &[ProtoFile], what: &str) -> String {
    let folder = support::Folder::new(&format!("proto-{what}"));
    let paths: Vec<PathBuf> = files.iter().map(|file| folder.file(&file.path, &file.text)).collect();
    let set = folder.path().join("set.binpb");
    let mut protoc = Command::new("protoc");
    protoc.arg("-I").arg(folder.path()).arg("-o").arg(&set).args(&paths);
    let output = protoc.output().unwrap_or_else(|error| {
        panic!("cannot run protoc ({error}): install it (Debian: protobuf-compiler; scripts/test does) and run this again")
    });
    let said = String::from_utf8_lossy(&output.stderr);
    // It warns of imports that nobody uses.
    assert!(output.status.success() && said.is_empty(), "{what}: {said}\n{}", all(files));
    let mut decode = Command::new("protoc");
    decode.args(["--decode=google.protobuf.FileDescriptorSet", "google/protobuf/descriptor.proto"]);
    let text = decode.stdin(std::fs::File::open(set).unwrap()).output().unwrap();
    assert!(text.status.success(), "{}", String::from_utf8_lossy(&text.stderr));
    String::from_utf8(text.stdout).unwrap()
}

fn all(files: &[ProtoFile]) -> String {
    files.iter().map(|file| format!("==> {}\n{}", file.path, file.text)).collect()
}

#[test]
fn protoc_takes_what_is_exported_of_every_valid_schema() {
    let mut schemas = support::schemas("tests/schemas/valid");
    schemas.extend(support::schemas("tests/golden"));
    schemas.extend(support::schemas("tests/golden/externs"));
    schemas.extend(support::schemas("../schemas"));
    assert!(25 <= schemas.len(), "{schemas:?}");
    for schema in schemas {
        let files = export(&schema);
        assert!(!files.is_empty() && files.iter().all(|file| file.text.starts_with(GENERATED_MARK)));
        protoc(&files, schema.file_stem().unwrap().to_str().unwrap());
    }
}

#[test]
fn a_golden_schema_gives_the_proto_beside_it() {
    for (schema, files) in [
        ("../schemas/tour.xml", &["courier/parcels.proto", "svrkit/types.proto"][..]),
        ("tests/golden/everything.xml", &["golden/everything.proto", "golden/parts.proto"]),
        ("tests/schemas/valid/names.xml", &["type/self/Fn.proto"]),
    ] {
        let exported = export(schema);
        assert_eq!(exported.iter().map(|file| &*file.path).collect::<Vec<_>>(), files);
        for file in exported {
            let path = Path::new(GOLDEN).join(file.path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            support::check_file(&path, &file.text);
        }
    }
}

/// The one file that is exported of a protocol with these definitions, which `protoc` took.
#[track_caller]
fn exported(definitions: &str, what: &str) -> String {
    let folder = support::Folder::new(&format!("proto-schema-{what}"));
    let files =
        export(folder.file("p.xml", format!("<protocol package='p' version='9'>{definitions}</protocol>")));
    let [file] = &files[..] else { panic!("{}", all(&files)) };
    protoc(&files, what);
    file.text.clone()
}

#[test]
fn a_name_that_is_taken_in_protobuf_gets_a_number_and_keeps_its_name_in_json() {
    for (what, definitions, lines) in [
        (
            "a field and a nested message",
            "<message name='M'><message name='size'/><field tag='1' name='size' type='size'/></message>",
            &["size size2 = 1 [json_name = \"size\"];", "// svrkit: name=\"size\""][..],
        ),
        (
            "a map and the message of its entries",
            "<message name='M'><message name='LabelsEntry'/><map tag='1' name='labels' key='u32' value='u32'/></message>",
            &["map<uint32, uint32> labels2 = 1 [json_name = \"labels\"];"],
        ),
        (
            "a name that was used once",
            "<message name='M'><message name='a'/><field tag='1' name='a' type='u32'/><reserved names='a2'/></message>",
            &["uint32 a3 = 1 [json_name = \"a\"];"],
        ),
        (
            "a name that would be another one in JSON",
            "<message name='M'><message name='a'/><field tag='1' name='a' type='u32'/><field tag='2' name='a_2' type='u32'/></message>",
            &["uint32 a3 = 1 [json_name = \"a\"];", "uint32 a_2 = 2;"],
        ),
        (
            "names that would be one in JSON if they had none there",
            "<message name='M'><field tag='1' name='a_1' type='u32' json='x'/><field tag='2' name='a1' type='u32'/></message>",
            &["uint32 a_1 = 1 [json_name = \"x\"];", "uint32 a12 = 2 [json_name = \"a1\"];"],
        ),
        (
            "values of two enums",
            "<enum name='A'><value name='B_C' number='0'/></enum><enum name='A_B'><value name='C' number='0'/></enum>",
            &["A_B_C = 0;", "A_B_C2 = 0;", "// svrkit: name=\"C\""],
        ),
        (
            "a value with the prefix and one without",
            "<enum name='Color'><value name='RED' number='0'/><value name='COLOR_RED' number='1'/>\
             <value name='COLOR_BLUE' number='2'/><reserved names='GREEN COLOR_RED2'/></enum>",
            &[
                "COLOR_RED = 0;",
                "COLOR_RED3 = 1;",
                "COLOR_BLUE = 2;",
                "reserved \"COLOR_GREEN\", \"COLOR_RED2\";",
            ],
        ),
        (
            "values that differ in case alone",
            "<enum name='E'><value name='FooBar' number='0'/><value name='FOOBAR' number='1'/></enum>",
            &["E_FooBar = 0;", "E_FOOBAR2 = 1;"],
        ),
        (
            "a value and a message",
            "<message name='E_A'/><enum name='E'><value name='A' number='0'/></enum>",
            &["E_A2 = 0;"],
        ),
    ] {
        let text = exported(definitions, &what.replace(' ', "_"));
        for line in lines {
            assert!(text.lines().any(|it| it.trim() == *line), "{what}: no `{line}` in\n{text}");
        }
    }
}

#[test]
fn keywords_and_hidden_names_lead_where_they_should() {
    for (what, definitions, line) in [
        (
            "keyword",
            "<message name='option'/><message name='M'><field tag='1' name='message' type='option'/></message>",
            "p.option message = 1;",
        ),
        (
            "scalar",
            "<message name='string'/><message name='M'><field tag='1' name='string' type='string'/>\
             <field tag='2' name='text' type='p.string'/></message>",
            "p.string text = 2;",
        ),
        (
            "method",
            "<message name='Get'/><service name='S'><method name='Get' id='1' request='Get' response='Get'/></service>",
            "rpc Get(p.Get) returns (p.Get);",
        ),
        (
            "package",
            "<message name='A'/><message name='M'><field tag='1' name='p' type='A'/><field tag='2' name='A' type='A'/></message>",
            ".p.A A = 2;",
        ),
        (
            "google",
            "<import path='svrkit/types.xml'/><message name='M'><field tag='1' name='google' type='svrkit.types.Empty'/></message>",
            ".google.protobuf.Empty google = 1;",
        ),
    ] {
        let text = exported(definitions, what);
        assert!(text.lines().any(|it| it.trim() == line), "{what}: no `{line}` in\n{text}");
    }
}

#[test]
fn a_type_is_named_from_where_it_is_used_and_protobuf_finds_it() {
    let folder = support::Folder::new("proto-references");
    let root = folder.file(
        "a.xml",
        "<protocol package='a.b'><import path='c.xml'/>\
         <message name='M'><message name='N'><message name='M'/>\
         <field tag='1' name='near' type='M'/><field tag='2' name='far' type='a.b.M'/>\
         <field tag='3' name='other' type='a.c.C'/><map tag='4' name='deep' key='u32' value='a.c.C.D'/></message>\
         </message></protocol>",
    );
    folder.file("c.xml", "<protocol package='a.c'><message name='C'><enum name='D'><value name='Z' number='0'/></enum></message></protocol>");
    let files = export(root);
    let descriptors = protoc(&files, "references");
    for (line, type_name) in [
        ("M near = 1;", ".a.b.M.N.M"),
        ("a.b.M far = 2;", ".a.b.M"),
        ("a.c.C other = 3;", ".a.c.C"),
        ("map<uint32, a.c.C.D> deep = 4;", ".a.c.C.D"),
    ] {
        assert!(all(&files).lines().any(|it| it.trim() == line), "no `{line}` in\n{}", all(&files));
        assert!(descriptors.contains(&format!("type_name: \"{type_name}\"")), "{type_name}: {descriptors}");
    }
}

#[test]
fn nothing_of_a_schema_is_left_out_of_its_export() {
    let text = all(&export("../schemas/tour.xml"));
    let schema = std::fs::read_to_string("../schemas/tour.xml").unwrap();
    // Every fact that protobuf has no word for, as it is spelt there; what is spelt another way is named here.
    let other = [
        ("priority=\"core\"", "priority=\"0\""),
        ("priority=\"important\"", "priority=\"64\""),
        ("priority=\"lossy\"", "priority=\"192\""),
        ("timeout=\"60min\"", "timeout=\"60min\""),
        ("errors=\"ParcelError\"", "errors=\"courier.parcels.ParcelError\""),
        ("detail=\"Backlog\"", "detail=\"courier.parcels.Backlog\""),
        ("idempotent=\"true\"", "option idempotency_level = IDEMPOTENT;"),
        ("json=\"weightsGrams\"", "json_name = \"weightsGrams\""),
        ("json=\"phones\"", "json_name = \"phones\""),
    ];
    let said_by_protobuf = [
        "package", "version", "path", "name", "type", "tag", "number", "key", "value", "repeated",
        "optional", "packed", "request", "response", "stream", "encoding", "tags", "numbers", "names",
    ];
    let without_comments = schema.split("<!--").enumerate().map(|(at, part)| match at {
        0 => part,
        _ => part.split_once("-->").unwrap().1,
    });
    let mut facts = 0;
    for element in without_comments.flat_map(|part| part.split('<')).filter_map(|part| part.split('>').next())
    {
        let mut rest = element;
        while let Some((before, after)) = rest.split_once("=\"") {
            let word = before.split_whitespace().last().unwrap();
            let (value, after) = after.split_once('"').unwrap();
            rest = after;
            if said_by_protobuf.contains(&word) || word.contains(':') {
                continue;
            }
            let fact = format!("{word}=\"{value}\"");
            let fact = other.iter().find(|(ours, _)| *ours == fact).map_or(&*fact, |(_, theirs)| theirs);
            assert!(text.contains(fact), "{fact}");
            facts += 1;
        }
    }
    assert!(50 < facts, "{facts}");
}

#[test]
fn what_protobuf_cannot_say_is_refused_with_both_places() {
    let folder = support::Folder::new("proto-refused");
    let check = |schema: &str, imported: &str, expected: &[&str]| {
        let root = folder.file("root.xml", schema);
        folder.file("imported.xml", imported);
        folder.file("shared.xml", "<protocol package='a'><message name='Shared'/></protocol>");
        assert_eq!(Config::new().check([&root]).render(), "");
        let report = Config::new().export_proto([&root]).unwrap_err();
        assert!(report.findings().iter().all(|finding| finding.code() == Code::NOT_EXPORTABLE), "{report}");
        let messages: Vec<_> = report.findings().iter().map(|finding| finding.message()).collect();
        assert_eq!(messages, expected, "{report}");
        let labels = report.labels(&report.findings()[0]).count();
        assert_eq!(labels, 1, "{report}");
    };
    check(
        "<protocol package='a'><import path='imported.xml'/><message name='b'><field tag='1' name='c' type='a.b.C'/></message></protocol>",
        "<protocol package='a.b'><message name='C'/></protocol>",
        &["`a.b` is the name of a package as well, which protobuf refuses"],
    );
    check(
        "<protocol package='a'><import path='imported.xml'/><message name='M'><field tag='1' name='c' type='b.C'/></message></protocol>",
        "<protocol package='b'><import path='shared.xml'/><message name='C'><field tag='1' name='s' type='a.Shared'/></message></protocol>",
        &["the packages `a`, `b` use one another, and a package is one file in protobuf"],
    );
}

#[test]
fn the_order_in_which_files_are_named_does_not_matter() {
    let folder = support::Folder::new("proto-order");
    let one = folder.file("one.xml", "<protocol package='p'><doc>One.</doc><message name='A'/></protocol>");
    let two = folder.file("two.xml", "<protocol package='p'><doc>Two.</doc><message name='B'/></protocol>");
    let files = |order: [&PathBuf; 2]| Config::new().export_proto(order).unwrap().files().to_vec();
    assert_eq!(files([&one, &two]), files([&two, &one]));
}

#[test]
fn names_that_all_collide_take_no_longer_than_others() {
    let value = |number: u32| {
        let letters = (0..14).map(|bit| if number >> bit & 1 == 0 { 'a' } else { 'A' });
        format!("<value name='x{}' number='{number}'/>", letters.collect::<String>())
    };
    let values: String = (0..1 << 14).map(value).collect();
    let folder = support::Folder::new("proto-collisions");
    let schema =
        folder.file("p.xml", format!("<protocol package='p'><enum name='E'>{values}</enum></protocol>"));
    let files = export(schema);
    let last = format!("E_x{}{} = {};", "A".repeat(14), 1 << 14, (1 << 14) - 1);
    assert!(files[0].text.lines().any(|line| line.trim() == last), "no `{last}`");
}
