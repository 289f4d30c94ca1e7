//! Bodies that travel compressed: an LZ4 block behind the length of what it holds.
//!
//! The block format is that of LZ4's own description (`lz4_Block_format.md`). What it holds is counted before it is made: a few bytes
//! that stand for gigabytes cost nothing.

use bytes::Bytes;

use super::error::FrameError;

/// Bytes of the length that stands before a block, little-endian.
const LEN_LEN: usize = 4;

/// LZ4 makes no byte of a block into more than so many.
const EXPANSION_MAX: u64 = 255;

/// What `body` is when it is compressed; `None` where it does not get shorter.
#[cfg(feature = "compression")]
pub(crate) fn compress(body: &[u8]) -> Option<Bytes> {
    let len = u32::try_from(body.len()).ok()?;
    let mut out = vec![0; LEN_LEN + lz4_flex::block::get_maximum_output_size(body.len())];
    let (head, block) = out.split_at_mut(LEN_LEN);
    head.copy_from_slice(&len.to_le_bytes());
    let block_len = lz4_flex::block::compress_into(body, block).ok()?;
    out.truncate(LEN_LEN + block_len);
    (out.len() < body.len()).then(|| out.into())
}

/// Without the feature `compression` nothing is.
#[cfg(not(feature = "compression"))]
pub(crate) fn compress(_: &[u8]) -> Option<Bytes> {
    None
}

/// The body that was compressed, of at most `max` bytes.
///
/// # Errors
///
/// [`FrameError::InflatedTooLong`] before anything is inflated, [`FrameError::NotCompressed`] where it is no such block.
pub(crate) fn inflate(body: &[u8], max: u32) -> Result<Bytes, FrameError> {
    let (len, block) = body.split_first_chunk::<LEN_LEN>().ok_or(FrameError::NotCompressed)?;
    let len = u32::from_le_bytes(*len);
    if len > max {
        return Err(FrameError::InflatedTooLong { len, max });
    }
    // A length costs a peer nothing to claim.
    if u64::from(len) > block.len() as u64 * EXPANSION_MAX {
        return Err(FrameError::NotCompressed);
    }
    inflate_block(block, len as usize).ok_or(FrameError::NotCompressed)
}

#[cfg(feature = "compression")]
fn inflate_block(block: &[u8], len: usize) -> Option<Bytes> {
    let body = lz4_flex::block::decompress(block, len).ok()?;
    (body.len() == len).then(|| body.into())
}

#[cfg(not(feature = "compression"))]
fn inflate_block(_: &[u8], _: usize) -> Option<Bytes> {
    None
}

#[cfg(all(test, feature = "compression"))]
mod tests {
    use super::*;

    fn text(len: usize) -> Vec<u8> {
        b"the quick brown fox ".iter().copied().cycle().take(len).collect()
    }

    #[test]
    fn what_was_compressed_comes_back() {
        for len in [20, 100, 1 << 10, 1 << 20] {
            let body = text(len);
            let Some(compressed) = compress(&body) else { continue };
            assert!(compressed.len() < len);
            assert_eq!(inflate(&compressed, len as u32).unwrap(), body, "{len} bytes");
        }
        assert!(compress(&text(1 << 10)).is_some());
    }

    #[test]
    fn a_block_that_was_made_by_hand_is_read() {
        // A letter, 34 bytes from one byte back, five letters: as in the vectors of frames.
        let block = [&[40, 0, 0, 0, 0x1f, b'a', 1, 0, 15, 0x50][..], b"aaaaa"].concat();
        assert_eq!(inflate(&block, 40).unwrap(), [b'a'; 40][..]);
    }

    #[test]
    fn what_does_not_get_shorter_is_left() {
        let mut state = 1_u32;
        let noise = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        });
        let noise: Vec<u8> = noise.take(10_000).collect();
        assert_eq!(compress(&noise), None);
        assert_eq!(compress(b""), None);
    }

    #[test]
    fn what_is_over_the_limit_is_not_inflated() {
        let compressed = compress(&text(1001)).unwrap();
        assert!(inflate(&compressed, 1001).is_ok());
        assert_eq!(inflate(&compressed, 1000), Err(FrameError::InflatedTooLong { len: 1001, max: 1000 }));
    }

    #[test]
    fn a_length_that_no_block_of_its_size_can_have_is_refused_before_room_is_made() {
        let bomb = [&u32::MAX.to_le_bytes()[..], &[0xff; 64]].concat();
        assert_eq!(inflate(&bomb, u32::MAX), Err(FrameError::NotCompressed));
    }

    #[test]
    fn bytes_that_are_no_block_are_refused_wherever_they_are_wrong() {
        let compressed = compress(&text(500)).unwrap();
        for cut in 0..compressed.len() {
            assert!(inflate(&compressed[..cut], 1000).is_err(), "cut at {cut}");
        }
        for at in 0..compressed.len() {
            let mut wrong = compressed.to_vec();
            wrong[at] ^= 0x40;
            // Another text of the same length may come of it, but nothing else.
            if let Ok(body) = inflate(&wrong, 1 << 20) {
                assert_eq!(body.len() as u32, u32::from_le_bytes(wrong[..4].try_into().unwrap()));
            }
        }
        let longer = [&501_u32.to_le_bytes()[..], &compressed[4..]].concat();
        assert_eq!(inflate(&longer, 1000), Err(FrameError::NotCompressed), "more was promised");
        let shorter = [&499_u32.to_le_bytes()[..], &compressed[4..]].concat();
        assert_eq!(inflate(&shorter, 1000), Err(FrameError::NotCompressed), "more came than was said");
    }
}
