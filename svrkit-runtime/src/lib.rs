//! The runtime of svrkit: what generated code calls.
//!
//! - [`wire`]: TLV records and frames, pure functions of bytes;
//! - [`Service`], [`Call`], [`Answer`]: the dispatcher, which knows no transport;
//! - [`Server`] and [`Client`]: the two ends, over TCP, Unix sockets and in process;
//! - [`types`]: points in time, decimal numbers and other types that many protocols need;
//! - [`Context`]: what travels with a call: its deadline, its [`Priority`];
//! - [`Status`]: how a call ends when it doesn't end well;
//! - [`Limits`]: every limit with its key and default; [`Config`]: where their values come from;
//! - [`metrics`]: what every server and client counts of its calls, without being asked;
//! - [`health`]: whether a server serves and is ready, as a service of every server;
//! - [`reflection`]: what a server serves and what its schemas say of it, as a service of every server;
//! - [`monitoring`]: what a server has counted of its calls, as a service of every server;
//! - [`queue`]: jobs that are accepted at once and done later;
//! - [`testing`]: a server in one line and mocks, for tests of services;
//! - `simulation` (feature `simulation`): servers and clients on a simulated network.
//!
//! # Hand-written messages
//!
//! `#[derive(Tlv)]`, `#[derive(TlvEnum)]` and `#[derive(TlvOneof)]` turn any struct and enum into what generated code
//! uses: see the traits [`Tlv`], [`TlvEnum`] and [`TlvOneof`].

// The derives write `::svrkit_runtime::…`; the kit's own messages use them too.
extern crate self as svrkit_runtime;

mod admin;
mod admission;
mod client;
mod config;
pub mod constraint;
mod context;
mod deadline;
mod dispatch;
mod error_code;
pub mod health;
mod interceptor;
#[cfg(test)]
mod interleaving;
mod limits;
mod log;
pub mod metrics;
mod mode;
mod monitor;
pub mod monitoring;
#[doc(hidden)]
pub mod nearest;
mod one_line;
mod priority;
pub mod queue;
mod race;
mod random;
mod rate;
pub mod reflection;
mod route_key;
mod scratch;
mod server;
#[cfg(feature = "simulation")]
pub mod simulation;
mod spec;
mod status;
mod stream;
mod task;
pub mod testing;
#[cfg(feature = "tls")]
pub mod tls;
mod transport;
mod trust;
pub mod types;
pub mod wire;

pub use bytes::Bytes;

#[doc(hidden)]
pub use admin::admin_request;
pub use admin::{Admin, AdminError};
pub use admission::{
    HeldTier, Load, MethodRules, NotATier, NotHeld, ServerProtection, ServerRules, Tier, UnknownMethod,
};
pub use client::{
    Candidate, Candidates, Client, ClientBuilder, ClientProtection, Endpoint, Marked, OutgoingCall, Picker,
    Request, Resolution, Resolver, Response, WithMarks, wait,
};
pub use config::{
    CONFIG_FILE_LEN_MAX, Config, ConfigBuilder, ConfigError, FAULTS_MAX, Fault, FaultKind, Key, NoNumber,
    NotTaken, Origin, Setting, TEXT_LEN_MAX,
};
pub use context::{Context, NotATrace, Trace, spawn, spawn_blocking};
pub use dispatch::{Answer, Call, Service, ServiceIdTaken};
pub use error_code::ErrorCode;
pub use interceptor::{AllowList, BearerCheck, BearerToken, Envelope, Interceptor, Next, Reply, Side};
#[cfg(feature = "tower")]
pub use interceptor::{Tower, TowerCall, TowerNext};
pub use limits::Limits;
pub use metrics::{Metrics, Snapshot};
pub use mode::Mode;
pub use monitor::{
    CallEnd, CallFacts, CallerBlocked, ClientDecision, ConnectionEnd, ConnectionFacts, Decision, Ending,
    Event, HandlerPanic, LevelChange, Monitor, Recorder, Stages, StreamTotals, TierChange,
};
pub use priority::Priority;
pub use rate::{NotARate, Rate};
pub use route_key::RouteKey;
#[cfg(all(unix, feature = "takeover"))]
pub use server::TakeoverError;
pub use server::{Bound, Drained, ServeError, Server};
pub use spec::{ServiceSpec, Spec, Streaming};
pub use status::{CatalogueEntry, Cause, Code, Layer, OrInternal, Party, Retry, Status, StatusFacts};
pub use stream::{Answers, BothStreams, ClientStream, Receiver, Requests, Sender, ServerStream};
pub use transport::{Address, AddressError, Framing};
pub use trust::Trust;
pub use wire::frame::{Metadata, MetadataEntry};
pub use wire::tlv::{DecodeError, EncodeError, Tlv, TlvEnum, TlvOneof, UnknownFields, Violations};

/// Includes what `build.rs` generated from the crate's protocols: a module for each package.
///
/// ```ignore
/// svrkit_runtime::include_protocols!();
/// ```
#[macro_export]
macro_rules! include_protocols {
    () => {
        include!(concat!(env!("OUT_DIR"), "/svrkit.rs"));
    };
}
