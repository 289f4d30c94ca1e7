//! What one message may cost.

/// Default of `decode.memory`: bytes of heap that one decode may hold.
pub const DECODE_MEMORY_DEFAULT: usize = 32 * 1024 * 1024;
/// Default of `decode.depth`: messages inside one another, below the outermost.
pub const DECODE_DEPTH_DEFAULT: u32 = 64;
/// Default of `message.out`: bytes of one message we send.
pub const MESSAGE_OUT_DEFAULT: usize = 64 * 1024 * 1024;

/// What the bytes of a stranger may make us spend in one decode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeLimits {
    /// `decode.memory`: bytes of heap that may be held, counted by capacity and before they are allocated,
    /// kept unknown records included. [`DECODE_MEMORY_DEFAULT`] unless set.
    pub memory: usize,
    /// `decode.depth`: how many messages may stand inside one another below the outermost.
    /// [`DECODE_DEPTH_DEFAULT`] unless set; the stack has to bear what is set.
    pub depth: u32,
}

impl Default for DecodeLimits {
    fn default() -> Self {
        Self { memory: DECODE_MEMORY_DEFAULT, depth: DECODE_DEPTH_DEFAULT }
    }
}
