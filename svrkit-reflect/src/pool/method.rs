//! One method of a service, with its messages.

use super::MessageDescriptor;
use crate::descriptor;

/// A method of a service in a pool.
#[derive(Clone, Copy, Debug)]
pub struct MethodDescriptor<'p> {
    service: &'p descriptor::Service,
    source: &'p descriptor::Method,
    request: MessageDescriptor<'p>,
    response: Option<MessageDescriptor<'p>>,
}

impl<'p> MethodDescriptor<'p> {
    pub(super) fn new(
        service: &'p descriptor::Service,
        source: &'p descriptor::Method,
        request: MessageDescriptor<'p>,
        response: Option<MessageDescriptor<'p>>,
    ) -> Self {
        Self { service, source, request, response }
    }

    /// The service it belongs to.
    pub fn service(&self) -> &'p descriptor::Service {
        self.service
    }

    /// What a caller sends.
    pub fn request(&self) -> MessageDescriptor<'p> {
        self.request
    }

    /// What comes back; `None` where nothing does.
    pub fn response(&self) -> Option<MessageDescriptor<'p>> {
        self.response
    }

    /// All the schema says of it.
    pub fn source(&self) -> &'p descriptor::Method {
        self.source
    }
}
