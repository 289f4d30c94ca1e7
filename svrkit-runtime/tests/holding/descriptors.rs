//! A server's process that may open 256 files, and has none left.

use std::fs::File;
use std::io;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::{Mutex, MutexGuard};

use svrkit_runtime::wire::frame::{Facts, GoawayReason, Hello, hello_header};
use svrkit_runtime::{Call, Client, Server, Service, ServiceSpec, Spec, Status, Tlv};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::nothing_left::by_itself;
use crate::process::Process;
use crate::support::{ECHO, Note, Raw, Test, words};

const FILES_MAX: u64 = 256;
const ID: u32 = 4600;

/// Opens files until there are no more, and says how many that were.
static TAKE: Spec = Spec::new("test.Files", ID, "Take", 1);
static GIVE_BACK: Spec = Spec::new("test.Files", ID, "GiveBack", 2);
static FILES: ServiceSpec = ServiceSpec::new("test.Files", ID, &[&TAKE, &GIVE_BACK]);

#[derive(Default)]
struct Files(Mutex<Vec<File>>);

impl Files {
    fn lock(&self) -> MutexGuard<'_, Vec<File>> {
        self.0.lock().unwrap()
    }

    /// All there are.
    fn take(&self) -> usize {
        let mut taken = self.lock();
        taken.extend(std::iter::from_fn(|| File::open("/dev/null").ok()));
        taken.len()
    }
}

impl Service for Files {
    fn spec(&self) -> &'static ServiceSpec {
        &FILES
    }

    fn dispatch(&self, call: Call) {
        let number = match call.method_id() {
            1 => self.take() as u64,
            2 => self.lock().drain(..).count() as u64,
            _ => return call.refuse_unknown_method(&FILES),
        };
        let spec = if call.method_id() == 1 { &TAKE } else { &GIVE_BACK };
        call.handle(spec, move |_: Note| async move { Ok::<_, Status>(Note::number(number)) });
    }
}

#[tokio::test]
#[ignore = "the process of other tests' servers"]
async fn serves() {
    Server::new().service(Test::default()).service(Files::default()).serve("127.0.0.1:0").await.unwrap();
}

/// A server that may open so many files, and where it is.
fn start() -> (Process, SocketAddr) {
    let own = std::env::current_exe().unwrap();
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("ulimit -n {FILES_MAX}; exec \"$0\" \"$@\"")).arg(own);
    command.args(["--exact", "descriptors::serves", "--ignored", "--nocapture"]);
    let mut server = Process::spawn(&mut command);
    let address = server.serving().parse().unwrap();
    (server, address)
}

async fn call(client: &Client, spec: &'static Spec) -> u64 {
    client.request::<_, Note>(spec, &Note::default()).await.unwrap().number
}

async fn greet(address: SocketAddr) -> Raw {
    let mut raw = Raw::connect(address).await;
    raw.send(hello_header(), &Hello::default().encode().unwrap()).await;
    raw
}

#[test]
fn a_server_without_files_serves_its_connections_and_takes_new_ones_when_there_are_some() {
    by_itself(async {
        const WAITING: usize = 50;
        let (_server, address) = start();
        let client = Client::connect(address.to_string()).await.unwrap();
        let taken = call(&client, &TAKE).await;
        assert!(taken > FILES_MAX / 2 && taken < FILES_MAX, "{taken}");
        // The system takes them; the server cannot.
        let mut waiting = Vec::new();
        for _ in 0..WAITING {
            waiting.push(greet(address).await);
        }
        for number in 0..1000 {
            let echo = client.request::<_, Note>(&ECHO, &Note::number(number));
            assert_eq!(echo.await.unwrap().number, number, "an old connection goes on");
        }
        let is_greeted = |raw: &Raw| raw.stream.try_read(&mut [0]).is_ok();
        assert!(!waiting.iter().any(is_greeted), "there was no file for them");
        assert_eq!(call(&client, &GIVE_BACK).await, taken);
        for mut raw in waiting {
            assert!(matches!(raw.receive().await.unwrap().header.facts, Facts::Hello { .. }));
        }
        Client::connect(address.to_string()).await.unwrap();
    });
}

#[test]
fn a_flood_of_connections_leaves_files_for_all_else() {
    by_itself(async {
        const FLOOD: usize = 500;
        let (_server, address) = start();
        let client = Client::connect(address.to_string()).await.unwrap();
        let (mut served, mut told, mut cut) = (Vec::new(), 0, 0);
        for _ in 0..FLOOD {
            match first_words(address).await {
                Ok((raw, Facts::Hello { .. }, _)) => served.push(raw),
                Ok((_, Facts::Goaway { reason: GoawayReason::Limit }, words)) => {
                    assert!(words.contains("(peer.share)"), "{words}");
                    told += 1;
                }
                Ok((_, facts, _)) => panic!("{facts:?}"),
                // Whoever floods is not always told.
                Err(_) => cut += 1,
            }
            assert_eq!(client.request::<_, Note>(&ECHO, &Note::number(7)).await.unwrap().number, 7);
        }
        // A quarter of half of the files, and never less than 64; one is the client's.
        assert_eq!((served.len(), served.len() + told + cut), (63, FLOOD));
        assert!(told > 0);
        let taken = call(&client, &TAKE).await;
        println!(
            "{FLOOD} connections: {} served, {told} turned away in words, {cut} without; {taken} files left",
            served.len()
        );
        assert!(taken >= FILES_MAX / 4, "{taken} files are left to handlers");
        assert_eq!(call(&client, &GIVE_BACK).await, taken);
        drop(served);
        while Client::connect(address.to_string()).await.is_err() {}
    });
}

/// A connection, and the first frame that comes on it.
async fn first_words(address: SocketAddr) -> io::Result<(Raw, Facts, String)> {
    let mut stream = TcpStream::connect(address).await?;
    // A server that turns it away may have closed it.
    stream.write_all(&hello_header().to_bytes()).await?;
    stream.readable().await?;
    if stream.peek(&mut [0]).await? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let mut raw = Raw::new(stream);
    let frame = raw.receive().await.ok_or(io::ErrorKind::UnexpectedEof)?;
    let said = match frame.header.facts {
        Facts::Goaway { .. } => words(&frame),
        _ => String::new(),
    };
    Ok((raw, frame.header.facts, said))
}
