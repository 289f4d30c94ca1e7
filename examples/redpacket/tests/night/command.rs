//! The command that runs a night twice and writes its report, with a short night.

use std::process::Command;

#[test]
fn the_command_runs_a_night_twice_and_its_books_and_its_report_are_whole() {
    let dir = tempfile::tempdir().unwrap();
    let report = dir.path().join("there/night.html");
    let mut command = Command::new(env!("CARGO_BIN_EXE_redpacket"));
    // Little enough for any machine; at the peak more than the entry can answer.
    command.args(["night", "--lengths", "1,1,2,1", "--capacity", "300", "--peak", "6"]);
    let said = command.arg("--report").arg(&report).output().unwrap();
    let words = String::from_utf8(said.stdout).unwrap();
    let failed = String::from_utf8(said.stderr).unwrap();
    // How many were opened in time is for a machine that does nothing else.
    assert!(matches!(said.status.code(), Some(0 | 1)), "{}\n{words}\n{failed}", said.status);
    for part in
        ["the night with protection", "the night without protection", "the books are exact", "open without"]
    {
        assert!(words.contains(part), "{part} is missing in:\n{words}\n{failed}");
    }
    let page = std::fs::read_to_string(&report).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"), "{page}");
    let json = std::fs::read_to_string(report.with_extension("json")).unwrap();
    assert_eq!((json.matches("\"is_exact\":true").count(), json.matches("\"is_protected\"").count()), (2, 2));
    let seconds = json.matches("\"made_late_ms\"").count();
    assert!(seconds >= 10, "{seconds} seconds of two nights");
}

#[test]
fn the_books_are_exact_also_where_packet_and_the_ledger_are_killed_at_the_peak() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_redpacket"));
    command.args(["night", "--kill", "--lengths", "1,1,3,1", "--capacity", "300", "--peak", "6"]);
    let said = command.arg("--report").arg(dir.path().join("night.html")).output().unwrap();
    let words = String::from_utf8(said.stdout).unwrap();
    assert!(said.status.success(), "{words}\n{}", String::from_utf8_lossy(&said.stderr));
    for (part, times) in
        [("killed packet", 2), ("started packet again", 2), ("killed ledger", 2), ("started ledger again", 2)]
    {
        assert_eq!(words.matches(part).count(), times, "{part}:\n{words}");
    }
    assert!(words.contains("the books are exact"), "{words}");
}
