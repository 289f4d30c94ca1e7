//! What the compiler writes of schemas, read by the messages generated for it.
//!
//! `SVRKIT_BLESS=1 cargo test -p svrkit-reflect --test descriptors` writes those messages anew.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use svrkit_gen::Config;
use svrkit_reflect::descriptor::{DESCRIPTORS, DescriptorSet, Label, Message, Scalar, Stream, field};
use svrkit_reflect::{Cardinality, FieldType, Pool};
use svrkit_runtime::Tlv;
use svrkit_runtime::types::Timestamp;
use svrkit_runtime::wire::tlv::fingerprint;

#[test]
fn the_messages_of_descriptors_are_what_their_schema_says() {
    let schema = support::repository("schemas/descriptor.xml");
    let generated = Config::new().generate([&schema]).unwrap();
    for (name, expected) in [
        ("messages.rs", generated.source().as_bytes()),
        ("descriptors.bin", &support::descriptors(&[schema])),
    ] {
        let path = support::repository("svrkit-reflect/src/descriptor").join(name);
        if std::env::var_os("SVRKIT_BLESS").is_some() {
            std::fs::write(&path, expected).unwrap();
        }
        assert!(
            std::fs::read(path).unwrap_or_default() == expected,
            "{name} is stale: SVRKIT_BLESS=1 writes it"
        );
    }
}

#[test]
fn what_the_compiler_writes_is_read_and_written_again_byte_for_byte() {
    for schema in [
        "schemas/tour.xml",
        "schemas/descriptor.xml",
        "schemas/frames.xml",
        "svrkit-gen/schemas/svrkit/types.xml",
        "svrkit-gen/tests/golden/everything.xml",
    ] {
        let bytes = support::descriptors(&[support::repository(schema)]);
        let set = DescriptorSet::decode(&bytes).unwrap();
        assert_eq!(set.encode().unwrap(), bytes, "{schema}");
        let is_known = |message: &Message| {
            message.unknown.is_empty() && message.fields.iter().all(|it| it.unknown.is_empty())
        };
        assert!(set.unknown.is_empty() && set.messages.iter().all(is_known), "{schema}");
        Pool::new([set]).unwrap();
    }
}

#[test]
fn every_valid_schema_of_the_compiler_makes_a_pool() {
    let folder = support::repository("svrkit-gen/tests/schemas/valid");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let schemas: Vec<_> = files.filter(|path| path.extension().is_some_and(|it| it == "xml")).collect();
    assert!(10 < schemas.len());
    for schema in schemas {
        let bytes = support::descriptors(std::slice::from_ref(&schema));
        assert!(Pool::from_bytes(&bytes).is_ok(), "{}", schema.display());
    }
}

#[test]
fn the_bytes_do_not_depend_on_the_order_of_files() {
    let [tour, frames] = ["schemas/tour.xml", "schemas/frames.xml"].map(support::repository);
    let one_way = support::descriptors(&[tour.clone(), frames.clone()]);
    assert!(one_way == support::descriptors(&[frames, tour]));
}

/// The tour, where each word of the dialect is at work.
fn tour() -> Pool {
    Pool::from_bytes(&support::descriptors(&[support::repository("schemas/tour.xml")])).unwrap()
}

#[test]
fn a_field_says_all_that_its_schema_says() {
    let pool = tour();
    let parcel = pool.message("courier.parcels.Parcel").unwrap();
    let attempts = parcel.field_named("attempts").unwrap();
    let source = attempts.source();
    assert_eq!((source.tag, source.label, source.default.as_deref()), (5, Label::Optional, Some("3")));
    assert_eq!(source.kind, Some(field::Kind::Scalar(Scalar::U32)));
    assert_eq!((&*source.constraints[0].word, &*source.constraints[0].value), ("max", "9"));
    assert_eq!(source.doc, "How often a driver tries to deliver.");

    let weights = parcel.field_of_tag(4).unwrap();
    assert_eq!((weights.name(), weights.json_name()), ("weights_g", "weightsGrams"));
    assert_eq!((weights.cardinality(), weights.is_packed()), (Cardinality::Repeated, false));
    let handling = parcel.field_named("handling").unwrap();
    assert!(handling.is_packed());
    let FieldType::Enum(handling) = handling.value_type() else { panic!("{handling:?}") };
    assert_eq!(handling.value_of_number(2).unwrap().name, "COLD");
    assert_eq!(handling.value_named("FRAGILE").unwrap().number, 1);
    assert!(handling.value_of_number(9).is_none());

    let contacts = parcel.field_named("contacts").unwrap();
    assert_eq!(contacts.cardinality(), Cardinality::Map(svrkit_reflect::Scalar::String));
    assert!(contacts.is_sensitive() && !contacts.has_presence());
    let address = parcel.field_named("address").unwrap();
    assert_eq!(parcel.oneofs()[address.oneof().unwrap()].name, "receiver");
    assert_eq!(parcel.oneofs()[0].constraints[0].word, "required");
    let FieldType::Message(address) = address.value_type() else { panic!("{address:?}") };
    assert_eq!(address.full_name(), "courier.parcels.Address");

    let history = parcel.field_named("weight_kg").unwrap().source().lifecycle();
    assert_eq!((&*history.deprecated, &*history.replaced_by), ("too coarse for letters", "weights_g"));
    let reserved = parcel.source().reserved();
    assert_eq!(
        (reserved.ranges[0].first, reserved.ranges[0].last, &*reserved.names[0]),
        (20, 29, "insurance")
    );
    let tags: Vec<_> = parcel.fields_by_tag().map(|field| field.tag()).collect();
    assert_eq!(tags, (1..=15).collect::<Vec<_>>());
}

#[test]
fn a_method_and_an_error_say_all_that_their_schema_says() {
    let pool = tour();
    let send = pool.method("courier.parcels.Parcels", "Send").unwrap();
    assert_eq!(send.request().full_name(), "courier.parcels.SendRequest");
    assert_eq!(send.response().unwrap().full_name(), "courier.parcels.Parcel");
    let source = send.source();
    assert_eq!(
        (source.id, source.timeout_ms, source.priority, &*source.route_key),
        (1, Some(2000), 0, "customer")
    );
    let errors = pool.error_set(&source.error_set).unwrap();
    assert_eq!((&*errors.errors[0].status, &*errors.errors[1].retry), ("FAILED_PRECONDITION", "never"));
    assert_eq!((errors.errors[2].code, &*errors.errors[2].detail), (1003, "courier.parcels.Backlog"));
    let vans: Vec<_> = pool.methods("courier.parcels.Vans").collect();
    let streams: Vec<_> = vans.iter().map(|method| method.source().stream).collect();
    assert_eq!(streams, [Stream::Client, Stream::Both, Stream::Unspecified]);
    assert!(vans[2].source().oneway && vans[2].response().is_none());
    assert_eq!(pool.service("courier.parcels.Parcels").unwrap().id, 4201);
    assert!(pool.service("courier.parcels.Parcels").unwrap().fingerprint != 0);
    let claim = pool.method("courier.parcels.Claims", "Claim").unwrap().source().queue.as_ref().unwrap();
    let rate = claim.rate.as_ref().map(|rate| (rate.calls, rate.seconds));
    assert_eq!((&*claim.name, rate, claim.workers), ("claims", Some((50, 1)), 4));
    assert_eq!((claim.attempts, claim.lease_ms), (5, 120_000));
    assert_eq!((pool.services().count(), pool.error_sets().len()), (3, 1));
    assert!(pool.method("courier.parcels.Vans", "Send").is_none());
    assert_eq!(pool.methods("nobody").count(), 0);
}

#[test]
fn a_fingerprint_is_that_of_the_generated_type() {
    let pool = tour();
    let described = pool.message("svrkit.types.Timestamp").unwrap().source().fingerprint;
    assert_eq!(described, fingerprint::<Timestamp>());
}

/// The names of a part of a pool, of each kind in its order.
fn names(set: &DescriptorSet) -> Vec<&str> {
    let services = set
        .services
        .iter()
        .flat_map(|it| [&*it.name].into_iter().chain(it.methods.iter().map(|it| &*it.name)));
    let messages = set.messages.iter().map(|it| &*it.name);
    let enums = set.enums.iter().map(|it| &*it.name);
    services.chain(messages).chain(enums).chain(set.error_sets.iter().map(|it| &*it.name)).collect()
}

#[test]
fn a_part_is_what_was_named_and_all_that_it_leads_to() {
    let pool = support::pool_of(
        "<enum name='Color'><value name='RED' number='0'/></enum>\
         <message name='Leaf'><field tag='1' name='colors' type='Color' repeated='true'/></message>\
         <message name='Tree'><map tag='1' name='trees' key='u32' value='Tree'/><field tag='2' name='leaf' type='Leaf'/></message>\
         <message name='Why'><field tag='1' name='leaf' type='Leaf'/></message>\
         <message name='Nobody'/>\
         <errors name='Fault'><error name='GONE' code='1' detail='Why'/></errors>\
         <service name='Woods' id='2000'>\
         <method name='Grow' id='1' request='Tree' response='Tree' errors='Fault'/>\
         <method name='Fell' id='2' request='Nobody' oneway='true'/></service>",
    );
    for (asked, expected) in [
        (&["p.Color"][..], &["p.Color"][..]),
        (&["p.Tree"], &["p.Leaf", "p.Tree", "p.Color"]),
        (&["p.Fault"], &["p.Leaf", "p.Why", "p.Color", "p.Fault"]),
        (&["p.Woods.Fell"], &["p.Woods", "Fell", "p.Nobody"]),
        (&["p.Woods.Fell", "p.Woods.Fell"], &["p.Woods", "Fell", "p.Nobody"]),
        (
            &["p.Woods.Fell", "p.Woods"],
            &["p.Woods", "Grow", "Fell", "p.Leaf", "p.Nobody", "p.Tree", "p.Why", "p.Color", "p.Fault"],
        ),
        (&["p.Woods.Unheard", "p", "", "p.Woods."], &[]),
    ] {
        let part = pool.needed_by(asked.iter().copied());
        assert_eq!(names(&part), expected, "{asked:?}");
        Pool::new([part]).unwrap();
    }
}

#[test]
fn descriptors_describe_themselves() {
    let pool = Pool::from_bytes(DESCRIPTORS).unwrap();
    let name = "svrkit.descriptor.DescriptorSet";
    let options = svrkit_reflect::json::Options::default();
    let text = svrkit_reflect::json::write(&pool, name, DESCRIPTORS, &options).unwrap();
    assert!(text.contains(r#""name":"svrkit.descriptor.Lifecycle""#), "{text}");
    assert_eq!(svrkit_reflect::json::read(&pool, name, &text, &options).unwrap(), DESCRIPTORS);
}
