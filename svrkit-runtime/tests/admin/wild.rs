//! Who runs wild is shown, and pardoned by a button.

use std::time::Duration;

use svrkit_runtime::{Cause, Client, Limits, Mode, Server, ServerProtection, Status};
use tokio::task::JoinSet;

use crate::client::Shown;
use crate::support::{ECHO, Note, in_time};

async fn call(client: &Client, number: u64) -> Result<Note, Status> {
    client.request::<_, Note>(&ECHO, &Note::number(number)).await
}

/// A server with a caller that ran wild beside ten others, and is blocked. Its name would steer a browser if it could.
async fn with_one_blocked() -> (Shown, Client) {
    let limits = Limits {
        wild_time: Duration::from_secs(1),
        wild_block_min: Duration::from_secs(600),
        ..Limits::default()
    };
    let server = Server::new().limits(limits).admission(Mode::Off).admin("127.0.0.1:0");
    let server = Shown::of(server).await;
    let client = |name: &str| Client::builder(server.address.to_string()).name(name).lazy();
    for other in 0..10 {
        call(&client(&format!("other {other}")), other).await.unwrap();
    }
    let (wild, mut loops) = (client("<b>wild"), JoinSet::new());
    for _ in 0..8 {
        let wild = wild.clone();
        loops.spawn(async move { while call(&wild, 7).await.is_ok() {} });
    }
    in_time(loops.join_next()).await.unwrap().unwrap();
    (server, wild)
}

#[tokio::test]
async fn a_block_is_shown_and_pardoned() {
    let (server, wild) = with_one_blocked().await;
    let shown = server.get("/wild").await;
    let row = shown.row("test.Test.Echo");
    assert_eq!(row[..3], ["<b>wild at 127.0.0.1", "all", "test.Test.Echo"], "{row:?}");
    assert_eq!(row[5], "1", "{row:?}");
    assert!(
        shown
            .body
            .contains("Pardon <b>wild at 127.0.0.1 for test.Test.Echo: curl -d pardon=1 http://ADDRESS/wild")
    );
    let html = server.html("/wild").await;
    assert!(html.body.contains("<input type=\"hidden\" name=\"pardon\" value=\"1\">"), "{}", html.body);
    assert!(!html.body.contains("<b>wild"), "{}", html.body);

    // By reading nothing happens, nor by what another site's page has a browser send, nor of a block that there is not.
    let browser = ["Content-Type: application/x-www-form-urlencoded", "Sec-Fetch-Site: cross-site"];
    assert_eq!(server.send("POST", "/wild", &browser, "pardon=1").await.status, 403);
    for body in ["", "pardon=2", "pardon=x", "pardon=99999999999999999999", "other=1"] {
        assert_eq!(server.send("POST", "/wild", &[], body).await.status, 404, "{body}");
    }
    let again = Client::builder(server.address.to_string()).name("<b>wild").lazy();
    assert_eq!(call(&again, 8).await.unwrap_err().facts().cause, Cause::Blocked);

    let pardoned = server.send("POST", "/wild", &[], "pardon=1").await;
    assert_eq!(pardoned.status, 200);
    assert!(
        pardoned.body.contains("<b>wild at 127.0.0.1 may call test.Test.Echo again"),
        "{}",
        pardoned.body
    );
    let again = Client::builder(server.address.to_string()).name("<b>wild").lazy();
    call(&again, 8).await.unwrap();
    assert!(server.get("/wild").await.body.contains("Nobody is blocked, and no offence remembered."));
    drop(wild);
}

#[tokio::test]
async fn where_nobody_is_watched_it_says_so() {
    let server =
        Shown::of(Server::new().protection(ServerProtection::new().wild(Mode::Off)).admin("127.0.0.1:0"))
            .await;
    let shown = server.get("/wild").await;
    assert!(shown.body.contains("(server.wild = \"off\")"), "{}", shown.body);
    assert_eq!(server.send("POST", "/wild", &[], "pardon=1").await.status, 404);
    let watching = Shown::of(
        Server::new().protection(ServerProtection::new().wild(Mode::Watching)).admin("127.0.0.1:0"),
    )
    .await;
    assert!(watching.get("/wild").await.body.contains("only watches"));
}
