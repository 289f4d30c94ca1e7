//! A service written by hand: what the generator would write, for those whose messages are Rust types already.
//!
//! The derives make any struct a message and any enum an open one; [`Service`] and [`Spec`] are all that a server
//! and a client need besides. What the service counts of its own is a struct as well, [`WeatherMetrics`].

#![forbid(unsafe_code)]

use svrkit_runtime::metrics::{Counter, Distribution, Family, Labels};
use svrkit_runtime::{
    Call, Client, Metrics, Request, Service, ServiceSpec, Spec, Status, Tlv, TlvEnum, UnknownFields,
};

/// How warm a place feels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, TlvEnum)]
pub enum Feeling {
    /// Nobody can say.
    #[tlv(0)]
    Unspecified,
    /// Below 15 °C.
    #[tlv(1)]
    Cold,
    /// From 15 °C on.
    #[tlv(2)]
    Warm,
    /// A feeling this version does not know.
    #[tlv(unknown)]
    Unknown(i32),
}

/// Asks for a summary of measurements.
#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "weather.Measurements")]
pub struct Measurements {
    /// Where they were taken.
    #[tlv(1)]
    pub place: Option<Place>,
    /// Tenths of a degree Celsius.
    #[tlv(2, zigzag)]
    pub temperatures: Vec<i32>,
    /// What a newer caller sends besides.
    #[tlv(unknown)]
    pub unknown: UnknownFields,
}

/// A place on earth.
#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "weather.Place")]
pub struct Place {
    /// Its name.
    #[tlv(1)]
    pub name: String,
    /// Metres above the sea.
    #[tlv(2, zigzag)]
    pub altitude: i32,
}

/// A summary of measurements.
#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "weather.Summary")]
pub struct Summary {
    /// Where they were taken.
    #[tlv(1)]
    pub place: Option<Place>,
    /// The mean, in tenths of a degree Celsius.
    #[tlv(2, zigzag)]
    pub mean: i32,
    /// How warm that is.
    #[tlv(3)]
    pub feeling: Feeling,
}

/// The facts of the service.
pub static WEATHER: ServiceSpec = ServiceSpec::new("weather.Weather", 2002, &[&SUMMARIZE]);

/// The facts of its method.
pub static SUMMARIZE: Spec = Spec::new("weather.Weather", 2002, "Summarize", 1)
    .messages("weather.Measurements", "weather.Summary")
    .idempotent();

/// What the service counts, beside what every service does.
#[derive(Clone, Debug, Metrics)]
#[metric(prefix = "weather")]
pub struct WeatherMetrics {
    /// How many temperatures a summary was made of.
    temperatures: Distribution,
    /// Summaries that were made, by where it was how warm.
    summaries: Family<Weathers, Counter>,
}

/// Which weather it was.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Labels)]
struct Weathers {
    /// Whatever callers say: places beyond `metrics.label_sets` are counted as `other`.
    place: String,
    is_warm: bool,
}

/// Summarizes measurements.
#[derive(Clone, Debug)]
pub struct Weather {
    /// What it counts in.
    pub metrics: WeatherMetrics,
}

impl Weather {
    async fn summarize(self, measurements: Measurements) -> Result<Summary, Status> {
        let temperatures = &measurements.temperatures;
        if temperatures.is_empty() {
            return Err(Status::invalid_argument("there are no measurements to summarize"));
        }
        let sum: i64 = temperatures.iter().copied().map(i64::from).sum();
        let mean = (sum / temperatures.len() as i64) as i32;
        let feeling = if mean < 150 { Feeling::Cold } else { Feeling::Warm };
        self.metrics.temperatures.record(temperatures.len() as u64);
        let place = measurements.place.as_ref().map_or("unknown", |place| &place.name).to_owned();
        self.metrics.summaries.of(&Weathers { place, is_warm: feeling == Feeling::Warm }).increment();
        Ok(Summary { place: measurements.place, mean, feeling })
    }
}

impl Service for Weather {
    fn spec(&self) -> &'static ServiceSpec {
        &WEATHER
    }

    fn dispatch(&self, call: Call) {
        match call.method_id() {
            1 => {
                let weather = self.clone();
                call.handle(&SUMMARIZE, |measurements| weather.summarize(measurements));
            }
            _ => call.refuse_unknown_method(&WEATHER),
        }
    }
}

/// Asks the service behind `client`.
pub fn summarize(client: &Client, measurements: &Measurements) -> Request<Summary> {
    client.request(&SUMMARIZE, measurements)
}

#[cfg(test)]
mod tests {
    use svrkit_runtime::{Code, Server};

    use super::*;

    #[tokio::test]
    async fn in_process_it_answers_the_same_and_counts() {
        let metrics = Metrics::new();
        let weather = Weather { metrics: metrics.register().unwrap() };
        let client = Server::new().service(weather).in_process().unwrap();
        let measurements = Measurements { temperatures: vec![-20, 10, 40], ..Measurements::default() };
        let summary = summarize(&client, &measurements).await.unwrap();
        assert_eq!((summary.mean, summary.feeling, summary.place), (10, Feeling::Cold, None));
        let status = summarize(&client, &Measurements::default()).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        let snapshot = metrics.snapshot();
        assert_eq!(
            snapshot.counter("weather_summaries_total", &[("place", "unknown"), ("is_warm", "false")]),
            1
        );
        assert_eq!(snapshot.histogram("weather_temperatures", &[]).unwrap().sum(), 3);
    }
}
