//! The kit's own types: imported by a schema, reached in the runtime, with their conversions.

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use svrkit_golden::schemas::well_known::well_known::event::Ending;
use svrkit_golden::schemas::well_known::well_known::{Event, Events, EventsClient, EventsServer};
use svrkit_runtime::types::{Any, Decimal, Empty, NullValue, Timestamp, Value};
use svrkit_runtime::{Server, Status};

use super::check_round_trip;

fn event() -> Event {
    let at = Timestamp::try_from(UNIX_EPOCH + Duration::from_millis(1_500)).unwrap();
    Event {
        at: Some(at.clone()),
        lasts: Some(Duration::from_secs(90).try_into().unwrap()),
        price: Some(Decimal::from(-7)),
        more: vec![Any::pack(&at).unwrap()],
        count: Some(3.into()),
        attributes: BTreeMap::from([("open".into(), Value::from(true)), ("nothing".into(), Value::null())]),
        ending: Some(Ending::Then(at)),
        ..Event::default()
    }
}

struct Calendar;

impl Events for Calendar {
    async fn next(&self, _: Empty) -> Result<Event, Status> {
        Ok(event())
    }
}

#[tokio::test]
async fn well_known_types_are_those_of_the_runtime() {
    let client = Server::new().service(EventsServer::new(Calendar)).in_process().unwrap();
    let event = EventsClient::new(client).next(&Empty::default()).await.unwrap();
    assert_eq!(event.at().to_string(), "1970-01-01T00:00:01.500Z");
    assert_eq!(Duration::try_from(event.lasts()).unwrap(), Duration::from_secs(90));
    assert_eq!((event.price().to_string(), event.count().value), ("-7".to_owned(), 3));
    assert_eq!(&event.more[0].unpack::<Timestamp>().unwrap(), event.at());
    assert_eq!(event.attributes["open"].as_bool(), Some(true));
    check_round_trip(&event);
    check_round_trip(&Event { ending: Some(Ending::Never(NullValue::default())), ..Event::default() });
}
