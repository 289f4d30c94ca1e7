//! Who may call what, method by method.

use std::collections::{HashMap, HashSet};

use super::{Envelope, Interceptor, Next, Reply};
use crate::context::Context;
use crate::spec::Spec;
use crate::status::Status;
use crate::status::catalogue::admitting;

/// At a server: lets calls pass that are on the list, and refuses all others with PERMISSION_DENIED.
///
/// Methods are told apart by the ids that the call was routed by, callers by their [`identities`](crate::Context::identities): what
/// an interceptor before this one found out, or any name of the certificate that the caller has (TLS). What a caller calls itself counts for
/// nothing.
///
/// ```
/// use svrkit_runtime::{AllowList, Spec};
///
/// static PLACE: Spec = Spec::new("shop.Orders", 2000, "Place", 1);
/// static PRICE: Spec = Spec::new("shop.Orders", 2000, "Price", 2);
///
/// let list = AllowList::new().allow(&PLACE, ["web", "app"]).allow_all(&PRICE);
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a list keeps nobody out until it is a server's interceptor"]
pub struct AllowList {
    methods: HashMap<(u32, u16), Allowed>,
}

#[derive(Clone, Debug)]
enum Allowed {
    Some(HashSet<String>),
    /// Those who are nobody, too.
    All,
}

impl AllowList {
    /// A list that lets nothing pass.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets callers of these identities call `method`, and those that were named before.
    pub fn allow<I: Into<String>>(
        mut self,
        method: &'static Spec,
        identities: impl IntoIterator<Item = I>,
    ) -> Self {
        let none = || Allowed::Some(HashSet::new());
        if let Allowed::Some(allowed) = self.methods.entry(key(method)).or_insert_with(none) {
            allowed.extend(identities.into_iter().map(Into::into));
        }
        self
    }

    /// Lets everybody call `method`, whoever they are.
    pub fn allow_all(mut self, method: &'static Spec) -> Self {
        self.methods.insert(key(method), Allowed::All);
        self
    }

    fn check(&self, spec: &'static Spec, caller: &Context) -> Result<(), Status> {
        let is_allowed = match self.methods.get(&key(spec)) {
            Some(Allowed::All) => true,
            Some(Allowed::Some(allowed)) => caller.identities().any(|identity| allowed.contains(identity)),
            None => false,
        };
        if is_allowed {
            return Ok(());
        }
        let who = caller.identity().map_or("nobody known".into(), |identity| format!("{identity:?}"));
        Err(admitting::not_on_list(who, spec))
    }
}

fn key(spec: &'static Spec) -> (u32, u16) {
    (spec.service_id, spec.method_id)
}

impl Interceptor for AllowList {
    async fn intercept(&self, envelope: Envelope, next: Next<'_>) -> Result<Reply, Status> {
        self.check(envelope.spec(), envelope.context())?;
        next.run(envelope).await
    }
}
