//! Where pages may be.

use std::future::pending;

use svrkit_runtime::{Admin, Config, ServeError, Server};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use crate::client::Answer;
use crate::support::{Folder, Test};

async fn refused(admin: impl Into<Admin>) -> String {
    let error = Server::new().service(Test::default()).admin(admin).bind("127.0.0.1:0").await.unwrap_err();
    assert!(matches!(error, ServeError::Admin { .. }), "{error}");
    error.to_string()
}

#[tokio::test]
async fn pages_that_other_machines_reach_need_a_token() {
    let words = "no admin pages on 0.0.0.0:0: other machines reach this address: set a token (admin.token), \
                 or listen on 127.0.0.1 (admin.listen)";
    assert_eq!(refused("0.0.0.0:0").await, words);
    let short = Admin::on("127.0.0.1:0").token("fifteen bytes..");
    assert!(
        refused(short)
            .await
            .ends_with("the token has 15 bytes and needs 16 at least, of chance (admin.token)")
    );
    let admin = Admin::on("0.0.0.0:0").token("sixteen bytes...");
    let bound = Server::new().service(Test::default()).admin(admin).bind("127.0.0.1:0").await.unwrap();
    assert!(bound.admin_addr().unwrap().ip().is_unspecified());
}

#[tokio::test]
async fn pages_have_a_port_that_is_theirs() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    assert!(refused(&*address).await.contains("another process has this port"));
    assert!(refused("unix:/tmp/pages").await.ends_with("admin pages need host:port (admin.listen)"));
    assert!(refused("nonsense").await.ends_with("(admin.listen)"));
}

#[tokio::test]
async fn a_configuration_says_whether_there_are_pages_and_for_whom() {
    let bound = async |config: &Config| {
        Server::new().config(config).service(Test::default()).bind("127.0.0.1:0").await
    };
    let silent = Config::builder().load().unwrap();
    assert_eq!(bound(&silent).await.unwrap().admin_addr(), None);
    let open = Config::builder().set("admin.listen", "127.0.0.1:0").load().unwrap();
    assert!(bound(&open).await.unwrap().admin_addr().is_some());
    let reachable = Config::builder().set("admin.listen", "0.0.0.0:0").load().unwrap();
    assert!(bound(&reachable).await.is_err());
    let locked = Config::builder()
        .set("admin.listen", "0.0.0.0:0")
        .set("admin.token", "sixteen bytes...")
        .load()
        .unwrap();
    assert!(bound(&locked).await.unwrap().admin_addr().is_some());
    assert!(!format!("{:?} {locked}", locked.admin()).contains("sixteen"));
}

#[tokio::test]
async fn a_successor_has_its_pages_where_its_predecessor_has_them() {
    let folder = Folder::new("admin-takeover");
    let server = |pages: String| Server::new().service(Test::default()).takeover(folder.path()).admin(pages);
    let first = server("127.0.0.1:0".into()).bind("127.0.0.1:0").await.unwrap();
    let (address, pages) = (first.local_addr().to_string(), first.admin_addr().unwrap());
    let first = tokio::spawn(first.run_until(pending()));
    let second = server(pages.to_string()).bind(&address).await.unwrap();
    assert_eq!(second.admin_addr(), Some(pages));
    let second = tokio::spawn(second.run_until(pending()));
    // The first one ends when the second one serves; from then on it alone answers here.
    first.await.unwrap();
    let mut stream = TcpStream::connect(pages).await.unwrap();
    stream.write_all(b"GET /ready HTTP/1.0\r\n\r\n").await.unwrap();
    assert_eq!(Answer::read(stream).await.status, 200);
    second.abort();
}
