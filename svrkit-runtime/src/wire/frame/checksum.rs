//! A checksum behind a frame: CRC-32C (Castagnoli, RFC 3720 B.4) of its header, metadata and body.
//!
//! TCP's own sum has 16 bits, and sees nothing of what a machine on the way does to a packet before it is summed again (Stone and
//! Partridge, "When the CRC and TCP Checksum Disagree", 2000).

/// Bytes of a checksum, little-endian.
pub(crate) const CHECKSUM_LEN: usize = 4;

/// The checksum of bytes one behind the other.
#[cfg(feature = "checksum")]
pub(crate) fn checksum(pieces: &[&[u8]]) -> [u8; CHECKSUM_LEN] {
    pieces.iter().fold(0, |sum, piece| crc32c::crc32c_append(sum, piece)).to_le_bytes()
}

/// Without the feature `checksum` no frame has one: none is asked for and none is taken.
#[cfg(not(feature = "checksum"))]
pub(crate) fn checksum(_: &[&[u8]]) -> [u8; CHECKSUM_LEN] {
    [0; CHECKSUM_LEN]
}

#[cfg(all(test, feature = "checksum"))]
mod tests {
    use super::*;

    #[test]
    fn the_sums_of_rfc_3720_come_out() {
        for (bytes, sum) in [
            (vec![0; 32], 0x8a91_36aa_u32),
            (vec![0xff; 32], 0x62a8_ab43),
            ((0..32).collect(), 0x46dd_794e),
            ((0..32).rev().collect(), 0x113f_db5c),
        ] {
            assert_eq!(checksum(&[&bytes]), sum.to_le_bytes());
            assert_eq!(checksum(&[&bytes[..7], &[], &bytes[7..]]), sum.to_le_bytes(), "in pieces");
        }
    }
}
