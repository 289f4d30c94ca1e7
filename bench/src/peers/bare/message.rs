//! The message as TLV, by hand: protobuf's wire, known fields only, unknown ones refused.

use anyhow::{Context, Result, bail, ensure};
use bytes::{Buf, Bytes};

use crate::peers::Echo;

const ID: u64 = 1 << 3;
const NAME: u64 = 2 << 3 | 2;
const PAYLOAD: u64 = 3 << 3 | 2;

/// The length of the whole message.
pub(super) fn encoded_len(message: &Echo) -> usize {
    let name = 1 + varint_len(message.name.len() as u64) + message.name.len();
    let payload = 1 + varint_len(message.payload.len() as u64) + message.payload.len();
    1 + varint_len(message.id) + name + payload
}

/// Appends `message` to `out`, up to the bytes of the payload: they come last and may be sent from where they are.
pub(super) fn encode_all_but_payload(message: &Echo, out: &mut Vec<u8>) {
    put_varint(ID, out);
    put_varint(message.id, out);
    put_varint(NAME, out);
    put_varint(message.name.len() as u64, out);
    out.extend_from_slice(message.name.as_bytes());
    put_varint(PAYLOAD, out);
    put_varint(message.payload.len() as u64, out);
}

/// Reads a message; the payload stays where it is and is not copied.
pub(super) fn decode(mut body: Bytes) -> Result<Echo> {
    let mut message = Echo {
        id: 0,
        name: String::new(),
        payload: Bytes::new(),
    };
    while body.has_remaining() {
        match take_varint(&mut body)? {
            ID => message.id = take_varint(&mut body)?,
            NAME => message.name = std::str::from_utf8(&take_bytes(&mut body)?)?.to_owned(),
            PAYLOAD => message.payload = take_bytes(&mut body)?,
            key => bail!("unknown key {key}"),
        }
    }
    Ok(message)
}

fn varint_len(value: u64) -> usize {
    (64 - (value | 1).leading_zeros()).div_ceil(7) as usize
}

fn put_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn take_varint(body: &mut Bytes) -> Result<u64> {
    let mut value = 0;
    for (index, byte) in body.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            body.advance(index + 1);
            return Ok(value);
        }
    }
    bail!("a number is cut short or longer than 10 bytes")
}

fn take_bytes(body: &mut Bytes) -> Result<Bytes> {
    let len = usize::try_from(take_varint(body)?).context("a length beyond memory")?;
    ensure!(
        len <= body.len(),
        "a length of {len} with {} bytes left",
        body.len()
    );
    Ok(body.split_to(len))
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost::Message as _;

    /// The same message for a codec nobody here wrote.
    #[derive(Clone, PartialEq, prost::Message)]
    struct Judge {
        #[prost(uint64, tag = "1")]
        id: u64,
        #[prost(string, tag = "2")]
        name: String,
        #[prost(bytes = "bytes", tag = "3")]
        payload: Bytes,
    }

    #[test]
    fn the_bytes_are_protobufs_and_come_back() {
        for (id, name_len, payload_len) in
            [(1, 1, 1), (127, 32, 64), (128, 127, 128), (u64::MAX, 128, 65_536)]
        {
            let message = Echo {
                id,
                name: "n".repeat(name_len),
                payload: vec![9; payload_len].into(),
            };
            let Echo { name, payload, .. } = message.clone();
            let mut bytes = Vec::new();
            encode_all_but_payload(&message, &mut bytes);
            bytes.extend_from_slice(&message.payload);
            assert_eq!(bytes, Judge { id, name, payload }.encode_to_vec());
            assert_eq!(bytes.len(), encoded_len(&message));
            assert_eq!(decode(bytes.into()).unwrap(), message);
        }
    }

    #[test]
    fn broken_bytes_are_an_error() {
        for bytes in [
            &[0x08][..],
            &[0x08, 0x80],
            &[0x12, 2, b'a'],
            &[0x12, 1, 0xff],
            &[0x20, 1],
            &[0xff; 11],
        ] {
            assert!(decode(Bytes::copy_from_slice(bytes)).is_err(), "{bytes:02x?}");
        }
    }
}
