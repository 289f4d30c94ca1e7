//! One method of a generated mock: what it answers, what it was asked, how often it should have been.

use std::collections::VecDeque;
use std::fmt;
use std::future::ready;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::times::{Count, Times};
use crate::spec::Spec;
use crate::status::Status;
use crate::status::catalogue::handling;
use crate::stream::{Receiver, Sender};
use crate::wire::tlv::Tlv;

/// What a method of a mock answers, and what it was asked.
///
/// A generated mock has one for each method of its service; every setting can be changed while the mock serves. A method that was
/// told nothing answers UNIMPLEMENTED.
///
/// ```
/// use svrkit_runtime::testing::MockMethod;
/// use svrkit_runtime::{Code, Spec, Status};
///
/// static ORDERS_GET: Spec = Spec::new("shop.Orders", 2310, "Get", 2);
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// // As a generated `OrdersMock` has it in its field `get`, here with simpler types than messages.
/// let get = MockMethod::<u64, String>::new(&ORDERS_GET);
/// get.fails_once(Status::unavailable("not yet"));
/// get.answers(|id| Ok::<_, Status>(format!("order {id}")));
/// get.expect(1..=2);
///
/// assert_eq!(get.call(7).await.unwrap_err().code(), Code::Unavailable);
/// assert_eq!(get.call(8).await.unwrap(), "order 8");
/// assert_eq!(get.requests(), [7, 8]);
/// # }
/// ```
///
/// A clone is another handle of the same method. What is [expected](Self::expect) is checked when the first handle is dropped, which a
/// test keeps: clones of a mock serve.
pub struct MockMethod<Req, Resp> {
    spec: &'static Spec,
    state: Arc<Mutex<State<Req, Resp>>>,
    /// Not a clone.
    is_first: bool,
}

type Answer<Resp> = Pin<Box<dyn Future<Output = Result<Resp, Status>> + Send>>;
type Rule<Req, Resp> = Arc<dyn Fn(&Req) -> Answer<Resp> + Send + Sync>;

struct State<Req, Resp> {
    /// One call each, in their order.
    once: VecDeque<Rule<Req, Resp>>,
    /// Every call after those.
    always: Option<Rule<Req, Resp>>,
    requests: Vec<Arc<Req>>,
    expected: Option<Times>,
}

impl<Req, Resp> MockMethod<Req, Resp>
where
    Req: Send + Sync + 'static,
    Resp: Send + 'static,
{
    /// A method that was told nothing yet.
    #[must_use]
    pub fn new(spec: &'static Spec) -> Self {
        let state = State { once: VecDeque::new(), always: None, requests: Vec::new(), expected: None };
        Self { spec, state: Arc::new(Mutex::new(state)), is_first: true }
    }

    /// Answers every call with this message: `()` for oneway methods, a list for those that stream answers.
    pub fn returns(&self, response: Resp) -> &Self
    where
        Resp: Clone + Sync,
    {
        self.answers(move |_| Ok::<_, Status>(response.clone()))
    }

    /// Answers the next call that nothing was said of with this message. Several stand in line.
    pub fn returns_once(&self, response: Resp) -> &Self
    where
        Resp: Clone + Sync,
    {
        self.answers_once(move |_| Ok::<_, Status>(response.clone()))
    }

    /// Ends every call with this status, or error of the service.
    pub fn fails(&self, error: impl Into<Status>) -> &Self {
        let status = error.into();
        self.answers(move |_| Err(status.clone()))
    }

    /// Ends the next call that nothing was said of with this status, or error of the service.
    pub fn fails_once(&self, error: impl Into<Status>) -> &Self {
        let status = error.into();
        self.answers_once(move |_| Err(status.clone()))
    }

    /// Answers every call as `handler` does.
    pub fn answers<E: Into<Status>>(
        &self,
        handler: impl Fn(&Req) -> Result<Resp, E> + Send + Sync + 'static,
    ) -> &Self {
        self.answers_async(move |request| ready(handler(request).map_err(Into::into)))
    }

    /// Answers the next call that nothing was said of as `handler` does.
    pub fn answers_once<E: Into<Status>>(
        &self,
        handler: impl Fn(&Req) -> Result<Resp, E> + Send + Sync + 'static,
    ) -> &Self {
        self.lock().once.push_back(rule(move |request| ready(handler(request).map_err(Into::into))));
        self
    }

    /// Answers every call as `handler` does in its time: a future that never ends is a server that never answers.
    pub fn answers_async<F>(&self, handler: impl Fn(&Req) -> F + Send + Sync + 'static) -> &Self
    where
        F: Future<Output = Result<Resp, Status>> + Send + 'static,
    {
        self.lock().always = Some(rule(handler));
        self
    }

    /// Says how often it is to be called: `2`, `1..=3`, `1..`. Checked when the mock that the test made is dropped: by a panic, which
    /// fails the test.
    pub fn expect(&self, times: impl Into<Times>) -> &Self {
        self.lock().expected = Some(times.into());
        self
    }

    /// How often it was called.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.lock().requests.len()
    }

    /// What it was asked, in the order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Req>
    where
        Req: Clone,
    {
        self.lock().requests.iter().map(|request| Req::clone(request)).collect()
    }

    /// Answers one call. Generated mocks call this, and the next three.
    ///
    /// # Errors
    ///
    /// What it was told to end with; UNIMPLEMENTED where it was told nothing.
    pub async fn call(&self, request: Req) -> Result<Resp, Status> {
        let request = Arc::new(request);
        let rule = {
            let mut state = self.lock();
            state.requests.push(Arc::clone(&request));
            state.once.pop_front().or_else(|| state.always.clone())
        };
        // Called without the lock: a handler may look at what was asked.
        match rule {
            Some(rule) => rule(&request).await,
            None => Err(self.untold()),
        }
    }

    fn untold(&self) -> Status {
        let method = self.spec;
        handling::mock_untold(method, Count(self.calls()), method.method)
    }
}

impl<Req, Resp> MockMethod<Req, Vec<Resp>>
where
    Req: Send + Sync + 'static,
    Resp: Tlv + Send + 'static,
{
    /// Answers one call with many messages: those of the list, and then the stream's good end.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call); the caller's, who has left.
    pub async fn call_server_stream(&self, request: Req, mut out: Sender<Resp>) -> Result<(), Status> {
        for message in self.call(request).await? {
            out.send(&message).await?;
        }
        Ok(())
    }
}

impl<Req, Resp> MockMethod<Vec<Req>, Resp>
where
    Req: Tlv + Send + Sync + 'static,
    Resp: Send + 'static,
{
    /// Answers one call of many messages once it has all of them: they are its request.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call); the stream's, where it does not come to its end.
    pub async fn call_client_stream(&self, mut requests: Receiver<Req>) -> Result<Resp, Status> {
        let mut all = Vec::new();
        while let Some(request) = requests.next().await? {
            all.push(request);
        }
        self.call(all).await
    }
}

impl<Req, Resp> MockMethod<Req, Vec<Resp>>
where
    Req: Tlv + Send + Sync + 'static,
    Resp: Tlv + Send + 'static,
{
    /// Answers each message of a call with those of a list, as it comes: each counts as a call here.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call); the stream's, where it does not come to its end.
    pub async fn call_both_streams(
        &self,
        mut requests: Receiver<Req>,
        mut out: Sender<Resp>,
    ) -> Result<(), Status> {
        while let Some(request) = requests.next().await? {
            for message in self.call(request).await? {
                out.send(&message).await?;
            }
        }
        Ok(())
    }
}

impl<Req, Resp> MockMethod<Req, Resp> {
    /// Each change under the lock is one operation of a collection: a panic cannot leave it half done.
    fn lock(&self) -> MutexGuard<'_, State<Req, Resp>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<Req, Resp> Clone for MockMethod<Req, Resp> {
    fn clone(&self) -> Self {
        Self { spec: self.spec, state: Arc::clone(&self.state), is_first: false }
    }
}

impl<Req, Resp> Drop for MockMethod<Req, Resp> {
    fn drop(&mut self) {
        // A test that fails already has said why.
        if !self.is_first || std::thread::panicking() {
            return;
        }
        let (calls, expected) = {
            let state = self.lock();
            (state.requests.len(), state.expected)
        };
        if let Some(expected) = expected.filter(|expected| !expected.has(calls)) {
            panic!("{} was expected {expected}, and was called {}", self.spec, Count(calls));
        }
    }
}

impl<Req, Resp> fmt::Debug for MockMethod<Req, Resp> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("MockMethod")
            .field("method", &format_args!("{}", self.spec))
            .field("calls", &state.requests.len())
            .field("expected", &state.expected)
            .finish_non_exhaustive()
    }
}

fn rule<Req, Resp, F>(handler: impl Fn(&Req) -> F + Send + Sync + 'static) -> Rule<Req, Resp>
where
    F: Future<Output = Result<Resp, Status>> + Send + 'static,
{
    Arc::new(move |request| Box::pin(handler(request)))
}
