//! Who may see pages, and have them do something.

use crate::client::Shown;

const TOKEN: &str = "a token of these tests, long enough";

#[tokio::test]
async fn with_a_token_pages_open_to_it_and_probes_to_everyone() {
    let server = Shown::with_token(TOKEN).await;
    let right = format!("Authorization: Bearer {TOKEN}");
    for path in ["/", "/config", "/connections", "/drain", "/nowhere"] {
        let locked = server.get(path).await;
        assert_eq!((locked.status, locked.field("WWW-Authenticate")), (401, Some("Bearer")), "{path}");
        assert!(!locked.body.contains("test.Test"), "{}", locked.body);
        assert_ne!(server.ask("GET", path, &[&right]).await.status, 401, "{path}");
    }
    assert_eq!(server.ask("GET", "/", &["Authorization: Bearer a token of others"]).await.status, 401);
    assert_eq!(server.ask("POST", "/drain", &[]).await.status, 401);
    for path in ["/health", "/ready", "/favicon.ico"] {
        assert_eq!(server.get(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn a_browser_shows_the_token_once() {
    let server = Shown::with_token(TOKEN).await;
    let locked = server.html("/config").await;
    assert_eq!(locked.status, 401);
    assert!(locked.body.contains("<form method=\"post\" action=\"/login\">"), "{}", locked.body);
    let login =
        async |body: &str| server.send("POST", "/login", &["Sec-Fetch-Site: same-origin"], body).await;
    let wrong = login("token=guessed").await;
    assert_eq!((wrong.status, wrong.field("Set-Cookie")), (401, None));
    let right = login(&format!("token={}", TOKEN.replace(' ', "+"))).await;
    assert_eq!((right.status, right.field("Location")), (303, Some("/")));
    let cookie = right.field("Set-Cookie").unwrap();
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
    let cookie = format!("Cookie: {}", cookie.split(';').next().unwrap());
    assert_eq!(server.ask("GET", "/config", &[&cookie]).await.status, 200);
    let forged = server.send("POST", "/login", &["Sec-Fetch-Site: cross-site"], "token=x").await;
    assert_eq!(forged.status, 403);
}

#[tokio::test]
async fn a_page_of_somebody_else_sees_nothing_and_does_nothing() {
    let server = Shown::start().await;
    // A name of theirs that points here by now.
    let rebound = server.ask("GET", "/config", &["Host: evil.example:4311"]).await;
    assert_eq!(rebound.status, 421);
    assert!(rebound.body.contains("(admin.token)") && !rebound.body.contains("message.in"), "{rebound:?}");
    for fields in [
        &["Sec-Fetch-Site: cross-site"][..],
        &["Sec-Fetch-Site: same-site"],
        &["Origin: http://evil.example"],
        &["Origin: null"],
        &["Host: evil.example"],
    ] {
        let answer = server.ask("POST", "/drain", fields).await;
        assert!(matches!(answer.status, 403 | 421), "{fields:?}: {answer:?}");
    }
    assert_eq!(server.get("/health").await.status, 200, "nothing of it was done");
}

#[tokio::test]
async fn reading_changes_nothing() {
    let server = Shown::start().await;
    let form = server.html("/drain").await;
    assert!(form.body.contains("<form method=\"post\" action=\"/drain\">"), "{}", form.body);
    server.ask("HEAD", "/drain", &[]).await;
    assert_eq!(server.get("/health").await.status, 200);
    for path in ["/", "/config", "/connections", "/health", "/ready"] {
        let answer = server.ask("POST", path, &[]).await;
        assert_eq!((answer.status, answer.field("Allow")), (405, Some("GET, HEAD")), "{path}");
    }
}
