//! The TLV message codec.
