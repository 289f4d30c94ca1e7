//! Compiler of svrkit protocols.
