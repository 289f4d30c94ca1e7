//! The text that Prometheus scrapes, as others judge it.

use std::io::Write as _;
use std::process::{Command, Stdio};

use svrkit_runtime::Limits;

use crate::endings::counting;
use crate::ledger::check;
use crate::support::{ECHO, FAIL, Note};

#[tokio::test]
async fn each_family_is_described_and_each_number_has_its_labels() {
    let (metrics, _server, client) = counting(Limits::default()).await;
    for _ in 0..3 {
        client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap();
    }
    client.request::<_, Note>(&FAIL, &Note::number(1)).await.unwrap_err();
    let calls = [
        ("client test.Test Echo OK", 3),
        ("server test.Test Echo OK", 3),
        ("client test.Test Fail NOT_FOUND", 1),
        ("server test.Test Fail NOT_FOUND", 1),
    ];
    let failed = [("client test.Test Fail handler", 1), ("server test.Test Fail handler", 1)];
    let text = check(&metrics, &calls, &failed, &[]).await.prometheus();
    for line in [
        "# TYPE svrkit_calls_total counter",
        "# HELP svrkit_calls_total Attempts that have ended, by how.",
        "svrkit_calls_total{side=\"server\",service=\"test.Test\",method=\"Echo\",code=\"OK\"} 3",
        "svrkit_calls_total{side=\"client\",service=\"test.Test\",method=\"Fail\",code=\"NOT_FOUND\"} 1",
        "svrkit_calls_in_flight{side=\"server\",service=\"test.Test\",method=\"Echo\"} 0",
        "# TYPE svrkit_call_duration_seconds histogram",
        "svrkit_call_duration_seconds_bucket{side=\"server\",service=\"test.Test\",method=\"Echo\",outcome=\"ok\",le=\"+Inf\"} 3",
        "svrkit_call_duration_seconds_count{side=\"server\",service=\"test.Test\",method=\"Echo\",outcome=\"ok\"} 3",
        // Of two bytes each.
        "svrkit_request_bytes_sum{side=\"server\",service=\"test.Test\",method=\"Echo\"} 6",
        "svrkit_request_bytes_bucket{side=\"server\",service=\"test.Test\",method=\"Echo\",le=\"1\"} 0",
        "svrkit_request_bytes_bucket{side=\"server\",service=\"test.Test\",method=\"Echo\",le=\"3\"} 3",
    ] {
        assert!(text.lines().any(|each| each == line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("code=\"ABORTED\""), "no call has ended so");
    promtool_accepts(&text);
}

/// Prometheus' own tool has nothing to say against it.
#[expect(clippy::print_stderr, reason = "what is left out is said")]
#[track_caller]
pub(crate) fn promtool_accepts(text: &str) {
    let mut promtool = Command::new("promtool");
    promtool.args(["check", "metrics"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = match promtool.spawn() {
        Ok(running) => running,
        Err(error) => {
            return eprintln!(
                "LEFT OUT: promtool ({error}): that Prometheus takes the text is not checked; Debian has it in the package prometheus"
            );
        }
    };
    running.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = running.wait_with_output().unwrap();
    let said =
        String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.is_empty(), "promtool says: {said}\n{text}");
}
