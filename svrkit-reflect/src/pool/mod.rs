//! Descriptors that were checked and linked: every name leads to its definition, fields are found by tag and by name.
//!
//! What comes out of a pool are small handles that borrow from it: [`MessageDescriptor`], [`FieldDescriptor`],
//! [`EnumDescriptor`], [`MethodDescriptor`]. The reading of bytes is not done here.

mod enumeration;
mod error;
mod field;
mod link;
mod linked;
mod message;
mod method;
mod name;
mod part;
mod scalar;
mod well_known;

use std::collections::HashMap;

use svrkit_runtime::Tlv;
use svrkit_runtime::wire::tlv::DecodeLimits;

pub use self::enumeration::EnumDescriptor;
pub use self::error::{PoolError, PoolErrorKind};
pub use self::field::{Cardinality, FieldDescriptor, FieldType};
pub use self::message::MessageDescriptor;
pub use self::method::MethodDescriptor;
pub use self::scalar::Scalar;
pub(crate) use self::well_known::WellKnown;
use crate::descriptor::{DescriptorSet, ErrorSet, Service};

/// Definitions of any number of schemas, to be looked up by full name.
///
/// ```
/// use svrkit_reflect::Pool;
/// use svrkit_reflect::descriptor::{DescriptorSet, Enum, EnumValue};
///
/// let value = EnumValue { name: "RED".to_owned(), ..EnumValue::default() };
/// let color = Enum { name: "shop.Color".to_owned(), values: vec![value], ..Enum::default() };
/// let pool = Pool::new([DescriptorSet { enums: vec![color], ..DescriptorSet::default() }])?;
/// assert_eq!(pool.enumeration("shop.Color").unwrap().value_of_number(0).unwrap().name, "RED");
/// assert!(pool.message("shop.Color").is_none());
/// # Ok::<(), svrkit_reflect::PoolError>(())
/// ```
#[derive(Debug)]
pub struct Pool {
    names: HashMap<Box<str>, Definition>,
    messages: Vec<linked::Message>,
    enums: Vec<linked::Enum>,
    error_sets: Vec<ErrorSet>,
    services: Vec<linked::Service>,
}

/// Where the definition of a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Definition {
    Message(usize),
    Enum(usize),
    ErrorSet(usize),
    Service(usize),
}

impl Definition {
    fn at(self) -> usize {
        match self {
            Self::Message(at) | Self::Enum(at) | Self::ErrorSet(at) | Self::Service(at) => at,
        }
    }
}

impl Pool {
    /// The definitions of all these sets. What several of them define has to be the same in all.
    ///
    /// # Errors
    ///
    /// Names that lead nowhere, two of one name or tag, and whatever else readers could not work with.
    pub fn new(sets: impl IntoIterator<Item = DescriptorSet>) -> Result<Self, PoolError> {
        link::link(sets)
    }

    /// The definitions of one encoded set, under the default limits of a decode.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new), and bytes that are no set.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PoolError> {
        Self::from_bytes_with(bytes, &DecodeLimits::default())
    }

    /// The definitions of one encoded set, under the given limits of a decode. What is linked takes a few times the memory
    /// of what was decoded.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new), and bytes that are no set.
    pub fn from_bytes_with(bytes: &[u8], limits: &DecodeLimits) -> Result<Self, PoolError> {
        let set = DescriptorSet::decode_with(bytes, limits)
            .map_err(|error| PoolError::new("", PoolErrorKind::Decode(error)))?;
        Self::new([set])
    }

    /// The message that an `Any` names: protobuf's own types are the kit's, where only those are there.
    pub(crate) fn held_by_any(&self, name: &str) -> Option<MessageDescriptor<'_>> {
        self.message(name).or_else(|| self.message(&well_known::kit_name(name)?))
    }

    /// The message of this full name.
    pub fn message(&self, name: &str) -> Option<MessageDescriptor<'_>> {
        match self.names.get(name) {
            Some(Definition::Message(at)) => Some(MessageDescriptor::new(self, *at)),
            _ => None,
        }
    }

    /// The enum of this full name.
    pub fn enumeration(&self, name: &str) -> Option<EnumDescriptor<'_>> {
        match self.names.get(name) {
            Some(Definition::Enum(at)) => Some(EnumDescriptor::new(self, *at)),
            _ => None,
        }
    }

    /// The set of errors of this full name.
    pub fn error_set(&self, name: &str) -> Option<&ErrorSet> {
        match self.names.get(name) {
            Some(Definition::ErrorSet(at)) => self.error_sets.get(*at),
            _ => None,
        }
    }

    /// The service of this full name.
    pub fn service(&self, name: &str) -> Option<&Service> {
        match self.names.get(name) {
            Some(Definition::Service(at)) => Some(&self.services[*at].source),
            _ => None,
        }
    }

    /// A method by the full name of its service and its own: `("shop.Orders", "Place")`.
    pub fn method(&self, service: &str, method: &str) -> Option<MethodDescriptor<'_>> {
        let Some(Definition::Service(at)) = self.names.get(service) else { return None };
        self.methods_at(*at).find(|it| it.source().name == method)
    }

    /// The methods of a service, in the order of its file.
    pub fn methods(&self, service: &str) -> impl Iterator<Item = MethodDescriptor<'_>> {
        let at = match self.names.get(service) {
            Some(Definition::Service(at)) => Some(*at),
            _ => None,
        };
        at.into_iter().flat_map(|at| self.methods_at(at))
    }

    /// Every message, in the order of the sets.
    pub fn messages(&self) -> impl Iterator<Item = MessageDescriptor<'_>> {
        (0..self.messages.len()).map(|at| MessageDescriptor::new(self, at))
    }

    /// Every enum, in the order of the sets.
    pub fn enums(&self) -> impl Iterator<Item = EnumDescriptor<'_>> {
        (0..self.enums.len()).map(|at| EnumDescriptor::new(self, at))
    }

    /// Every set of errors, in the order of the sets of descriptors.
    pub fn error_sets(&self) -> &[ErrorSet] {
        &self.error_sets
    }

    /// Every service, in the order of the sets.
    pub fn services(&self) -> impl Iterator<Item = &Service> {
        self.services.iter().map(|service| &service.source)
    }

    fn methods_at(&self, service: usize) -> impl Iterator<Item = MethodDescriptor<'_>> {
        let service = &self.services[service];
        let methods = service.source.methods.iter().zip(&service.methods);
        methods.map(|(source, (request, response))| {
            MethodDescriptor::new(
                &service.source,
                source,
                MessageDescriptor::new(self, *request),
                response.map(|at| MessageDescriptor::new(self, at)),
            )
        })
    }
}
