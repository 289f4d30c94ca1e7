//! Frames: the 32-byte header and what stands behind it.
