//! The closed sets a status is made of, with their numbers on the wire.
//!
//! A number this version does not know reads as the set's "unknown" member: a status must always be readable.

use std::fmt;

/// Defines a closed set with stable wire numbers; unknown numbers read as `$unknown`.
macro_rules! wire_numbers {
    ($(#[$doc:meta])* $name:ident, unknown = $unknown:ident, $($(#[$vdoc:meta])* $variant:ident = $number:literal, $text:literal;)+) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$vdoc])* $variant,)+
        }

        impl $name {
            /// The number on the wire.
            #[must_use]
            pub const fn number(self) -> u8 {
                match self { $(Self::$variant => $number,)+ }
            }

            /// Reads a number off the wire.
            #[must_use]
            pub const fn from_number(number: u8) -> Self {
                match number {
                    $($number => Self::$variant,)+
                    _ => Self::$unknown,
                }
            }

            /// The word people see.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

wire_numbers! {
    /// How a call ended: gRPC's codes, with their numbers and meanings.
    Code, unknown = Unknown,
    /// It was answered.
    Ok = 0, "OK";
    /// The caller gave up.
    Cancelled = 1, "CANCELLED";
    /// No better code is known, or the peer used one this version does not know.
    Unknown = 2, "UNKNOWN";
    /// The request breaks a rule whatever the state of the system.
    InvalidArgument = 3, "INVALID_ARGUMENT";
    /// The time given ran out; the call may have had its effect all the same.
    DeadlineExceeded = 4, "DEADLINE_EXCEEDED";
    /// What was asked for does not exist.
    NotFound = 5, "NOT_FOUND";
    /// What was to be made exists.
    AlreadyExists = 6, "ALREADY_EXISTS";
    /// The caller is known and may not do this.
    PermissionDenied = 7, "PERMISSION_DENIED";
    /// Some capacity is used up.
    ResourceExhausted = 8, "RESOURCE_EXHAUSTED";
    /// The system is not in the state this call needs; also the default of a service's own errors.
    FailedPrecondition = 9, "FAILED_PRECONDITION";
    /// Given up because of a race with another call.
    Aborted = 10, "ABORTED";
    /// Past the end of what is there.
    OutOfRange = 11, "OUT_OF_RANGE";
    /// No such service or method at this endpoint.
    Unimplemented = 12, "UNIMPLEMENTED";
    /// The callee is broken: a defect, not a state.
    Internal = 13, "INTERNAL";
    /// The callee cannot be reached or does not take calls now.
    Unavailable = 14, "UNAVAILABLE";
    /// Data is lost or corrupt.
    DataLoss = 15, "DATA_LOSS";
    /// It is not known who calls.
    Unauthenticated = 16, "UNAUTHENTICATED";
}

wire_numbers! {
    /// Why a call was refused before its handler, where it was.
    Cause, unknown = Unknown,
    /// It was not refused.
    None = 0, "none";
    /// The queue was full, or the call stood in it for too long.
    Queue = 1, "queue";
    /// A rate limit.
    Rate = 2, "rate";
    /// Too many calls at once.
    Concurrency = 3, "concurrency";
    /// The admission level is above the call's priority.
    Level = 4, "level";
    /// Too little time was left to start it.
    Deadline = 5, "deadline";
    /// The server is about to stop.
    Draining = 6, "draining";
    /// This caller or user is blocked for a time.
    Blocked = 7, "blocked";
    /// A message or its metadata is over a limit.
    Size = 8, "size";
    /// The method is refused under this load, as its schema says.
    Tier = 9, "tier";
    /// A cause this version does not know.
    Unknown = 255, "unknown";
}

impl Cause {
    /// Whether the callee has too much to do, or too much of this: in a calmer hour it would have taken the call.
    pub(crate) fn is_load(self) -> bool {
        matches!(self, Self::Queue | Self::Rate | Self::Concurrency | Self::Level | Self::Tier)
    }
}

wire_numbers! {
    /// Who can mend it.
    Party, unknown = Unknown,
    /// Nobody was named.
    Unknown = 0, "unknown";
    /// The one who calls: its request, its configuration.
    Caller = 1, "caller";
    /// What lies between the two.
    Network = 2, "network";
    /// The one who is called.
    Callee = 3, "callee";
    /// Somebody the callee itself depends on.
    Downstream = 4, "callee's callee";
}

wire_numbers! {
    /// The layer in which a call failed.
    Layer, unknown = Unknown,
    /// Nobody said.
    Unknown = 0, "unknown";
    /// Finding or reaching the endpoint.
    Connect = 1, "connect";
    /// The two hellos: other protocol, no common version.
    Handshake = 2, "handshake";
    /// Bytes and frames of an open connection.
    Transport = 3, "transport";
    /// Turning a message into bytes or back.
    Codec = 4, "codec";
    /// Limits and protection before the handler.
    Admission = 5, "admission";
    /// Finding the service and the method.
    Dispatch = 6, "dispatch";
    /// The handler itself.
    Handler = 7, "handler";
    /// The caller's own waiting: deadline, cancel.
    Client = 8, "client";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_reads_back_and_strange_ones_read_as_unknown() {
        for number in 0..=16 {
            assert_eq!(Code::from_number(number).number(), number);
        }
        assert_eq!(Code::from_number(17), Code::Unknown);
        assert_eq!(Cause::from_number(99), Cause::Unknown);
        for number in 0..=8 {
            assert_eq!(Cause::from_number(number).number(), number);
            assert_eq!(Layer::from_number(number).number(), number);
        }
        for number in 0..=4 {
            assert_eq!(Party::from_number(number).number(), number);
        }
        assert_eq!(Party::from_number(5), Party::Unknown);
        assert_eq!(Layer::from_number(200), Layer::Unknown);
    }
}
