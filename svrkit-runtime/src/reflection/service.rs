//! Answers of one server.

use std::sync::Arc;

use bytes::Bytes;

use super::messages::{
    self, DescribeReply, DescribeRequest, ListReply, ListRequest, Method, REFLECTION, ReflectionError,
    ReflectionServer, Subject,
};
use crate::dispatch::Service;
use crate::spec::ServiceSpec;
use crate::status::Status;

/// The reflection service of a server that has these services beside it.
pub(crate) fn served(services: impl IntoIterator<Item = &'static ServiceSpec>) -> Arc<dyn Service> {
    let mut services: Vec<_> = services.into_iter().chain([&REFLECTION]).collect();
    services.sort_by_key(|spec| spec.id);
    Arc::new(ReflectionServer::new(Served { services }))
}

struct Served {
    /// By their ids.
    services: Vec<&'static ServiceSpec>,
}

impl Served {
    fn descriptors_of(&self, name: &str) -> Result<&'static [u8], ReflectionError> {
        let subject = || Subject { service: name.into(), ..Subject::default() };
        let spec = self.services.iter().find(|spec| spec.name == name);
        let spec = spec.ok_or_else(|| ReflectionError::UnknownService(subject()))?;
        if spec.descriptors.is_empty() {
            return Err(ReflectionError::NotDescribed(subject()));
        }
        Ok(spec.descriptors)
    }

    fn all_descriptors(&self) -> Vec<&'static [u8]> {
        self.services.iter().map(|spec| spec.descriptors).filter(|set| !set.is_empty()).collect()
    }
}

impl messages::Reflection for Served {
    async fn list(&self, _: ListRequest) -> Result<ListReply, Status> {
        Ok(ListReply { services: self.services.iter().copied().map(told).collect(), ..ListReply::default() })
    }

    async fn describe(&self, request: DescribeRequest) -> Result<DescribeReply, ReflectionError> {
        let mut sets = match request.services.is_empty() {
            true => self.all_descriptors(),
            false => request
                .services
                .iter()
                .map(|name| self.descriptors_of(name))
                .collect::<Result<Vec<_>, _>>()?,
        };
        // A name that is asked for a thousand times is still one service.
        sets.sort_unstable();
        sets.dedup();
        let descriptor_sets = sets.into_iter().map(Bytes::from_static).collect();
        Ok(DescribeReply { descriptor_sets, ..DescribeReply::default() })
    }
}

fn told(spec: &'static ServiceSpec) -> messages::Service {
    let methods = spec.methods.iter().map(|method| Method {
        name: method.method.into(),
        id: method.method_id.into(),
        ..Method::default()
    });
    messages::Service {
        name: spec.name.into(),
        id: spec.id,
        fingerprint: spec.fingerprint,
        methods: methods.collect(),
        described: !spec.descriptors.is_empty(),
        ..messages::Service::default()
    }
}
