//! A collector: takes what is posted to it, and reads it by prost, with the tags that OpenTelemetry's own files have
//! (`opentelemetry/proto/trace/v1/trace.proto` and those it imports).

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use prost::Message;
use tokio::net::TcpListener;

#[derive(Clone, PartialEq, Message)]
pub(crate) struct ExportRequest {
    #[prost(message, repeated, tag = "1")]
    pub(crate) resource_spans: Vec<ResourceSpans>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct ResourceSpans {
    #[prost(message, optional, tag = "1")]
    pub(crate) resource: Option<Resource>,
    #[prost(message, repeated, tag = "2")]
    scope_spans: Vec<ScopeSpans>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Resource {
    #[prost(message, repeated, tag = "1")]
    pub(crate) attributes: Vec<Attribute>,
}

#[derive(Clone, PartialEq, Message)]
struct ScopeSpans {
    #[prost(message, repeated, tag = "2")]
    spans: Vec<CollectedSpan>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct CollectedSpan {
    #[prost(bytes, tag = "1")]
    pub(crate) trace_id: Vec<u8>,
    #[prost(bytes, tag = "2")]
    pub(crate) span_id: Vec<u8>,
    #[prost(bytes, tag = "4")]
    pub(crate) parent_span_id: Vec<u8>,
    #[prost(string, tag = "5")]
    pub(crate) name: String,
    #[prost(int32, tag = "6")]
    pub(crate) kind: i32,
    #[prost(fixed64, tag = "7")]
    pub(crate) start_time_unix_nano: u64,
    #[prost(fixed64, tag = "8")]
    pub(crate) end_time_unix_nano: u64,
    #[prost(message, repeated, tag = "9")]
    attributes: Vec<Attribute>,
    #[prost(message, optional, tag = "15")]
    pub(crate) status: Option<SpanStatus>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct SpanStatus {
    #[prost(string, tag = "2")]
    pub(crate) message: String,
    #[prost(int32, tag = "3")]
    pub(crate) code: i32,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Attribute {
    #[prost(string, tag = "1")]
    pub(crate) key: String,
    #[prost(message, optional, tag = "2")]
    value: Option<Value>,
}

#[derive(Clone, PartialEq, Message)]
struct Value {
    #[prost(string, optional, tag = "1")]
    text: Option<String>,
}

impl Attribute {
    pub(crate) fn text(&self) -> &str {
        self.value.as_ref().unwrap().text.as_deref().unwrap()
    }
}

impl CollectedSpan {
    pub(crate) fn attribute(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|attribute| attribute.key == key).map(Attribute::text)
    }
}

/// Answers what is posted with the statuses it was given, one after the other, and then with 200.
pub(crate) struct Collector {
    address: SocketAddr,
    taken: Arc<Mutex<Vec<ExportRequest>>>,
}

impl Collector {
    pub(crate) async fn start(answers: Vec<StatusCode>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let taken = Arc::new(Mutex::new(Vec::new()));
        let answers = Arc::new(Mutex::new(VecDeque::from(answers)));
        tokio::spawn({
            let taken = Arc::clone(&taken);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let (taken, answers) = (Arc::clone(&taken), Arc::clone(&answers));
                    let service =
                        service_fn(move |request| answer(request, Arc::clone(&taken), Arc::clone(&answers)));
                    let connection = hyper::server::conn::http1::Builder::new();
                    tokio::spawn(connection.serve_connection(TokioIo::new(stream), service));
                }
            }
        });
        Self { address, taken }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn requests(&self) -> Vec<ExportRequest> {
        self.taken.lock().unwrap().clone()
    }

    pub(crate) fn spans(&self) -> Vec<CollectedSpan> {
        let requests = self.requests();
        let scopes =
            requests.into_iter().flat_map(|request| request.resource_spans).flat_map(|of| of.scope_spans);
        scopes.flat_map(|scope| scope.spans).collect()
    }
}

async fn answer(
    request: Request<Incoming>,
    taken: Arc<Mutex<Vec<ExportRequest>>>,
    answers: Arc<Mutex<VecDeque<StatusCode>>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    assert_eq!((request.method().as_str(), request.uri().path()), ("POST", "/v1/traces"));
    assert_eq!(request.headers()["content-type"], "application/x-protobuf");
    let body = request.into_body().collect().await.unwrap().to_bytes();
    taken.lock().unwrap().push(ExportRequest::decode(body).unwrap());
    let status = answers.lock().unwrap().pop_front().unwrap_or(StatusCode::OK);
    // Nobody is to wait in a test.
    let response = Response::builder().status(status).header("retry-after", "0");
    Ok(response.body(Full::default()).unwrap())
}
