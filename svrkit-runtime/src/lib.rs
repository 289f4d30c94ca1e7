//! Runtime of svrkit.
