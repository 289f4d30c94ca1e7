//! What methods are held to is shown, and changed by a form.

use svrkit_runtime::{Cause, Client, Config, Server};

use crate::client::Shown;
use crate::support::{ECHO, Note};

#[tokio::test]
async fn what_a_method_is_held_to_is_shown_and_changed() {
    let config = Config::builder().set("method.test.Test.Wait.running_max", "9").load().unwrap();
    let server = Shown::of(Server::new().config(&config).admin("127.0.0.1:0")).await;
    let shown = server.get("/rules").await;
    assert_eq!(
        shown.row("test.Test.Wait"),
        ["test.Test.Wait", "none", "none", "0", "9", "0", "0", "none", "none", "none"]
    );
    assert!(!shown.body.contains("test.Test.Echo"), "it is held to nothing: {}", shown.body);

    let form = "method=test.Test.Echo&rate=1/min burst 2&reserve=3&refused_from=high&last_good=90s";
    let changed = server.send("POST", "/rules", &[], form).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let shown = server.get("/rules").await;
    let row = shown.row("test.Test.Echo");
    assert_eq!((row[0], &row[6..]), ("test.Test.Echo", ["3", "none", "high", "90 s"].as_slice()));
    let client = Client::connect(server.address.to_string()).await.unwrap();
    let echo = || client.request::<_, Note>(&ECHO, &Note::number(7));
    assert!(echo().await.is_ok() && echo().await.is_ok());
    assert_eq!(echo().await.unwrap_err().facts().cause, Cause::Rate);
    assert_eq!(server.get("/level").await.row("rates")[2], "1");

    assert_eq!(server.send("POST", "/rules", &[], "method=test.Test.Echo&rate=none").await.status, 200);
    for _ in 0..3 {
        echo().await.unwrap();
    }
}

#[tokio::test]
async fn what_is_no_rule_changes_nothing_nor_does_a_page_of_somebody_else() {
    let server = Shown::of(Server::new().admin("127.0.0.1:0")).await;
    for (form, words) in [
        ("", "curl -d method=NAME"),
        ("method=test.Test.Echo", "curl -d method=NAME"),
        ("method=test.Test.Ecko&rate=1/s", "only test.Test.Echo is similar"),
        ("method=test.Test.Echo&rate=1/h", "rate is \"1/h\": expected a rate of"),
        ("method=test.Test.Echo&last_good=90", "expected none, or a time of at most 24h"),
        ("method=test.Test.Echo&last_good=25h", "expected none, or a time of at most 24h"),
        ("method=test.Test.Echo&reserve=-1", "expected a number from 0 to 1000000"),
        (
            "method=test.Test.Echo&refused_from=calm",
            "refused_from is \"calm\": expected busy, high or critical, or none",
        ),
        (
            "method=test.Test.Echo&degraded_from=high",
            "test.Test.Echo cannot have degraded_from: its schema has none",
        ),
        ("method=test.Test.Echo&reserve=3&running_max=1000001", "expected a number from 0 to 1000000"),
    ] {
        let answer = server.send("POST", "/rules", &[], form).await;
        assert_eq!(answer.status, 400, "{form}: {}", answer.body);
        assert!(answer.body.contains(words), "{form}: {}", answer.body);
    }
    let browser = ["Content-Type: application/x-www-form-urlencoded", "Sec-Fetch-Site: cross-site"];
    let form = "method=test.Test.Echo&rate=1/min";
    assert_eq!(server.send("POST", "/rules", &browser, form).await.status, 403);
    assert!(server.get("/rules").await.body.contains("None is."));
}
