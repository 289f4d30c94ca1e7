//! Waiting without an async main: one runtime on a thread of its own, for the whole process.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread;

use tokio::runtime::{Builder, Handle};

use super::request::Request;
use super::response::Response;
use crate::status::Status;
use crate::status::catalogue::calling;

/// Waits for a request, or for whatever else ends with a [`Status`], where no async runtime is: in scripts and tools.
///
/// ```
/// use svrkit_runtime::{Client, Spec, Status, Tlv, wait};
/// # use svrkit_runtime::{Call, Server, Service, ServiceSpec};
///
/// # #[derive(Clone, Debug, Default, PartialEq, Tlv)]
/// # struct Text { #[tlv(1)] text: String }
/// # static GREET: Spec = Spec::new("hello.Greeter", 2001, "Greet", 1);
/// # static GREETER: ServiceSpec = ServiceSpec::new("hello.Greeter", 2001, &[&GREET]);
/// # struct Greeter;
/// # impl Service for Greeter {
/// #     fn spec(&self) -> &'static ServiceSpec { &GREETER }
/// #     fn dispatch(&self, call: Call) { call.handle(&GREET, |text: Text| async move { Ok(text) }) }
/// # }
/// # struct GreeterClient(Client);
/// # impl GreeterClient {
/// #     async fn connect(address: &str) -> Result<Self, Status> { Client::connect(address).await.map(Self) }
/// #     fn greet(&self, request: &Text) -> svrkit_runtime::Request<Text> { self.0.request(&GREET, request) }
/// # }
/// fn greet(address: &str) -> Result<(), Status> {
///     let greeter = wait(GreeterClient::connect(address))?;
///     println!("{}", greeter.greet(&Text { text: "Hello!".into() }).wait()?.text);
///     Ok(())
/// }
/// # let server = wait(async { Ok(svrkit_runtime::testing::TestServer::start(Greeter).await) }).unwrap();
/// # greet(server.address()).unwrap();
/// ```
///
/// Any number of threads may wait at once, with clients of their own or with one. What serves them is a single thread, which the first
/// wait starts and which lives as long as the process.
///
/// # Errors
///
/// Those of the future. FAILED_PRECONDITION within a tokio runtime, whose thread would be blocked: await it there.
pub fn wait<T>(future: impl Future<Output = Result<T, Status>>) -> Result<T, Status> {
    if Handle::try_current().is_ok() {
        return Err(calling::wait_within_runtime());
    }
    runtime()?.block_on(future)
}

impl<R: Response> Request<R> {
    /// Sends it and [waits](wait) for its end, where no async runtime is. A oneway request has left when this returns: the program
    /// may end after it.
    ///
    /// # Errors
    ///
    /// Those of the request; FAILED_PRECONDITION within a tokio runtime.
    pub fn wait(self) -> Result<R, Status> {
        wait(self.until_written())
    }
}

/// The one that all waits share, started by the first of them.
fn runtime() -> Result<Handle, Status> {
    static RUNTIME: Mutex<Option<Handle>> = Mutex::new(None);
    // A start that panicked has left nothing behind: the next one tries again.
    let mut runtime = RUNTIME.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(runtime) = &*runtime {
        return Ok(runtime.clone());
    }
    let started = start().map_err(|error| calling::wait_without_runtime(&error).source_io(error))?;
    Ok(runtime.insert(started).clone())
}

/// A runtime that a thread of its own keeps going.
fn start() -> io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    let thread = thread::Builder::new().name("svrkit-wait".into());
    thread.spawn(move || runtime.block_on(std::future::pending::<()>()))?;
    Ok(handle)
}
