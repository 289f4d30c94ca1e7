//! `cargo svrkit call` of queued methods, and what is described of them.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use svrkit_runtime::queue::{MemoryQueue, Offer, QueueSpec, QueuedMethod, Work, Worked};
use svrkit_runtime::{Call, Retry, Service, ServiceSpec, Spec, Status, Tlv};

use crate::shop::{ShopServer, descriptors};
use crate::support::{Ended, Folder};

const SCHEMA: &str = r#"<protocol package="post">
  <message name="Letter"><field tag="1" name="to" type="string"/></message>
  <service name="Post" id="3002">
    <method name="Send" id="1" request="Letter" response="Letter" queue="letters" queue-rate="30/min burst 9"
        queue-workers="2" queue-lease="90s"/>
  </service>
</protocol>"#;

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
struct Letter {
    #[tlv(1)]
    to: String,
}

static SEND: Spec = Spec::new("post.Post", 3002, "Send", 1).queue(QueueSpec::new("letters"));

static METHODS: &[&Spec] = &[&SEND];

enum Send {}

impl QueuedMethod for Send {
    type Request = Letter;
    type Response = Letter;
    const SPEC: &'static Spec = &SEND;
}

struct Post(&'static ServiceSpec);

impl Service for Post {
    fn spec(&self) -> &'static ServiceSpec {
        self.0
    }

    fn dispatch(&self, call: Call) {
        call.handle_queued(Offer::<Send>::enqueue);
    }

    fn work(&self, work: Work) -> Worked {
        work.run(&SEND, |letter: Letter| async move {
            match &*letter.to {
                "nobody" => Err(Status::not_found("nobody lives there").retry(Retry::Never)),
                _ => Ok(letter),
            }
        })
    }
}

fn post() -> ShopServer {
    let folder = Folder::new();
    let schema = folder.write("post.xml", SCHEMA);
    let described: &[u8] = svrkit_gen::Config::new().descriptors([schema]).unwrap().into_bytes().leak();
    let spec = ServiceSpec::new("post.Post", 3002, METHODS).descriptors(described);
    let spec: &'static ServiceSpec = Box::leak(Box::new(spec));
    ShopServer::start_with(descriptors(), move |server| {
        server.service(Post(spec)).queue(Arc::new(MemoryQueue::default()))
    })
}

fn call(server: &ShopServer, words: &[&str]) -> Ended {
    Folder::new().svrkit([&["call", &server.address], words].concat())
}

/// Asks until the job has ended.
#[track_caller]
fn ended(server: &ShopServer, job: &str, code: i32, stdout: &str, stderr: &str) {
    let begun = Instant::now();
    loop {
        let asked = call(server, &["Send", "--state", job]);
        if !asked.stderr.contains("waits") && !asked.stderr.contains("is being done") {
            return asked.check(code, stdout, stderr);
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{}", asked.stderr);
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_queued_method_is_answered_with_a_ticket_and_asked_for_its_job() {
    let server = post();
    let job = "000102030405060708090a0b0c0d0e0f";
    let letter = r#"{"to": "Ada"}"#;
    let ticket = format!("{{\"job\":\"{job}\",\"known\":false}}\n");
    call(&server, &["Post.Send", letter, "--job", job]).check(0, &ticket, "");
    ended(&server, job, 0, "{\"to\":\"Ada\"}\n", "");
    call(&server, &["Post.Send", letter, "--job", job]).check(0, &ticket.replace("false", "true"), "");

    let other = "ff0102030405060708090a0b0c0d0e0f";
    call(&server, &["Send", r#"{"to": "nobody"}"#, "--job", other]);
    let dead =
        format!("job {other} is a dead letter after 1 attempts: NOT_FOUND: nobody lives there (Send)\n");
    ended(&server, other, 1, "", &dead);
    let unknown = "ee0102030405060708090a0b0c0d0e0f";
    let said = format!("job {unknown} is not known: it was never accepted, or is forgotten by now\n");
    ended(&server, unknown, 1, "", &said);

    let random = call(&server, &["Send", letter]);
    assert!(
        random.stdout.starts_with("{\"job\":\"") && random.stdout.len() == ticket.len(),
        "{}",
        random.stdout
    );
    call(&server, &["Place", "--state", job]).check(2, "", "error: Place is not queued: it has no jobs\n");
    let wrong = call(&server, &["Send", "--state", "nonsense"]);
    assert!(wrong.stderr.contains("32 hexadecimal digits"), "{}", wrong.stderr);
}

#[test]
fn a_queue_is_described_in_the_words_of_its_schema() {
    let server = post();
    let described = Folder::new().svrkit(["describe", &server.address, "post.Post"]);
    let words = ", queue letters, queue-rate 30/min burst 9, queue-workers 2, queue-lease 90s";
    assert!(described.stdout.contains(words), "{}", described.stdout);
}
