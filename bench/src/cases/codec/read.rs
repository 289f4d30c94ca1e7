//! Reading views, field by field: the same fields for every library.

use ::buffa::{EnumValue, Enumeration, MessageFieldView};
use anyhow::Result;
use svrkit_runtime::wire::tlv::{DecodeError, TlvEnum};

use super::generated::{buffa, svrkit};
use super::views::{Read, ReadThree, Sum};

macro_rules! numbers {
    ($($type:ty, |$value:ident| $number:expr;)*) => {$(
        impl Read for $type {
            #[inline]
            fn read(&self, sum: &mut Sum) -> Result<()> {
                let $value = *self;
                sum.add($number);
                Ok(())
            }
        }
    )*};
}

numbers! {
    bool, |value| u64::from(value);
    u32, |value| u64::from(value);
    u64, |value| value;
    i32, |value| value as u64;
    i64, |value| value as u64;
    f32, |value| u64::from(value.to_bits());
    f64, |value| value.to_bits();
    &str, |value| value.len() as u64;
    &[u8], |value| value.len() as u64;
}

impl<T: Read> Read for Option<T> {
    #[inline]
    fn read(&self, sum: &mut Sum) -> Result<()> {
        match self {
            Some(value) => value.read(sum),
            None => Ok(()),
        }
    }
}

impl<K: Read, V: Read> Read for (K, V) {
    #[inline]
    fn read(&self, sum: &mut Sum) -> Result<()> {
        self.0.read(sum)?;
        self.1.read(sum)
    }
}

impl<T: Read> Read for Result<T, DecodeError> {
    #[inline]
    fn read(&self, sum: &mut Sum) -> Result<()> {
        match self {
            Ok(value) => value.read(sum),
            Err(error) => Err(error.clone().into()),
        }
    }
}

impl Read for svrkit::Severity {
    #[inline]
    fn read(&self, sum: &mut Sum) -> Result<()> {
        self.number().read(sum)
    }
}

impl Read for svrkit::property::ValueView<'_> {
    fn read(&self, sum: &mut Sum) -> Result<()> {
        match self {
            Self::Text(text) => text.read(sum),
            Self::Whole(whole) => whole.read(sum),
            Self::Real(real) => real.read(sum),
            Self::Flag(flag) => flag.read(sum),
        }
    }
}

impl<V: Read> Read for MessageFieldView<V> {
    #[inline]
    fn read(&self, sum: &mut Sum) -> Result<()> {
        match self.as_option() {
            Some(view) => view.read(sum),
            None => Ok(()),
        }
    }
}

impl<E: Enumeration> Read for EnumValue<E> {
    #[inline]
    fn read(&self, sum: &mut Sum) -> Result<()> {
        self.to_i32().read(sum)
    }
}

impl Read for buffa::__buffa::view::oneof::property::Value<'_> {
    fn read(&self, sum: &mut Sum) -> Result<()> {
        match self {
            Self::Text(text) => text.read(sum),
            Self::Whole(whole) => whole.read(sum),
            Self::Real(real) => real.read(sum),
            Self::Flag(flag) => flag.read(sum),
        }
    }
}

/// The fields of every message: those of one value, and lists and maps.
macro_rules! for_each_message {
    ($read:ident) => {
        $read! {
            Profile ProfileView {
                one { uin user_name nick_name sex age level utc_offset balance verified hidden
                country city signature avatar cover registered_at seen_at address session score
                flags friends followers posts sequence status latitude longitude }
                many { items labels }
            }
            Item ItemView {
                one { id name count delta pinned }
                many { }
            }
            Log LogView {
                one { time level process line host service method file trace text }
                many { tags }
            }
            Pair PairView {
                one { key value }
                many { }
            }
            Node NodeView {
                one { id name child }
                many { }
            }
            Folder FolderView {
                one { name size }
                many { files folders }
            }
            File FileView {
                one { name size hash mode }
                many { }
            }
            Maps MapsView {
                one { }
                many { labels counts items }
            }
            Blob BlobView {
                one { id name data }
                many { }
            }
            Numbers NumbersView {
                one { }
                many { ids hashes deltas }
            }
            Answer AnswerView {
                one { request_id status_code message latency_ms cached trace_id retry_after_ms }
                many { tags }
            }
            Record RecordView {
                one { timestamp_nanos service_name instance_id severity message trace_id span_id
                source }
                many { labels }
            }
            Source SourceView {
                one { file line function }
                many { }
            }
            Event EventView {
                one { event_id timestamp user_id }
                many { properties sections }
            }
            Property PropertyView {
                one { key value }
                many { }
            }
            Section SectionView {
                one { name }
                many { attributes children }
            }
            Frame FrameView {
                one { frame_id timestamp_nanos content_type body }
                many { chunks attachments }
            }
            Order OrderView {
                one { id buyer seller state created_at paid_at total currency title note coupon
                ship_to bill_to is_gift weight signature trace }
                many { items history labels }
            }
            Address AddressView {
                one { name street city postcode phone }
                many { }
            }
            Wide WideView {
                one { f1 f2 f3 f4 f6 f7 f9 f12 f13 f14 f15 f16 f17 f18 f22 f23 f24 f25 f29 f30 f59
                f60 f67 f68 f78 f80 f81 f100 f101 f102 f103 f104 f128 f129 f130 f131 f150 f271 f272
                f280 }
                many { f5 }
            }
            Narrow NarrowView {
                one { f1 f2 f3 f12 f13 f14 f15 f16 f19 f20 f21 f22 f23 f28 f203 f204 f205 f206 f207
                f300 }
                many { }
            }
        }
    };
}

macro_rules! read_buffa {
    ($($message:ident $view:ident { one { $($one:ident)* } many { $($many:ident)* } })*) => {$(
        impl Read for buffa::$view<'_> {
            fn read(&self, sum: &mut Sum) -> Result<()> {
                $(self.$one.read(sum)?;)*
                $(for item in self.$many.iter() {
                    item.read(sum)?;
                })*
                Ok(())
            }
        }
    )*};
}

for_each_message! { read_buffa }

macro_rules! read_svrkit {
    ($($message:ident $view:ident { one { $($one:ident)* } many { $($many:ident)* } })*) => {$(
        impl Read for svrkit::$view<'_> {
            fn read(&self, sum: &mut Sum) -> Result<()> {
                $(self.$one().read(sum)?;)*
                $(for item in self.$many() {
                    item.read(sum)?;
                })*
                Ok(())
            }
        }
    )*};
}

for_each_message! { read_svrkit }

impl ReadThree for svrkit::OrderView<'_> {
    fn read_three(&self, sum: &mut Sum) -> Result<()> {
        self.total().read(sum)?;
        self.title().read(sum)?;
        match self.ship_to()? {
            Some(address) => address.city().read(sum),
            None => Ok(()),
        }
    }
}

impl ReadThree for buffa::OrderView<'_> {
    fn read_three(&self, sum: &mut Sum) -> Result<()> {
        self.total.read(sum)?;
        self.title.read(sum)?;
        match self.ship_to.as_option() {
            Some(address) => address.city.read(sum),
            None => Ok(()),
        }
    }
}

impl ReadThree for buffa::OrderLazyView<'_> {
    fn read_three(&self, sum: &mut Sum) -> Result<()> {
        self.total.read(sum)?;
        self.title.read(sum)?;
        match self.ship_to.get()? {
            Some(address) => address.city.read(sum),
            None => Ok(()),
        }
    }
}
