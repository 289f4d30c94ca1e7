//! What the schema says of a service and its methods: static facts, one [`Spec`] a method.
//!
//! Generated code fills these in; routing goes by the numbers, everything people read by the names.

use std::fmt;
use std::time::Duration;

use crate::admission::Tier;
use crate::metrics::Number;
use crate::priority::Priority;
use crate::queue::QueueSpec;
use crate::rate::Rate;

/// The facts of one service.
#[non_exhaustive]
pub struct ServiceSpec {
    /// Full name, package included: `shop.orders.Orders`.
    pub name: &'static str,
    /// What calls are routed by.
    pub id: u32,
    /// 64 bits over the wire facts (tags, types, ids; not names or docs); 0 where unknown.
    pub fingerprint: u64,
    /// The methods, in the order of the schema.
    pub methods: &'static [&'static Spec],
    /// What its schema says of it, for [`reflection`](crate::reflection): an encoded `svrkit.descriptor.DescriptorSet` of the service and
    /// all that its methods lead to; empty where nobody said.
    pub descriptors: &'static [u8],
}

impl ServiceSpec {
    /// A service of these methods, its fingerprint unknown, and what its schema says of it.
    #[must_use]
    pub const fn new(name: &'static str, id: u32, methods: &'static [&'static Spec]) -> Self {
        Self { name, id, fingerprint: 0, methods, descriptors: &[] }
    }

    /// Whether it is one of the kit's own, which every server may have.
    pub(crate) fn is_kit(&self) -> bool {
        is_kit(self.id)
    }

    /// Sets the fingerprint.
    #[must_use]
    pub const fn fingerprint(mut self, fingerprint: u64) -> Self {
        self.fingerprint = fingerprint;
        self
    }

    /// Sets what its schema says of it.
    #[must_use]
    pub const fn descriptors(mut self, descriptors: &'static [u8]) -> Self {
        self.descriptors = descriptors;
        self
    }
}

/// Without the descriptors, which would bury all else.
impl fmt::Debug for ServiceSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceSpec")
            .field("name", &self.name)
            .field("id", &self.id)
            .field("fingerprint", &self.fingerprint)
            .field("methods", &self.methods)
            .finish_non_exhaustive()
    }
}

/// Ids below this one belong to the kit.
const KIT_IDS_END: u32 = 1024;

/// Whether a service of this id is one of the kit's own.
pub(crate) fn is_kit(service_id: u32) -> bool {
    service_id < KIT_IDS_END
}

/// The facts of one method. Shown as `shop.orders.Orders.Place`.
///
/// ```
/// use std::time::Duration;
/// use svrkit_runtime::{ServiceSpec, Spec, Streaming};
///
/// static WEATHER: ServiceSpec = ServiceSpec::new("weather.Weather", 2002, &[&SUMMARIZE]);
/// static SUMMARIZE: Spec = Spec::new("weather.Weather", 2002, "Summarize", 1)
///     .messages("weather.Measurements", "weather.Summary")
///     .timeout(Duration::from_millis(300))
///     .idempotent()
///     .errors("weather.WeatherError")
///     .route_key("station")
///     .since(3);
///
/// assert_eq!(SUMMARIZE.to_string(), "weather.Weather.Summarize");
/// assert_eq!((SUMMARIZE.streaming, SUMMARIZE.oneway, SUMMARIZE.deprecated), (Streaming::Unary, false, None));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Spec {
    /// Full name of the service.
    pub service: &'static str,
    /// Id of the service.
    pub service_id: u32,
    /// The method's name as the schema spells it.
    pub method: &'static str,
    /// Id of the method within its service.
    pub method_id: u16,
    /// Full name of the request message; empty where nobody said.
    pub request: &'static str,
    /// Full name of the response message; empty where nobody said.
    pub response: &'static str,
    /// The time a caller gives it unless it says otherwise; `None`: the client's `deadline.default`.
    pub timeout: Option<Duration>,
    /// What calls of it have that no other call is the cause of: the schema's class, rank 0.
    pub priority: Priority,
    /// The load from which on its second, cheaper handler answers; `None`: it has none.
    pub degraded_from: Option<Tier>,
    /// The load from which on its calls are refused; `None`: not because of the tier.
    pub refused_from: Option<Tier>,
    /// How often a server takes calls of it; `None`: as often as it can.
    pub rate: Option<Rate>,
    /// How often a server takes calls of it from one caller; `None`: as often as from all of them.
    pub caller_rate: Option<Rate>,
    /// How many of its handlers a server has at once at most; `None`: as many as it has of all methods.
    pub running_max: Option<u32>,
    /// How many places among a server's handlers no other method can take.
    pub reserve: u32,
    /// The queue whose jobs its requests are: a call is answered with a ticket. `None`: its handler answers.
    pub queue: Option<QueueSpec>,
    /// Whether doing it twice is the same as doing it once; only then may a client repeat it by itself.
    pub idempotent: bool,
    /// How old an answer may be that a client gives again where its server wishes so; `None`: it keeps none.
    pub last_good: Option<Duration>,
    /// Which sides send many messages instead of one.
    pub streaming: Streaming,
    /// Whether the caller gets no answer, and waits for none.
    pub oneway: bool,
    /// Full name of the set of errors that it may end with; empty where nobody said.
    pub errors: &'static str,
    /// Name of the request's field whose hash routes the call; empty where there is none.
    pub route_key: &'static str,
    /// Why it should not be called any more, and what to call instead; `None`: it may be.
    pub deprecated: Option<&'static str>,
    /// The version of the schema it came with; 0 where nobody said.
    pub since: u32,
    /// By it figures of the method are found without a look at its name.
    number: Number,
}

/// Which sides of a call send many messages instead of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Streaming {
    /// Neither: one request, one answer.
    Unary,
    /// The caller: many requests, one answer.
    Client,
    /// The server: one request, many answers.
    Server,
    /// Both.
    Both,
}

impl Spec {
    /// A method of normal priority, without a timeout of its own, not idempotent.
    #[must_use]
    pub const fn new(service: &'static str, service_id: u32, method: &'static str, method_id: u16) -> Self {
        Self {
            service,
            service_id,
            method,
            method_id,
            request: "",
            response: "",
            timeout: None,
            priority: Priority::NORMAL,
            degraded_from: None,
            refused_from: None,
            rate: None,
            caller_rate: None,
            running_max: None,
            reserve: 0,
            queue: None,
            idempotent: false,
            last_good: None,
            streaming: Streaming::Unary,
            oneway: false,
            errors: "",
            route_key: "",
            deprecated: None,
            since: 0,
            number: Number::new(),
        }
    }

    /// The ids that calls of it name.
    pub(crate) fn ids(&self) -> (u32, u16) {
        (self.service_id, self.method_id)
    }

    /// A number that no other method's facts have in this process.
    #[inline]
    pub(crate) fn number(&self) -> u32 {
        self.number.get()
    }

    /// Sets the full names of the request and response messages.
    #[must_use]
    pub const fn messages(mut self, request: &'static str, response: &'static str) -> Self {
        self.request = request;
        self.response = response;
        self
    }

    /// Sets the time a caller gives it unless it says otherwise. At most 71 minutes and 34 seconds are told to the server, which has 32 bits of
    /// microseconds for it.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets the business class, smaller is more important: core 0, important 64, normal 128, lossy 192.
    #[must_use]
    pub const fn priority(mut self, class: u8) -> Self {
        self.priority = Priority::of_class(class);
        self
    }

    /// Sets the load from which on its second handler answers.
    #[must_use]
    pub const fn degraded_from(mut self, tier: Tier) -> Self {
        self.degraded_from = Some(tier);
        self
    }

    /// Sets the load from which on its calls are refused.
    #[must_use]
    pub const fn refused_from(mut self, tier: Tier) -> Self {
        self.refused_from = Some(tier);
        self
    }

    /// Sets how often a server takes calls of it.
    #[must_use]
    pub const fn rate(mut self, rate: Rate) -> Self {
        self.rate = Some(rate);
        self
    }

    /// Sets how often a server takes calls of it from one caller.
    #[must_use]
    pub const fn caller_rate(mut self, rate: Rate) -> Self {
        self.caller_rate = Some(rate);
        self
    }

    /// Sets how many of its handlers a server has at once at most.
    #[must_use]
    pub const fn running_max(mut self, handlers: u32) -> Self {
        self.running_max = Some(handlers);
        self
    }

    /// Sets how many places among a server's handlers no other method can take.
    #[must_use]
    pub const fn reserve(mut self, places: u32) -> Self {
        self.reserve = places;
        self
    }

    /// Says that its requests are jobs of a queue. To accept one twice is to accept it once: they have ids.
    #[must_use]
    pub const fn queue(mut self, queue: QueueSpec) -> Self {
        self.queue = Some(queue);
        self.idempotent()
    }

    /// Says that doing it twice is the same as doing it once.
    #[must_use]
    pub const fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// Sets how old an answer may be that a client gives again where its server wishes so: of methods with one answer that only read.
    #[must_use]
    pub const fn last_good(mut self, age: Duration) -> Self {
        self.last_good = Some(age);
        self
    }

    /// Says which sides send many messages.
    #[must_use]
    pub const fn streaming(mut self, streaming: Streaming) -> Self {
        self.streaming = streaming;
        self
    }

    /// Says that the caller gets no answer.
    #[must_use]
    pub const fn oneway(mut self) -> Self {
        self.oneway = true;
        self
    }

    /// Sets the full name of the set of errors that it may end with.
    #[must_use]
    pub const fn errors(mut self, errors: &'static str) -> Self {
        self.errors = errors;
        self
    }

    /// Sets the name of the request's field whose hash routes the call.
    #[must_use]
    pub const fn route_key(mut self, field: &'static str) -> Self {
        self.route_key = field;
        self
    }

    /// Says why it should not be called any more.
    #[must_use]
    pub const fn deprecated(mut self, why: &'static str) -> Self {
        self.deprecated = Some(why);
        self
    }

    /// Sets the version of the schema it came with.
    #[must_use]
    pub const fn since(mut self, version: u32) -> Self {
        self.since = version;
        self
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.service, self.method)
    }
}
