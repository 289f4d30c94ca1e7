//! TLS by configuration: files and the environment set it, and half of it is refused.

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{Client, Code, Config, ConfigBuilder, Server};

use crate::authority::{Authority, Leaf};
use crate::support::{ECHO, Folder, Note, Test};

/// A folder with certificates of a server and a client, and of their CA.
fn stored(name: &str) -> (Folder, impl Fn(&str) -> String) {
    let (folder, authority) = (Folder::new(name), Authority::new("ca"));
    let path = folder.0.clone();
    let of = move |file: &str| path.join(file).display().to_string();
    std::fs::write(of("ca.crt"), authority.text()).unwrap();
    for (side, leaf) in [("server", Leaf::here()), ("client", Leaf::of(&["web.example"]))] {
        let certified = authority.issue(leaf);
        std::fs::write(of(&format!("{side}.crt")), certified.certificate).unwrap();
        std::fs::write(of(&format!("{side}.key")), certified.key).unwrap();
    }
    (folder, of)
}

async fn serve(config: &Config) -> TestServer {
    TestServer::start(Server::new().config(config).service(Test::default())).await
}

#[tokio::test]
async fn a_file_and_the_environment_make_both_sides_prove_themselves() {
    let (folder, of) = stored("tls-config");
    let file = folder.0.join("shop.toml");
    let text = format!(
        "[tls]\ncertificate = {:?}\nkey = {:?}\nclient_ca = {:?}\n",
        of("server.crt"),
        of("server.key"),
        of("ca.crt")
    );
    std::fs::write(&file, text).unwrap();
    let config = Config::builder().file(&file).load().unwrap();
    let server = serve(&config).await;

    let variables = [("CA", "ca.crt"), ("CERTIFICATE", "client.crt"), ("KEY", "client.key")];
    let variables = variables.map(|(name, file)| (format!("SVRKIT__TLS__{name}"), of(file)));
    let client = Config::builder().variables(variables).load().unwrap();
    let client = Client::builder(server.address()).config(&client).connect().await.unwrap();
    assert_eq!(client.request::<_, Note>(&ECHO, &Note::number(7)).await.unwrap().number, 7);

    let nobody = Config::builder().set("tls.ca", of("ca.crt")).load().unwrap();
    let status = Client::builder(server.address()).config(&nobody).connect().await.unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated, "{status}");

    let shown = format!("{config} {config:?}");
    let key = std::fs::read_to_string(of("server.key")).unwrap();
    assert!(shown.contains("server.key"));
    assert!(key.lines().filter(|line| !line.starts_with("--")).all(|line| !shown.contains(line)));
}

#[tokio::test]
async fn clients_may_be_nobody_where_that_is_said() {
    let (_folder, of) = stored("tls-config-optional");
    let config = Config::builder()
        .set("tls.certificate", of("server.crt"))
        .set("tls.key", of("server.key"))
        .set("tls.client_ca", of("ca.crt"))
        .set("tls.client_optional", "true")
        .load()
        .unwrap();
    let server = serve(&config).await;
    let config =
        Config::builder().set("tls.ca", of("ca.crt")).set("tls.server_name", "localhost").load().unwrap();
    let client = Client::builder(server.address()).config(&config).connect().await.unwrap();
    assert_eq!(client.request::<_, Note>(&ECHO, &Note::number(7)).await.unwrap().number, 7);
}

#[test]
fn half_of_it_is_refused() {
    let (_folder, of) = stored("tls-config-half");
    let with = |set: &[(&'static str, &str)]| {
        let set = set
            .iter()
            .fold(Config::builder(), |builder: ConfigBuilder, (key, value)| builder.set(*key, of(value)));
        set.load().unwrap()
    };
    let server = |set: &[(&'static str, &str)]| with(set).server_tls().unwrap_err().to_string();
    let client = |set: &[(&'static str, &str)]| with(set).client_tls().unwrap_err().to_string();
    let missing = |set, missing| format!("{set} is set, and {missing} is not: set both, or neither");
    assert_eq!(server(&[("tls.certificate", "server.crt")]), missing("tls.certificate", "tls.key"));
    assert_eq!(server(&[("tls.key", "server.key")]), missing("tls.key", "tls.certificate"));
    assert_eq!(server(&[("tls.client_ca", "ca.crt")]), missing("tls.client_ca", "tls.certificate"));
    assert_eq!(client(&[("tls.server_name", "localhost")]), missing("tls.server_name", "tls.ca"));
    assert_eq!(
        client(&[("tls.ca", "ca.crt"), ("tls.certificate", "client.crt")]),
        missing("tls.certificate", "tls.key")
    );
    let optional = Config::builder().set("tls.client_optional", "true");
    assert_eq!(
        optional.load().unwrap().server_tls().unwrap_err().to_string(),
        missing("tls.client_optional", "tls.certificate")
    );
    assert!(with(&[]).server_tls().unwrap().is_none() && with(&[]).client_tls().unwrap().is_none());
}
