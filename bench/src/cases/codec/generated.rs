//! The messages as each library's generator writes them, one module a library and choice of containers.

/// As it comes; maps are `BTreeMap`, bytes are `Bytes`. The same file holds the messages of `echo`.
pub(super) mod svrkit {
    mod whole {
        svrkit_runtime::include_protocols!();
    }

    pub(crate) use whole::bench::codec::*;
}

/// As it comes; maps are std's `HashMap`, bytes are `Vec<u8>`.
pub(super) mod prost {
    #![allow(
        clippy::all,
        clippy::allow_attributes_without_reason,
        dead_code,
        unreachable_pub,
        reason = "another's generator wrote it"
    )]
    include!(concat!(env!("OUT_DIR"), "/prost/bench.codec.rs"));
}

/// With svrkit's containers.
pub(super) mod prost_same {
    #![allow(
        clippy::all,
        clippy::allow_attributes_without_reason,
        dead_code,
        unreachable_pub,
        reason = "another's generator wrote it"
    )]
    include!(concat!(env!("OUT_DIR"), "/prost_same/bench.codec.rs"));
}

/// As it comes; maps are `HashMap` with foldhash, bytes are `Vec<u8>`. With views, and lazy ones.
pub(super) mod buffa {
    #[allow(
        clippy::all,
        clippy::allow_attributes_without_reason,
        dead_code,
        unreachable_pub,
        rust_2018_idioms,
        reason = "another's generator wrote it"
    )]
    mod whole {
        include!(concat!(env!("OUT_DIR"), "/buffa/all.rs"));
    }

    pub(crate) use whole::bench::codec::*;
}

/// With svrkit's containers.
pub(super) mod buffa_same {
    #[allow(
        clippy::all,
        clippy::allow_attributes_without_reason,
        dead_code,
        unreachable_pub,
        rust_2018_idioms,
        reason = "another's generator wrote it"
    )]
    mod whole {
        include!(concat!(env!("OUT_DIR"), "/buffa_same/all.rs"));
    }

    pub(crate) use whole::bench::codec::*;
}

/// As it comes; maps are std's `HashMap`, texts and bytes are borrowed from what was read.
pub(super) mod quick_protobuf {
    #[allow(
        clippy::all,
        clippy::allow_attributes_without_reason,
        dead_code,
        unreachable_pub,
        rust_2018_idioms,
        reason = "another's generator wrote it"
    )]
    mod whole {
        include!(concat!(env!("OUT_DIR"), "/quick_protobuf/mod.rs"));
    }

    pub(crate) use whole::bench::codec::*;
}
