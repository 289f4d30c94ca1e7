//! Who calls: what a certificate proves, and nothing that a caller says of itself.

use svrkit_runtime::{
    AllowList, BearerCheck, BearerToken, Call, Client, Code, Context, Server, Service, ServiceSpec, Spec,
};

use crate::authority::{Authority, Leaf, Secured};
use crate::support::{ECHO, FAIL, Note};

static WHO: Spec = Spec::new("test.Who", 4300, "Who", 1).messages("test.Note", "test.Note");
static WHO_SERVICE: ServiceSpec = ServiceSpec::new("test.Who", 4300, &[&WHO]);

/// Answers who calls, and by which names.
struct Who;

impl Service for Who {
    fn spec(&self) -> &'static ServiceSpec {
        &WHO_SERVICE
    }

    fn dispatch(&self, call: Call) {
        call.handle(&WHO, |_: Note| async {
            let context = Context::current();
            let certificate = context.certificate().map(|certificate| {
                let names = certificate.dns_names().collect::<Vec<_>>().join(",");
                let uris = certificate.uris().collect::<Vec<_>>().join(",");
                format!("{uris};{names};{}", certificate.fingerprint().len())
            });
            let text =
                format!("{:?} {certificate:?} calls itself {:?}", context.identity(), context.caller());
            Ok(Note { text, ..Note::default() })
        });
    }
}

async fn who(client: &Client) -> String {
    client.request::<_, Note>(&WHO, &Note::default()).await.unwrap().text
}

/// A server of [`Who`] that asks for certificates.
async fn optional(server: Server) -> Secured {
    let authority = Authority::new("the CA of tests");
    let tls = authority.issue(Leaf::here()).server().accept_client_certificates(authority.pem());
    Secured::of(authority, server.service(Who).tls(tls.load().unwrap())).await
}

#[tokio::test]
async fn a_certificate_says_who_calls_and_a_hello_does_not() {
    let secured = optional(Server::new()).await;
    let web = Leaf::of(&["Web.example", "*.web.example"]).uri("spiffe://example/web").for_clients();
    let client = secured.builder(secured.trust_as(web)).name("admin").connect().await.unwrap();
    assert_eq!(
        who(&client).await,
        r#"Some("spiffe://example/web") Some("spiffe://example/web;web.example,*.web.example;71") calls itself Some("admin")"#
    );
    let client = secured.builder(secured.trust_as(Leaf::of(&["web.example"]))).connect().await.unwrap();
    assert_eq!(who(&client).await, r#"Some("web.example") Some(";web.example;71") calls itself None"#);
    let client = secured.builder(secured.trust()).name("admin").connect().await.unwrap();
    assert_eq!(who(&client).await, r#"None None calls itself Some("admin")"#);
}

#[tokio::test]
async fn a_certificate_without_a_name_has_a_fingerprint() {
    let secured = optional(Server::new()).await;
    let client = secured.builder(secured.trust_as(Leaf::of(&[]))).connect().await.unwrap();
    let who = who(&client).await;
    let fingerprint = who.strip_prefix("Some(\"sha256:").unwrap().split('"').next().unwrap();
    assert!(fingerprint.len() == 64 && fingerprint.bytes().all(|byte| b"0123456789abcdef".contains(&byte)));
}

#[tokio::test]
async fn a_list_lets_pass_whom_a_certificate_names() {
    let list = AllowList::new().allow(&ECHO, ["spiffe://example/web"]).allow(&FAIL, ["web.example"]);
    let secured = optional(Server::new().interceptor(list)).await;
    let code = async |client: &Client, spec| {
        client
            .request::<_, Note>(spec, &Note::default())
            .await
            .map_or_else(|status| status.code(), |_| Code::Ok)
    };
    let web = Leaf::of(&["other.example", "web.example"]).uri("spiffe://example/web");
    let web = secured.builder(secured.trust_as(web)).connect().await.unwrap();
    assert_eq!(code(&web, &ECHO).await, Code::Ok, "by its URI");
    assert_eq!(code(&web, &FAIL).await, Code::NotFound, "by its second name");
    assert_eq!(code(&web, &WHO).await, Code::PermissionDenied, "who is on no list");
    let app = secured.builder(secured.trust_as(Leaf::of(&["app.example"]))).connect().await.unwrap();
    let status = app.request::<_, Note>(&ECHO, &Note::default()).await.unwrap_err();
    assert!(status.message().starts_with("\"app.example\" may not call test.Test.Echo"), "{status}");
    let liar = secured.builder(secured.trust()).name("spiffe://example/web").connect().await.unwrap();
    let status = liar.request::<_, Note>(&ECHO, &Note::default()).await.unwrap_err();
    assert!(status.message().starts_with("nobody known may not call test.Test.Echo"), "{status}");
}

#[tokio::test]
async fn a_list_may_name_one_certificate() {
    let plain = optional(Server::new()).await;
    let certified = plain.authority.issue(Leaf::of(&[]));
    let (certificate, key) = certified.pems();
    let client = plain.builder(plain.trust().certificate(certificate, key)).connect().await.unwrap();
    let fingerprint = who(&client).await.split('"').nth(1).unwrap().to_owned();

    let list = AllowList::new().allow(&ECHO, [fingerprint]);
    let tls = plain.authority.issue(Leaf::here()).server().require_client_certificates(plain.authority.pem());
    let listed = Secured::of(plain.authority, Server::new().interceptor(list).tls(tls.load().unwrap())).await;
    let (certificate, key) = certified.pems();
    let client = listed.builder(listed.trust().certificate(certificate, key)).connect().await.unwrap();
    assert!(client.request::<_, Note>(&ECHO, &Note::default()).await.is_ok());
    let another = listed.builder(listed.trust_as(Leaf::of(&[]))).connect().await.unwrap();
    let status = another.request::<_, Note>(&ECHO, &Note::default()).await.unwrap_err();
    assert_eq!(status.code(), Code::PermissionDenied);
}

#[tokio::test]
async fn what_an_interceptor_finds_out_counts_alone() {
    let tokens = BearerCheck::new(|token| (token == "s3cret").then(|| "alice".to_owned()));
    let list = AllowList::new().allow(&ECHO, ["web.example"]).allow(&WHO, ["alice"]);
    let secured = optional(Server::new().interceptor(tokens).interceptor(list)).await;
    let tls = secured.trust_as(Leaf::of(&["web.example"]));
    let client = secured.builder(tls).interceptor(BearerToken::new("s3cret")).connect().await.unwrap();
    assert!(who(&client).await.starts_with(r#"Some("alice") Some(";web.example;71")"#));
    let status = client.request::<_, Note>(&ECHO, &Note::default()).await.unwrap_err();
    assert_eq!(status.code(), Code::PermissionDenied, "{status}");
}
