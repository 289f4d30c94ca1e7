//! One number for all wire facts of a service: two sides with the same number agree on every byte.
//!
//! It is FNV-1a 64 over a canonical text: methods by id, and for each message its fields by tag with encoding,
//! cardinality and the oneof they belong to. Messages are numbered in the order in which they are first met, so recursion ends. Names, docs,
//! timeouts and the order of declaration are no wire facts and do not enter.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;

use super::scalar::Encoding;
use super::{Field, FieldType, Message, MessageId, Schema, Service, Stream};

/// The fingerprint of a service.
pub(crate) fn fingerprint(service: &Service, schema: &Schema) -> u64 {
    fnv1a_64(canonical_text(service, schema).as_bytes())
}

/// FNV-1a with 32 bits, for ids made of names.
pub(crate) fn fnv1a_32(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

fn fnv1a_64(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The fingerprint of a message by itself: what a hand-written type in its place must have too.
pub(crate) fn message_fingerprint(message: MessageId, schema: &Schema) -> u64 {
    let (mut text, mut numbers) = (String::new(), Numbers::default());
    numbers.number(message);
    put_messages(&mut text, &mut numbers, schema);
    fnv1a_64(text.as_bytes())
}

/// `1:m0>m1;` for each method, then `m0{1=varint,2=text*,};` for each message they reach. What streams has a `*`, what
/// comes back as a ticket a `?`, and where nothing comes back nothing stands.
fn canonical_text(service: &Service, schema: &Schema) -> String {
    let mut text = String::new();
    let mut numbers = Numbers::default();
    let mut methods: Vec<_> = service.methods.iter().collect();
    methods.sort_by_key(|method| method.head.id.value);
    for method in methods {
        let stream = method.stream.as_ref().map(|stream| stream.value);
        let request = numbers.number(method.request);
        let many = if matches!(stream, Some(Stream::Client | Stream::Both)) { "*" } else { "" };
        put(&mut text, format_args!("{}:m{request}{many}>", method.head.id.value));
        if let Some(response) = method.response.filter(|_| method.oneway.is_none()) {
            // What comes back is a ticket for it.
            text.push_str(if method.queued.name.is_some() { "?" } else { "" });
            let many = if matches!(stream, Some(Stream::Server | Stream::Both)) { "*" } else { "" };
            put(&mut text, format_args!("m{}{many}", numbers.number(response)));
        }
        text.push(';');
    }
    put_messages(&mut text, &mut numbers, schema);
    text
}

/// Every message that has a number, and those met on the way.
fn put_messages(text: &mut String, numbers: &mut Numbers, schema: &Schema) {
    while let Some(id) = numbers.unwritten.pop_front() {
        let number = numbers.number(id);
        put(text, format_args!("m{number}{{"));
        let message = schema.message(id);
        let oneofs = oneof_numbers(message);
        let mut fields: Vec<_> = message.fields.iter().collect();
        fields.sort_by_key(|field| field.head.tag.value);
        for field in fields {
            put(text, format_args!("{}=", field.head.tag.value));
            if let Some(key) = &field.key {
                put(text, format_args!("{{{}:", word(key.value.encoding)));
            }
            match field.kind {
                FieldType::Scalar(scalar) => text.push_str(word(scalar.encoding)),
                FieldType::Enum(_) => text.push_str(word(Encoding::Varint)),
                FieldType::Message(inner) => put(text, format_args!("m{}", numbers.number(inner))),
            }
            text.push_str(if field.key.is_some() { "}" } else { cardinality(field) });
            if let Some(number) = field.oneof.and_then(|oneof| oneofs.get(oneof)) {
                put(text, format_args!("|{number}"));
            }
            text.push(',');
        }
        text.push_str("};");
    }
}

/// For each oneof of a message its place in the order of their lowest tags: how they are declared does not matter.
fn oneof_numbers(message: &Message) -> Vec<usize> {
    let lowest = |oneof| message.members(oneof).map(|field| field.head.tag.value).min();
    let mut order: Vec<_> = (0..message.oneofs.len()).collect();
    order.sort_by_key(|oneof| lowest(*oneof));
    let mut numbers = vec![0; order.len()];
    for (number, oneof) in order.into_iter().enumerate() {
        numbers[oneof] = number;
    }
    numbers
}

/// Numbers messages by first visit.
#[derive(Default)]
struct Numbers {
    numbers: BTreeMap<MessageId, usize>,
    unwritten: VecDeque<MessageId>,
}

impl Numbers {
    fn number(&mut self, id: MessageId) -> usize {
        let next = self.numbers.len();
        *self.numbers.entry(id).or_insert_with(|| {
            self.unwritten.push_back(id);
            next
        })
    }
}

fn cardinality(field: &Field) -> &'static str {
    match (field.repeated.is_some(), field.optional.is_some(), field.kind) {
        (true, ..) => "*",
        // On a message `optional` says nothing.
        (false, true, FieldType::Scalar(_) | FieldType::Enum(_)) => "?",
        (false, ..) => "",
    }
}

fn word(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Varint => "varint",
        Encoding::Zigzag => "zigzag",
        Encoding::Fixed32 => "fixed32",
        Encoding::Fixed64 => "fixed64",
        Encoding::Float32 => "float32",
        Encoding::Float64 => "float64",
        Encoding::Text => "text",
    }
}

fn put(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    let _infallible = text.write_fmt(arguments);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostics;
    use crate::load;
    use crate::test_folder::Folder;

    const PLAIN: &str = r#"
        <message name="A"><field tag="1" name="a" type="u32"/><field tag="2" name="b" type="B"/></message>
        <message name="B"><field tag="1" name="a" type="A" repeated="true"/></message>
        <service name="S" id="2000">
          <method name="One" id="1" request="A" response="B"/><method name="Two" id="2" request="B" response="B"/>
        </service>"#;

    #[track_caller]
    fn text_of(definitions: &str) -> String {
        let text = format!("<protocol package='p'>{definitions}</protocol>");
        let folder = Folder::new("fingerprint");
        let mut found = Diagnostics::default();
        let mut loaded = load::load(&[folder.file("p.xml", &text)], &[], &mut found);
        let schema = super::super::resolve(&mut loaded, &mut found);
        assert_eq!(found.errors(), 0, "{found:?}");
        canonical_text(&schema.services[0], &schema)
    }

    #[test]
    fn the_text_holds_wire_facts_and_ends_at_recursion() {
        assert_eq!(text_of(PLAIN), "1:m0>m1;2:m1>m1;m0{1=varint,2=m1,};m1{1=m0*,};");
    }

    #[test]
    fn names_docs_and_order_do_not_enter() {
        let other = r#"
            <service name="Other" id="9999"><doc>Text.</doc>
              <method name="B" id="2" request="Y" response="Y" timeout="1s"/>
              <method name="A" id="1" request="X" response="Y" idempotent="true"/>
            </service>
            <message name="Y"><field tag="1" name="z" type="X" repeated="true"/></message>
            <message name="Unused"/>
            <message name="X">
              <field tag="2" name="q" type="Y"/><field tag="1" name="p" type="bool"><doc>Text.</doc></field>
            </message>"#;
        assert_eq!(text_of(other), text_of(PLAIN));
    }

    #[test]
    fn every_wire_fact_enters() {
        for (from, to) in [
            ("tag=\"1\" name=\"a\" type=\"u32\"", "tag=\"3\" name=\"a\" type=\"u32\""),
            ("type=\"u32\"", "type=\"s32\""),
            ("type=\"u32\"", "type=\"fixed32\""),
            ("type=\"u32\"", "type=\"u32\" optional=\"true\""),
            ("type=\"u32\"", "type=\"u32\" repeated=\"true\""),
            ("type=\"B\"", "type=\"A\""),
            ("id=\"2\"", "id=\"3\""),
            ("request=\"A\"", "request=\"B\""),
            ("request=\"A\"", "request=\"A\" queue=\"q\""),
        ] {
            let changed = PLAIN.replacen(from, to, 1);
            assert_ne!(text_of(&changed), text_of(PLAIN), "{to}");
        }
    }

    #[test]
    fn the_hashes_are_the_published_ones() {
        assert_eq!(
            (fnv1a_32(b""), fnv1a_32(b"a"), fnv1a_32(b"foobar")),
            (0x811c_9dc5, 0xe40c_292c, 0xbf9c_f968)
        );
        let published = (0xcbf2_9ce4_8422_2325, 0xaf63_dc4c_8601_ec8c, 0x8594_4171_f739_67e8);
        assert_eq!((fnv1a_64(b""), fnv1a_64(b"a"), fnv1a_64(b"foobar")), published);
    }
}
