//! What may be wrong with books, by name.

use std::fmt;

/// What is wrong with the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// What was issued is not what is opened and what is left.
    Unbalanced {
        /// Fen, or parts, that were issued.
        issued: u64,
        /// Those that are opened.
        opened: u64,
        /// Those that are left.
        left: u64,
        /// Of what: `"fen"` or `"parts"`.
        of: &'static str,
    },
    /// The parts of a packet are not what is in it.
    PartsOff {
        /// The packet.
        packet: u64,
        /// What is in it.
        fen: u64,
        /// What its parts are.
        parts: u64,
    },
    /// A packet does not know how many of its parts were opened.
    Miscounted {
        /// The packet.
        packet: u64,
        /// How many it says.
        says: u64,
        /// How many there are.
        opened: u64,
    },
    /// A user has opened a packet twice.
    OpenedTwice {
        /// The user.
        user: u64,
        /// The packet.
        packet: u64,
    },
    /// A part was opened by two.
    PartTwice {
        /// The packet.
        packet: u64,
        /// Which part, from 0.
        part: u32,
    },
    /// What was opened is no part of a packet, or another amount than that part's.
    NoSuchPart {
        /// Who has opened it.
        user: u64,
        /// The packet.
        packet: u64,
        /// Which part, from 0.
        part: u32,
    },
    /// Who has opened a part was told another amount, or it is not kept that the part was opened.
    PromiseBroken {
        /// The user.
        user: u64,
        /// The packet.
        packet: u64,
        /// What the user was told.
        fen: u64,
    },
    /// An opened part is not credited.
    NotCredited {
        /// Who has opened it.
        user: u64,
        /// The packet.
        packet: u64,
    },
    /// An opened part is credited twice.
    CreditedTwice {
        /// To whom.
        user: u64,
        /// The packet.
        packet: u64,
    },
    /// Another amount is credited than was opened.
    CreditOff {
        /// To whom.
        user: u64,
        /// The packet.
        packet: u64,
        /// What was opened; 0: nothing.
        opened: u64,
        /// What is credited.
        credited: u64,
    },
    /// A balance is not the sum of what was credited.
    BalanceOff {
        /// Whose.
        user: u64,
        /// What it is.
        balance: u64,
        /// What it ought to be.
        credited: u64,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unbalanced { issued, opened, left, of } => {
                write!(f, "{issued} {of} were issued, but {opened} are opened and {left} are left")
            }
            Self::PartsOff { packet, fen, parts } => {
                write!(f, "packet {packet} has {fen} fen, but its parts have {parts}")
            }
            Self::Miscounted { packet, says, opened } => {
                write!(f, "packet {packet} says that {says} of its parts are opened, but {opened} are")
            }
            Self::OpenedTwice { user, packet } => write!(f, "user {user} has opened packet {packet} twice"),
            Self::PartTwice { packet, part } => write!(f, "part {part} of packet {packet} was opened twice"),
            Self::NoSuchPart { user, packet, part } => {
                write!(f, "user {user} has opened part {part} of packet {packet}, which has none such")
            }
            Self::PromiseBroken { user, packet, fen } => {
                write!(
                    f,
                    "user {user} was told of {fen} fen in packet {packet}, of which the packet knows nothing"
                )
            }
            Self::NotCredited { user, packet } => {
                write!(f, "user {user} has opened packet {packet}, and was not credited")
            }
            Self::CreditedTwice { user, packet } => {
                write!(f, "user {user} was credited twice for packet {packet}")
            }
            Self::CreditOff { user, packet, opened, credited } => {
                write!(
                    f,
                    "user {user} has opened {opened} fen in packet {packet}, and was credited {credited}"
                )
            }
            Self::BalanceOff { user, balance, credited } => {
                write!(f, "user {user} has a balance of {balance} fen, but was credited {credited}")
            }
        }
    }
}
