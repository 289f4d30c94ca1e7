//! The program as a person or a script meets it: real servers and clients, briefly.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::{Command, Output};

const FIELDS: [&str; 12] = [
    "case",
    "client_cpu_us",
    "calls_s",
    "connections",
    "in_flight",
    "p50_us",
    "p999_us",
    "p99_us",
    "payload",
    "peer",
    "rss_kib",
    "server_cpu_us",
];

const PEERS: &[&str] = &["svrkit", "tonic", "tarpc", "bare"];

fn bench(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_svrkit-bench"))
        .args(args)
        .output()
        .unwrap()
}

/// The rows that a run leaves.
#[track_caller]
fn json_rows(args: &[&str]) -> Vec<serde_json::Value> {
    let output = bench(args);
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {stderr}");
    let lines = stdout.lines().filter(|line| line.starts_with('{'));
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[track_caller]
fn check_refused(args: &[&str], expected: &[&str]) {
    let output = bench(args);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "{args:?} succeeded");
    for part in expected {
        assert!(error.contains(part), "{args:?}: `{part}` is missing in: {error}");
    }
}

#[test]
fn every_peer_answers_and_leaves_a_row_in_table_and_file() {
    let file = std::env::temp_dir().join(format!("svrkit-bench-{}.json", std::process::id()));
    let output = bench(&[
        "echo",
        "--quick",
        "--loads=1x1,2x3",
        "--payloads=64,65536",
        "--warm-up=0.01",
        "--measure=0.05",
        "--json",
        file.to_str().unwrap(),
    ]);
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );

    let written = fs::read_to_string(&file).unwrap();
    fs::remove_file(&file).unwrap();
    let printed: Vec<&str> = stdout.lines().filter(|line| line.starts_with('{')).collect();
    assert_eq!(written.lines().collect::<Vec<_>>(), printed);
    let mut rows = BTreeSet::new();
    for line in printed {
        let row: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
        assert_eq!(
            row.keys().map(String::as_str).collect::<BTreeSet<_>>(),
            FIELDS.into(),
            "{line}"
        );
        for field in ["calls_s", "p50_us", "rss_kib"] {
            assert!(row[field].as_f64().unwrap() > 0.0, "{field} in {line}");
        }
        // On a busy machine a server may not have had its turn within so short a window.
        for field in ["server_cpu_us", "client_cpu_us"] {
            assert!(row[field].as_f64().unwrap() >= 0.0, "{field} in {line}");
        }
        let peer = row["peer"].as_str().unwrap().to_owned();
        rows.insert((
            peer,
            row["connections"].as_u64().unwrap(),
            row["payload"].as_u64().unwrap(),
        ));
    }
    let peers = PEERS
        .iter()
        .flat_map(|peer| [1, 2].map(|connections| (peer, connections)));
    let expected = peers.flat_map(|(peer, connections)| {
        [64, 65_536].map(|payload| ((*peer).to_owned(), connections, payload))
    });
    assert_eq!(rows, expected.collect());
    for &peer in PEERS {
        let third = |line: &&str| line.split('|').nth(3).is_some_and(|cell| cell.trim() == peer);
        let lines = stdout.lines().filter(third);
        assert_eq!(lines.count(), 4, "{peer} in the table:\n{stdout}");
    }
}

#[test]
fn a_build_is_compared_with_another_by_turns() {
    let other = env!("CARGO_BIN_EXE_svrkit-bench");
    let output = bench(&[
        "pair",
        "--before",
        other,
        "--quick",
        "--loads=1x1,2x3",
        "--measure=0.1",
    ]);
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let rows: Vec<serde_json::Value> = stdout
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows.len(), 2, "{stdout}");
    for row in rows {
        let ratio = &row["p50"];
        assert_eq!(
            (&row["case"], &row["pairs"]),
            (&"pair".into(), &2.into()),
            "{row}"
        );
        assert!(0.0 < ratio["median"].as_f64().unwrap(), "{row}");
        assert!(ratio["median"].as_f64() <= ratio["upper_95"].as_f64(), "{row}");
    }
}

#[test]
fn a_form_is_compared_with_another_by_turns() {
    let rows = json_rows(&[
        "pair",
        "--beside=svrkit-off",
        "--quick",
        "--loads=1x1",
        "--measure=0.1",
    ]);
    assert_eq!(rows.len(), 1, "{rows:?}");
    check_refused(&["pair", "--quick"], &["--before or --beside"]);
}

#[test]
fn every_peer_is_overloaded_and_leaves_its_rows() {
    let root = std::env::temp_dir().join(format!("svrkit-bench-docs-{}", std::process::id()));
    fs::create_dir_all(root.join("docs")).unwrap();
    let document = root.join("docs/protection.md");
    fs::write(
        &document,
        "before\n<!-- begin: overload -->\n<!-- end: overload -->\nafter\n",
    )
    .unwrap();
    let publish = format!("--publish={}", root.display());
    let steady = [
        "overload",
        "--quick",
        "--rows=steady-cpu,steady-wait",
        "--loads=2",
        &publish,
    ];
    let rows = json_rows(&steady);
    let (text, picture) = (
        fs::read_to_string(&document).unwrap(),
        fs::read_to_string(root.join("docs/goodput.svg")).unwrap(),
    );
    fs::remove_dir_all(&root).unwrap();
    assert_eq!(rows.len(), 2 * 5, "{rows:?}");
    for row in &rows {
        for figure in ["load", "goodput", "p99_ms", "capacity", "refused", "made_late_ms"] {
            assert!(0.0 <= row[figure].as_f64().unwrap(), "{figure} in {row}");
        }
        let is_held = ["svrkit", "svrkit-server"].contains(&row["peer"].as_str().unwrap());
        assert_eq!(row["met"].is_boolean(), is_held, "{row}");
    }
    assert!(
        text.starts_with("before\n") && text.ends_with("after\n"),
        "{text}"
    );
    assert_eq!(text.matches("steady-").count(), rows.len(), "{text}");
    // Four lines in each of two panels.
    assert_eq!(picture.matches("<polyline").count(), 8, "{picture}");
}

#[test]
fn every_row_of_overload_is_made() {
    let rows = json_rows(&[
        "overload",
        "--quick",
        "--rows=step,fanout,priority,burst,endpoint",
        "--peers=svrkit",
    ]);
    let names: Vec<&str> = rows.iter().map(|row| row["row"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "step", "step", "fanout", "fanout", "fanout", "priority", "burst", "endpoint", "endpoint"
        ]
    );
    for row in rows {
        assert!(row["met"].is_boolean(), "{row}");
    }
}

#[test]
fn a_refusal_is_measured_beside_calls_that_are_served() {
    let rows = json_rows(&["refusal", "--quick"]);
    let causes: Vec<&str> = rows.iter().map(|row| row["cause"].as_str().unwrap()).collect();
    assert_eq!(causes, ["level", "queue", "draining", "blocked", "rate"]);
    for row in rows {
        assert!(0.0 < row["echo_us"].as_f64().unwrap(), "{row}");
    }
}

#[test]
fn metrics_are_measured_against_none() {
    let output = bench(&["monitor", "--quick", "--loads=1x1", "--measure=0.1"]);
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let rows: Vec<&str> = stdout.lines().filter(|line| line.starts_with('{')).collect();
    assert_eq!(rows.len(), 1, "{stdout}");
    let row: serde_json::Value = serde_json::from_str(rows[0]).unwrap();
    for field in ["ns_per_call", "throughput_loss", "p99_ratio"] {
        assert!(row[field].is_number(), "{field} in {row}");
    }
}

#[test]
fn the_compiler_leaves_a_row_for_each_size_and_each_hostile_input() {
    let output = bench(&["compile", "--quick", "--ops=check,gen,hostile", "--files=2,4"]);
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let rows: Vec<serde_json::Value> = stdout
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of = |op: &'static str| rows.iter().filter(move |row| row["op"] == op);
    for op in ["check", "gen"] {
        let fields: Vec<_> = of(op).map(|row| row["fields"].as_u64().unwrap()).collect();
        assert_eq!(fields, [200, 400], "{op}");
    }
    for row in of("gen") {
        assert!(0 < row["output_bytes"].as_u64().unwrap(), "{row}");
    }
    assert!(10 <= of("hostile").count(), "{stdout}");
    for row in &rows {
        assert!(
            0.0 < row["cpu_ms"].as_f64().unwrap() && 0.0 < row["peak_mib"].as_f64().unwrap(),
            "{row}"
        );
    }
}

#[test]
fn every_library_reads_and_writes_every_message_and_leaves_its_rows() {
    let output = bench(&["codec", "--quick", "--batch-ms=0.001"]);
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let rows: Vec<serde_json::Value> = stdout
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut count = BTreeMap::new();
    for row in &rows {
        assert_eq!(row["case"], "codec", "{row}");
        for figure in ["bytes", "ns", "mib_s"] {
            assert!(0.0 < row[figure].as_f64().unwrap(), "{figure} in {row}");
        }
        let field = |name: &str| row[name].as_str().unwrap().to_owned();
        *count
            .entry([field("op"), field("lib"), field("containers")])
            .or_insert(0) += 1;
        // Who keeps what the schema does not know is told.
        let keeps = ["svrkit", "buffa"].contains(&row["lib"].as_str().unwrap());
        let word = if keeps { "kept" } else { "dropped" };
        let unknown = (row["op"] == "reencode_unknown").then_some(word);
        assert_eq!(
            row.get("unknown").and_then(|unknown| unknown.as_str()),
            unknown,
            "{row}"
        );
    }
    let count: Vec<_> = count.iter().map(|(key, count)| (key.join(" "), *count)).collect();
    let count: Vec<_> = count.iter().map(|(key, count)| (key.as_str(), *count)).collect();
    assert_eq!(
        count,
        [
            ("decode buffa own", 20),
            ("decode buffa same", 20),
            ("decode memcpy own", 20),
            ("decode prost own", 20),
            ("decode prost same", 20),
            ("decode quick-protobuf own", 18),
            ("decode svrkit own", 20),
            ("encode buffa own", 20),
            ("encode buffa same", 20),
            ("encode memcpy own", 20),
            ("encode prost own", 20),
            ("encode prost same", 20),
            ("encode quick-protobuf own", 18),
            ("encode svrkit own", 20),
            ("encode_by_reference buffa own", 2),
            ("encode_by_reference memcpy own", 2),
            ("encode_by_reference prost own", 2),
            ("encode_by_reference svrkit own", 2),
            ("reencode_unknown buffa own", 4),
            ("reencode_unknown prost own", 4),
            ("reencode_unknown quick-protobuf own", 4),
            ("reencode_unknown svrkit own", 4),
            ("view buffa own", 20),
            ("view svrkit own", 20),
            ("view_lazy buffa own", 2),
            ("view_lazy buffa-lazy own", 2),
            ("view_lazy svrkit own", 2),
        ]
    );
    for title in [
        "encode, as generated",
        "decode, like for like",
        "view, and read everything",
    ] {
        assert!(
            stdout.lines().any(|line| line.starts_with(title)),
            "{title} is missing:\n{stdout}"
        );
    }
    assert_eq!(
        stdout.matches("geometric mean").count(),
        8,
        "one a table:\n{stdout}"
    );
}

#[test]
fn a_message_that_is_none_is_refused_with_those_there_are() {
    check_refused(
        &["codec", "--quick", "--messages=profil"],
        &["profil", "profile_mixed", "nest"],
    );
}

#[test]
fn the_cases_are_listed() {
    let output = bench(&["--list"]);
    assert!(output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().contains("echo"));
}

#[test]
fn what_cannot_be_run_is_refused_with_what_can() {
    check_refused(&["ehco"], &["there is no case `ehco`", "echo"]);
    check_refused(&["echo", "--peers=grpc"], &["grpc", "tonic", "tarpc", "bare"]);
    check_refused(
        &["echo", "--quick", "--json", "/nowhere/rows.json"],
        &["cannot write /nowhere/rows.json"],
    );
    check_refused(
        &["pair", "--before=/nowhere/svrkit-bench"],
        &["--before", "there is no program /nowhere/svrkit-bench"],
    );
}

#[test]
fn a_server_that_cannot_start_is_an_error_that_names_the_peer() {
    check_refused(
        &["echo", "--quick", "--peers=tarpc", "--cores=1023,0"],
        &[
            "tarpc failed at 1x1 64 B, repeat 1",
            "the server did not start",
            "cannot run on core 1023",
        ],
    );
}

#[test]
fn a_client_without_a_server_is_an_error_that_names_the_peer() {
    for peer in PEERS {
        // Port 1 is reserved and nobody listens there.
        check_refused(
            &["__client", peer, "127.0.0.1:1"],
            &[&format!("the {peer} client failed"), "cannot connect"],
        );
    }
}
