//! A server of a shop, in this process, with and without what its schema says.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use svrkit_runtime::{
    Bound, Call, Context, ErrorCode, Receiver, Sender, Server, Service, ServiceSpec, Spec, Status, Streaming,
    Tlv,
};
use tokio::sync::oneshot;

use crate::support::Folder;

pub(crate) const SCHEMA: &str = r#"<protocol package="shop" version="1">
  <doc>A shop.</doc>
  <enum name="Color"><value name="RED" number="0"/><value name="BLUE" number="1"/></enum>
  <message name="Item">
    <doc>Something to sell.</doc>
    <field tag="1" name="name" type="string" max-len="20"><doc>What it is called.</doc></field>
    <field tag="2" name="count" type="u64"/>
    <field tag="3" name="color" type="Color"/>
    <field tag="4" name="parts" type="Item" repeated="true"/>
    <map tag="5" name="labels" key="string" value="string"/>
    <oneof name="price"><field tag="6" name="cents" type="u32"/><field tag="7" name="gift" type="bool"/></oneof>
  </message>
  <message name="Left"><field tag="1" name="count" type="u64"/></message>
  <errors name="ShopError">
    <error name="SOLD_OUT" code="1001" retry="never" detail="Left"><doc>Nothing left to sell.</doc></error>
  </errors>
  <service name="Orders" id="3001">
    <doc>Takes orders.</doc>
    <method name="Place" id="1" request="Item" response="Item" errors="ShopError" timeout="30s">
      <doc>Places an order.</doc>
    </method>
    <method name="Watch" id="2" request="Item" response="Item" stream="server"/>
    <method name="Sum" id="3" request="Item" response="Item" stream="client" timeout="30s"/>
    <method name="Echo" id="4" request="Item" response="Item" stream="both" timeout="30s"/>
    <method name="Forget" id="5" request="Item" oneway="true"/>
    <method name="Wait" id="6" request="Item" response="Item" timeout="30s"/>
  </service>
</protocol>"#;

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
struct Item {
    #[tlv(1)]
    name: String,
    #[tlv(2)]
    count: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
struct Left {
    #[tlv(1)]
    count: u64,
}

#[derive(Clone, Debug, PartialEq, ErrorCode)]
enum ShopError {
    #[error_code(1001, retry = "never", message = "nothing left")]
    SoldOut(Left),
    #[error_code(unknown)]
    Unknown(u32),
}

const fn method(name: &'static str, id: u16) -> Spec {
    Spec::new("shop.Orders", 3001, name, id).timeout(Duration::from_secs(30))
}

static PLACE: Spec = method("Place", 1);
static WATCH: Spec = method("Watch", 2).streaming(Streaming::Server);
static SUM: Spec = method("Sum", 3).streaming(Streaming::Client);
static ECHO: Spec = method("Echo", 4).streaming(Streaming::Both);
static FORGET: Spec = method("Forget", 5).oneway();
static WAIT: Spec = method("Wait", 6);

static METHODS: &[&Spec] = &[&PLACE, &WATCH, &SUM, &ECHO, &FORGET, &WAIT];

struct Shop(&'static ServiceSpec);

impl Service for Shop {
    fn spec(&self) -> &'static ServiceSpec {
        self.0
    }

    fn dispatch(&self, call: Call) {
        match call.method_id() {
            1 => call.handle(&PLACE, place),
            2 => call.handle_server_stream(&WATCH, watch),
            3 => call.handle_client_stream(&SUM, sum),
            4 => call.handle_both_streams(&ECHO, echo),
            5 => call.handle_oneway(&FORGET, |_: Item| async { Ok(()) }),
            6 => call.handle(&WAIT, |_: Item| std::future::pending::<Result<Item, Status>>()),
            _ => call.refuse_unknown_method(self.0),
        }
    }
}

/// Answers with what the call brought beside the request, where it is asked for.
async fn place(item: Item) -> Result<Item, Status> {
    let context = Context::current();
    let text = |key: &str| context.metadata(key).map(|value| String::from_utf8_lossy(value).into_owned());
    match item.name.as_str() {
        "gone" => Err(ShopError::SoldOut(Left { count: item.count }).into()),
        "nameless" => Err(Status::not_found("there is no such item")),
        "tenant" => Ok(Item { name: text("tenant").unwrap_or_default(), ..item }),
        "priority" => {
            let class = context.priority().map_or(0, |priority| priority.class);
            Ok(Item { count: class.into(), ..item })
        }
        _ => Ok(item),
    }
}

async fn watch(item: Item, mut out: Sender<Item>) -> Result<(), Status> {
    for count in 1..=item.count {
        out.send(&Item { count, ..item.clone() }).await?;
    }
    match item.name.as_str() {
        "forever" => std::future::pending().await,
        "fails" => Err(Status::unavailable("the watch has ended")),
        _ => Ok(()),
    }
}

async fn sum(mut items: Receiver<Item>) -> Result<Item, Status> {
    let mut sum = Item::default();
    while let Some(item) = items.next().await? {
        sum.count += item.count;
        sum.name.push_str(&item.name);
    }
    Ok(sum)
}

async fn echo(mut items: Receiver<Item>, mut out: Sender<Item>) -> Result<(), Status> {
    while let Some(item) = items.next().await? {
        out.send(&item).await?;
    }
    Ok(())
}

/// The shop, serving until it is dropped.
pub(crate) struct ShopServer {
    pub(crate) address: String,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<thread::JoinHandle<()>>,
}

impl ShopServer {
    /// One that is described.
    pub(crate) fn start() -> Self {
        Self::start_with(descriptors(), |server| server)
    }

    /// One with these descriptors, changed by `change` before it is bound.
    pub(crate) fn start_with(
        descriptors: &'static [u8],
        change: impl FnOnce(Server) -> Server + Send + 'static,
    ) -> Self {
        Self::start_at("127.0.0.1:0", descriptors, change)
    }

    /// The same at an address, where one was before.
    pub(crate) fn start_at(
        address: &str,
        descriptors: &'static [u8],
        change: impl FnOnce(Server) -> Server + Send + 'static,
    ) -> Self {
        let address = address.to_owned();
        let (tell, bound) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let serving = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let spec = ServiceSpec::new("shop.Orders", 3001, METHODS).descriptors(descriptors);
                let server = change(Server::new().service(Shop(Box::leak(Box::new(spec)))));
                let server: Bound = server.bind(&address).await.unwrap();
                tell.send(server.local_addr().to_string()).unwrap();
                tokio::select! {
                    _ = server.run_until(std::future::pending()) => {}
                    _ = stopped => {}
                }
            });
        });
        Self { address: bound.recv().unwrap(), stop: Some(stop), serving: Some(serving) }
    }
}

impl Drop for ShopServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(serving) = self.serving.take() {
            let _ = serving.join();
        }
    }
}

/// What the schema says, as generated code would have it.
pub(crate) fn descriptors() -> &'static [u8] {
    let folder = Folder::new();
    let schema = folder.write("shop.xml", SCHEMA);
    svrkit_gen::Config::new().descriptors([schema]).unwrap().into_bytes().leak()
}
