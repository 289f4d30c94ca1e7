//! What a peer's frames must never do to a server or a client, whatever they are and whatever order they come in.
//!
//! Over Unix sockets: a try is a connection, and there are more of them than ports.

pub(crate) mod client;
mod script;
pub(crate) mod server;

use std::cell::RefCell;
use std::panic;
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};

use svrkit_runtime::{Call, Service, ServiceSpec, Spec, Tlv};
use tokio::runtime::{Builder, Runtime};

/// Panics of this process, those included that a task keeps to itself.
static PANICS: AtomicU64 = AtomicU64::new(0);

const ID: u32 = 77;

static ECHO: Spec = Spec::new("fuzz.Frames", ID, "Echo", 1);
/// Never answers.
static WAIT: Spec = Spec::new("fuzz.Frames", ID, "Wait", 2);
static FRAMES: ServiceSpec = ServiceSpec::new("fuzz.Frames", ID, &[&ECHO, &WAIT]);

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "fuzz.Number")]
struct Number {
    #[tlv(1)]
    number: u64,
}

struct Frames;

impl Service for Frames {
    fn spec(&self) -> &'static ServiceSpec {
        &FRAMES
    }

    fn dispatch(&self, call: Call) {
        match call.method_id() {
            1 => call.handle(&ECHO, |number: Number| async move { Ok(number) }),
            2 => call
                .handle(&WAIT, |_: Number| std::future::pending::<Result<Number, svrkit_runtime::Status>>()),
            _ => call.refuse_unknown_method(&FRAMES),
        }
    }
}

thread_local! {
    static RUNTIME: RefCell<Option<Runtime>> = const { RefCell::new(None) };
}

/// Runs it on a runtime of this thread, and has it panic if anything did meanwhile.
fn on_runtime<T>(work: impl Future<Output = T>) -> T {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            PANICS.fetch_add(1, Ordering::Relaxed);
            before(info);
        }));
    });
    let panics = PANICS.load(Ordering::Relaxed);
    let done = RUNTIME.with_borrow_mut(|runtime| {
        let new = || Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
        runtime.get_or_insert_with(new).block_on(work)
    });
    assert_eq!(PANICS.load(Ordering::Relaxed), panics, "a task panicked");
    done
}

/// A path for a socket of this process and thread.
fn socket(name: &str) -> std::path::PathBuf {
    let thread = format!("{:?}", std::thread::current().id());
    let number: String = thread.chars().filter(char::is_ascii_digit).collect();
    std::env::temp_dir().join(format!("svrkit-fuzz-{}-{number}-{name}", std::process::id()))
}
