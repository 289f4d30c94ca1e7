//! Admin pages: what a server does, shown by itself, on a port of its own.
//!
//! For whoever has a terminal or a browser and nothing else: plain text for `curl`, HTML for browsers, no file, no script and no
//! dependency beyond the parsing of heads. [`http`] is the protocol, [`access`] who may see, [`page`] what a page is made of, [`pages`] has
//! them, one a file; [`Subject`] is the server as they see it, [`calls`] what they show of its calls. *Absent:* sockets of calls, frames, anything a call waits for.

mod access;
mod answering;
mod calls;
mod error;
mod history;
mod http;
mod listening;
mod page;
mod pages;
mod settings;
mod style;
mod subject;

pub(crate) use self::calls::CallRing;
pub use self::error::AdminError;
#[doc(hidden)]
pub use self::http::admin_request;
pub(crate) use self::listening::{AdminListener, AdminServing};
pub use self::settings::Admin;
pub(crate) use self::settings::keys;
pub(crate) use self::subject::{ConnectionSeen, Overview, Subject};
