//! Why certificates and keys are not loaded: each fault by its file, and what to do.

use svrkit_runtime::tls::{ClientTls, PEM_LEN_MAX, Pem, ServerTls, TlsError};
use svrkit_runtime::{ServeError, Server};

use crate::authority::{Authority, Certified, Leaf};
use crate::support::{Folder, Test};

fn load(certified: &Certified) -> TlsError {
    certified.server().load().unwrap_err()
}

#[track_caller]
fn check(error: &TlsError, expected: &str) {
    assert_eq!(error.to_string(), expected);
    assert_eq!(format!("{error:?}"), expected, "main prints it so");
}

#[test]
fn what_is_no_certificate_and_key_is_told() {
    let authority = Authority::new("ca");
    let right = authority.issue(Leaf::here());
    let with_certificate =
        |certificate: &str| load(&Certified { certificate: certificate.into(), ..right.clone() });
    let with_key = |key: &str| load(&Certified { key: key.into(), ..right.clone() });
    let bytes = "the PEM bytes of the program";
    check(
        &with_certificate("nothing"),
        &format!("{bytes} has no certificate: it takes PEM with BEGIN CERTIFICATE in it"),
    );
    check(
        &with_certificate(&right.key),
        &format!("{bytes} has no certificate: it takes PEM with BEGIN CERTIFICATE in it"),
    );
    check(
        &with_certificate("-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n"),
        &format!("a certificate in {bytes} cannot be read: it is damaged, or no X.509 of version 3"),
    );
    check(
        &with_certificate("-----BEGIN CERTIFICATE-----\naGVsbG8="),
        &format!("{bytes} is no PEM: a section has no END line; write the file anew"),
    );
    check(
        &with_certificate("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"),
        &format!("{bytes} is no PEM: a section is no base64; write the file anew"),
    );
    check(
        &with_key(&right.certificate),
        &format!("{bytes} has no private key: it takes PEM with BEGIN PRIVATE KEY in it"),
    );
    check(
        &with_key("-----BEGIN ENCRYPTED PRIVATE KEY-----\naGVsbG8=\n-----END ENCRYPTED PRIVATE KEY-----\n"),
        &format!(
            "the private key in {bytes} is encrypted: store it decrypted, for the program alone to read"
        ),
    );
    check(
        &with_key("-----BEGIN PRIVATE KEY-----\naGVsbG8=\n-----END PRIVATE KEY-----\n"),
        &format!(
            "the private key in {bytes} cannot be used: it takes ECDSA of P-256 or P-384, Ed25519 and RSA of 2048 bits or more"
        ),
    );
    check(
        &with_key(&authority.issue(Leaf::here()).key),
        &format!(
            "the private key in {bytes} is not that of the first certificate in {bytes}: give the two that belong together"
        ),
    );
}

#[test]
fn what_nobody_would_take_today_is_not_loaded() {
    let authority = Authority::new("ca");
    let bytes = "the PEM bytes of the program";
    check(
        &load(&authority.issue(Leaf::here().valid(2000, 2001))),
        &format!(
            "the certificate in {bytes} expired on 2001-01-01T00:00:00Z: issue another, or see whether this machine's clock is right"
        ),
    );
    check(
        &load(&authority.issue(Leaf::here().valid(3000, 3001))),
        &format!(
            "the certificate in {bytes} is not valid before 3000-01-01T00:00:00Z: see whether this machine's clock is right"
        ),
    );
    let (certificate, key) = authority.issue(Leaf::here().valid(2000, 2001)).pems();
    let client = ClientTls::builder(authority.pem()).certificate(certificate, key).load();
    assert!(matches!(client, Err(TlsError::Expired { .. })));
}

#[test]
fn files_are_told_by_their_names() {
    let (folder, authority) = (Folder::new("tls-loading"), Authority::new("ca"));
    let (_, key) = authority.issue(Leaf::here()).pems();
    let path = folder.0.join("tls.crt");
    let error = || ServerTls::builder(Pem::file(&path), key.clone()).load().unwrap_err().to_string();
    let gone = error();
    assert!(gone.starts_with(&format!("cannot read {}: No such file", path.display())), "{gone}");
    assert!(gone.ends_with("; correct the path, or who may read it"), "{gone}");
    std::fs::write(&path, vec![b'\n'; PEM_LEN_MAX as usize]).unwrap();
    assert!(error().contains("has no certificate"));
    std::fs::write(&path, vec![b'\n'; PEM_LEN_MAX as usize + 1]).unwrap();
    assert!(error().contains("has more than 1048576 bytes (PEM_LEN_MAX)"));
}

#[test]
fn whom_to_trust_is_told_as_well() {
    let bytes = "the PEM bytes of the program";
    let nobody = ClientTls::builder(Pem::bytes("")).load().unwrap_err();
    check(&nobody, &format!("{bytes} has no certificate: it takes PEM with BEGIN CERTIFICATE in it"));
    let authority = Authority::new("ca");
    let right = authority.issue(Leaf::here());
    let error = right.server().require_client_certificates(Pem::bytes(&*right.key)).load().unwrap_err();
    check(&error, &format!("{bytes} has no certificate: it takes PEM with BEGIN CERTIFICATE in it"));
    let error = ClientTls::builder(authority.pem()).server_name("not a name").load().unwrap_err();
    check(&error, "the server name `not a name` is neither a DNS name nor an IP address");
}

#[test]
fn nothing_that_is_printed_shows_a_key() {
    let certified = Authority::new("ca").issue(Leaf::here());
    let builder = certified.server();
    let shown = format!("{builder:?} {:?} {:?}", builder.clone().load().unwrap(), certified.pems());
    let secret: Vec<&str> = certified.key.lines().filter(|line| !line.starts_with("--")).collect();
    assert!(!secret.is_empty() && secret.iter().all(|line| !shown.contains(line)), "{shown}");
    // What is broken is not shown either: it may be half of a key.
    let broken = certified.key.replace("-----END PRIVATE KEY-----", "");
    let error = load(&Certified { key: broken, ..certified.clone() }).to_string();
    assert!(secret.iter().all(|line| !error.contains(line)), "{error}");
}

#[tokio::test]
async fn a_server_does_not_start_without_its_certificate() {
    let config = svrkit_runtime::Config::builder()
        .set("tls.certificate", "/nowhere/tls.crt")
        .set("tls.key", "/nowhere/tls.key")
        .load()
        .unwrap();
    let error = Server::new().config(&config).service(Test::default()).bind("127.0.0.1:0").await.unwrap_err();
    assert!(matches!(error, ServeError::Tls(TlsError::Unreadable { .. })), "{error}");
}
