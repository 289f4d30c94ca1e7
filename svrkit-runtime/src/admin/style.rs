//! How pages look: one sheet, which stands in each of them.
//!
//! A page that answers a drain can load nothing any more: its server is gone. So the sheet is not asked for, and the content-security policy
//! lets it pass by its hash, and no other one.

/// The sheet.
pub(super) const SHEET: &str = include_str!("style.css");

/// What a content-security policy calls it (CSP level 3, section 2.3.1).
pub(super) const SOURCE: &str = "'sha256-IOv8HVoWO/7YCggnlsnP4OQo3s77gt2L4vX4F+w4LHU='";

#[cfg(all(test, feature = "tls"))]
mod tests {
    use super::*;

    fn base64(bytes: &[u8]) -> String {
        const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::new();
        for three in bytes.chunks(3) {
            let bits =
                three.iter().chain([0, 0].iter()).take(3).fold(0, |bits, byte| bits << 8 | u32::from(*byte));
            for digit in 0..4 {
                let is_there = digit <= three.len();
                let value = (bits >> (18 - 6 * digit)) as usize & 63;
                text.push(if is_there { char::from(DIGITS[value]) } else { '=' });
            }
        }
        text
    }

    #[test]
    fn the_policy_lets_this_sheet_pass() {
        let hash = ring::digest::digest(&ring::digest::SHA256, SHEET.as_bytes());
        assert_eq!(SOURCE, format!("'sha256-{}'", base64(hash.as_ref())), "write it into SOURCE");
        assert!(!SHEET.contains('<'), "nothing in it ends it");
    }
}
