//! Messages around one value: to and from that value.

use bytes::Bytes;

use super::{BoolValue, BytesValue, F32Value, F64Value, I32Value, I64Value, StringValue, U32Value, U64Value};

macro_rules! wrappers {
    ($($wrapper:ident: $type:ty;)*) => {$(
        impl From<$type> for $wrapper {
            fn from(value: $type) -> Self {
                Self { value, ..Self::default() }
            }
        }

        impl From<$wrapper> for $type {
            fn from(wrapper: $wrapper) -> Self {
                wrapper.value
            }
        }
    )*};
}

wrappers! {
    BoolValue: bool;
    I32Value: i32;
    I64Value: i64;
    U32Value: u32;
    U64Value: u64;
    F32Value: f32;
    F64Value: f64;
    StringValue: String;
    BytesValue: Bytes;
}

impl From<&str> for StringValue {
    fn from(value: &str) -> Self {
        value.to_owned().into()
    }
}

impl From<Vec<u8>> for BytesValue {
    fn from(value: Vec<u8>) -> Self {
        Bytes::from(value).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::tlv::Tlv;

    #[test]
    fn a_wrapper_is_a_message_of_one_field() {
        assert_eq!(U64Value::from(150).encode().unwrap(), b"\x08\x96\x01");
        assert_eq!(I32Value::from(0).encode().unwrap(), b"");
        assert_eq!(F64Value::from(-0.0).encode().unwrap(), b"\x09\0\0\0\0\0\0\0\x80");
        assert_eq!(StringValue::from("a").encode().unwrap(), b"\x0a\x01a");
        assert_eq!(BytesValue::from(vec![1]).encode().unwrap(), b"\x0a\x01\x01");
        assert_eq!((i64::from(I64Value::from(-7)), bool::from(BoolValue::from(true))), (-7, true));
    }
}
