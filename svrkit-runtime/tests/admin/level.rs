//! The load, held by hand at a page.

use svrkit_runtime::{Server, Tier};

use crate::client::Shown;

#[tokio::test]
async fn a_tier_is_held_and_let_go_by_post_alone() {
    let server = Server::new().admin("127.0.0.1:0");
    let load = server.load();
    let server = Shown::of(server).await;
    let shown = server.get("/level").await;
    assert!(
        shown.body.contains("Hold the load at high: curl -d tier=high http://ADDRESS/level"),
        "{}",
        shown.body
    );
    assert!(!shown.body.contains("Let go of"), "{}", shown.body);
    assert!(shown.body.contains("who has proved who it is, or is on this machine (server.trust = \"auto\")"));
    // By reading nothing happens, nor by what another site's page has a browser send, nor by what says nothing.
    let browser = ["Content-Type: application/x-www-form-urlencoded", "Sec-Fetch-Site: cross-site"];
    assert_eq!(server.get("/level?tier=high").await.status, 200);
    assert_eq!(server.send("POST", "/level", &browser, "tier=high").await.status, 403);
    for body in ["", "tier=hot", "tier=high&for=1d", "tier=high&for=61min"] {
        assert_eq!(server.send("POST", "/level", &[], body).await.status, 400, "{body}");
    }
    assert_eq!(load.held(), None);

    let held = server.send("POST", "/level", &[], "tier=high&for=10min&by=the+<b>drill").await;
    assert_eq!(held.status, 200);
    let html = server.html("/level").await;
    assert!(!html.body.contains("<b>drill"), "{}", html.body);
    let shown = server.get("/level").await;
    assert!(shown.body.contains("by the <b>drill, since "), "{}", shown.body);
    assert!(
        shown.body.contains("Let go of high: curl -d tier=learned http://ADDRESS/level"),
        "{}",
        shown.body
    );
    let held = load.held().unwrap();
    assert_eq!((held.tier, held.by.as_str(), held.time.as_secs()), (Tier::High, "the <b>drill", 600));

    let released = server.send("POST", "/level", &[], "tier=learned").await;
    assert_eq!((released.status, load.held()), (200, None));
    server.stop().await;
}
