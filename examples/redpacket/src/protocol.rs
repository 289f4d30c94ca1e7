//! Messages, clients and servers of the three services, as their schemas say.

#[allow(missing_docs, unreachable_pub, reason = "generated")]
mod generated {
    svrkit_runtime::include_protocols!();
}

pub use self::generated::redpacket::*;
