//! Derives of svrkit.
