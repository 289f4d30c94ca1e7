//! Every Rust name we invent: the only place that knows keywords and cases.
//!
//! They are made of names that `check` found to be ASCII. Functions give strings, so that `check` can compare them before
//! `emit` makes identifiers of them. Case changes can make two names one; that is refused by `check::rust_collision`,
//! naming both sides. No name made of one in a schema ends in `_`, unless Rust forces it: what is evaded by a `_` evades
//! all of them.

mod views;

pub(crate) use self::views::ViewNames;
use crate::model::{Enum, Errors, Field, Message, Name, Service};

/// The module of a definition: the package, then one module for each message around it.
///
/// `shop.orders.Order.Item` is `shop::orders::order::Item`.
pub(crate) fn module_path(name: &Name) -> Vec<String> {
    package_path(&name.package).into_iter().chain(name.around.iter().map(|message| module(message))).collect()
}

/// The modules of a package.
pub(crate) fn package_path(package: &str) -> Vec<String> {
    package.split('.').map(module).collect()
}

/// A module named for a segment of a package or for a message.
pub(crate) fn module(name: &str) -> String {
    snake_case(name)
}

/// A struct, an enum or a trait. A oneof is an enum in the module of its message.
pub(crate) fn type_name(name: &str) -> String {
    pascal_case(name)
}

/// The server of a service.
pub(crate) fn server(service: &Service) -> String {
    format!("{}Server", type_name(&service.name.own))
}

/// The client of a service.
pub(crate) fn client(service: &Service) -> String {
    format!("{}Client", type_name(&service.name.own))
}

/// The mock of a service.
pub(crate) fn mock(service: &Service) -> String {
    format!("{}Mock", type_name(&service.name.own))
}

/// The type parameter of a server: a service called `S` must stay nameable.
pub(crate) fn server_parameter(service: &Service) -> &'static str {
    if type_name(&service.name.own) == "S" { "T" } else { "S" }
}

/// The static that describes a service.
pub(crate) fn service_spec(service: &Service) -> String {
    upper_case(&service.name.own)
}

/// The static that describes a method of the service whose own static has this name.
pub(crate) fn method_spec(service_spec: &str, method: &str) -> String {
    format!("{service_spec}_{}", upper_case(method))
}

/// A method of the service's trait and of its client.
pub(crate) fn method(name: &str) -> String {
    /// What a client has besides the methods of the service.
    const CLIENT_METHODS: [&str; 3] = ["new", "connect", "clone"];
    let snake = snake_case(name);
    if CLIENT_METHODS.contains(&snake.as_str()) { format!("{snake}_") } else { snake }
}

/// The second handler of a method, of the service's trait alone.
pub(crate) fn degraded(method: &str) -> String {
    format!("{}_degraded", words_joined(method, char::to_ascii_lowercase))
}

/// What a server's trait has beside a queued method: what accepts its requests.
pub(crate) fn accept(method: &str) -> String {
    format!("{}_accept", words_joined(method, char::to_ascii_lowercase))
}

/// What a client has beside a queued method: what asks for its jobs.
pub(crate) fn job_state(method: &str) -> String {
    format!("{}_state", words_joined(method, char::to_ascii_lowercase))
}

/// The type that stands for a queued method.
pub(crate) fn queued_method(service: &Service, method: &str) -> String {
    format!("{}{}", type_name(&service.name.own), type_name(method))
}

/// The ticket of a queued method.
pub(crate) fn ticket(service: &Service, method: &str) -> String {
    format!("{}Ticket", queued_method(service, method))
}

/// A field of a message, or the one that holds a oneof.
pub(crate) fn field(name: &str) -> String {
    snake_case(name)
}

/// The accessor of a field.
pub(crate) fn accessor(name: &str) -> String {
    /// What a message has besides; an accessor of one of these names would hide it.
    const MESSAGE_METHODS: [&str; 18] = [
        "check",
        "clone",
        "clone_from",
        "decode",
        "decode_shared",
        "decode_with",
        "default",
        "default_ref",
        "encode",
        "encode_back",
        "eq",
        "fmt",
        "from",
        "into",
        "merge",
        "ne",
        "view",
        "view_with",
    ];
    let field = field(name);
    if MESSAGE_METHODS.contains(&field.as_str()) { format!("{field}_") } else { field }
}

/// The accessor of a field with a default at the view of its message, where the field's own name answers what is there.
pub(crate) fn view_accessor(field_name: &str, message: &Message) -> String {
    let taken: Vec<_> = fields_in_struct(message).map(field).collect();
    let own = field(field_name);
    first_free([&format!("{own}_or_default"), &format!("{own}_with_default")], &taken)
}

/// The fields of the struct that a message becomes, by the names in the schema: members of a oneof stand in its enum.
pub(crate) fn fields_in_struct(message: &Message) -> impl Iterator<Item = &str> {
    let is_plain = |field: &&Field| field.oneof.is_none();
    let fields = message.fields.iter().filter(is_plain).map(|field| &*field.head.name.value);
    let unresolved = message.unresolved.iter().map(|head| &*head.name.value);
    fields.chain(unresolved).chain(message.oneofs.iter().map(|oneof| &*oneof.name.own))
}

/// The field that keeps what this version does not know: `unknown`, or if a field has that name `unknown_fields`,
/// `unknown_fields2` and so on.
pub(crate) fn unknown_field(message: &Message) -> String {
    let taken: Vec<_> = fields_in_struct(message).map(field).collect();
    first_free(["unknown", "unknown_fields"], &taken)
}

/// A variant: a value of an enum, an error, or a member of a oneof.
pub(crate) fn variant(name: &str) -> String {
    pascal_case(name)
}

/// The variant that keeps a number this version does not know: `Unknown`, or if a value has that name
/// `Unrecognized`, `Unrecognized2` and so on.
pub(crate) fn unknown_variant(enumeration: &Enum) -> String {
    let taken: Vec<_> = enumeration.values.iter().map(|value| variant(&value.name.value)).collect();
    first_free(UNKNOWN_VARIANTS, &taken)
}

/// The same for a code that is none of these errors.
pub(crate) fn unknown_error(errors: &Errors) -> String {
    let taken: Vec<_> = errors.errors.iter().map(|error| variant(&error.name.value)).collect();
    first_free(UNKNOWN_VARIANTS, &taken)
}

const UNKNOWN_VARIANTS: [&str; 2] = ["Unknown", "Unrecognized"];

fn first_free(names: [&str; 2], taken: &[String]) -> String {
    let numbered = (2..).map(|number| format!("{}{number}", names[1]));
    let mut candidates = names.into_iter().map(str::to_owned).chain(numbered);
    candidates.find(|name| !taken.contains(name)).unwrap_or_default()
}

/// Whether Rust needs `r#` before this name. The names that cannot be raw end in `_` already.
pub(crate) fn is_keyword(name: &str) -> bool {
    const KEYWORDS: [&str; 49] = [
        "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
        "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
        "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static",
        "struct", "trait", "true", "try", "type", "typeof", "union", "unsafe", "unsized", "use", "virtual",
        "where", "while", "yield",
    ];
    KEYWORDS.contains(&name)
}

fn snake_case(name: &str) -> String {
    lawful(words_joined(name, char::to_ascii_lowercase))
}

fn upper_case(name: &str) -> String {
    lawful(words_joined(name, char::to_ascii_uppercase))
}

fn pascal_case(name: &str) -> String {
    let mut joined = String::with_capacity(name.len());
    for part in name.split('_').filter(|part| !part.is_empty()) {
        let is_shouted = !part.contains(|it: char| it.is_ascii_lowercase());
        for (at, character) in part.chars().enumerate() {
            joined.push(match at {
                0 => character.to_ascii_uppercase(),
                _ if is_shouted => character.to_ascii_lowercase(),
                _ => character,
            });
        }
    }
    lawful(joined)
}

/// The words of a name in one case with `_` between them: those of `HTTPRequest2_id` are `HTTP`, `Request2`, `id`.
fn words_joined(name: &str, cased: impl Fn(&char) -> char) -> String {
    let mut joined = String::with_capacity(name.len() + name.len() / 4);
    let mut before = None;
    let mut characters = name.chars().peekable();
    while let Some(character) = characters.next() {
        let starts_word = character.is_ascii_uppercase()
            && match before {
                Some('_') | None => false,
                Some(before) if before.is_ascii_uppercase() => {
                    characters.peek().is_some_and(|after| after.is_ascii_lowercase())
                }
                Some(_) => true,
            };
        let follows_gap = before == Some('_') && character != '_' && !joined.is_empty();
        if starts_word || follows_gap {
            joined.push('_');
        }
        if character != '_' {
            joined.push(cased(&character));
        }
        before = Some(character);
    }
    joined
}

/// Makes of it something that can be an identifier, raw or not.
fn lawful(name: String) -> String {
    match name.as_str() {
        "self" | "super" | "crate" | "Self" => name + "_",
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_case_by_words() {
        for (name, snake, pascal, upper) in [
            ("name", "name", "Name", "NAME"),
            ("GreetRequest", "greet_request", "GreetRequest", "GREET_REQUEST"),
            ("HTTPRequest", "http_request", "HTTPRequest", "HTTP_REQUEST"),
            ("URL", "url", "Url", "URL"),
            ("getURL", "get_url", "GetURL", "GET_URL"),
            ("SOLD_OUT", "sold_out", "SoldOut", "SOLD_OUT"),
            ("user_id2", "user_id2", "UserId2", "USER_ID2"),
            ("_a__b_", "a_b", "AB", "A_B"),
            ("type", "type", "Type", "TYPE"),
            ("Self", "self_", "Self_", "SELF"),
            ("crate", "crate_", "Crate", "CRATE"),
        ] {
            assert_eq!(snake_case(name), snake);
            assert_eq!(pascal_case(name), pascal);
            assert_eq!(upper_case(name), upper);
        }
    }

    #[test]
    fn what_a_client_has_by_itself_is_left_free() {
        for (name, expected) in
            [("New", "new_"), ("Connect", "connect_"), ("clone", "clone_"), ("Get", "get"), ("Type", "type")]
        {
            assert_eq!(method(name), expected);
        }
    }

    #[test]
    fn a_second_handler_is_called_as_the_first_whatever_that_had_to_evade() {
        for (name, expected) in [
            ("GetPrice", "get_price_degraded"),
            ("New", "new_degraded"),
            ("Self", "self_degraded"),
            ("Match", "match_degraded"),
        ] {
            assert_eq!(degraded(name), expected);
        }
        assert_eq!((accept("New"), job_state("GetURL")), ("new_accept".into(), "get_url_state".into()));
    }

    #[test]
    fn what_a_message_has_by_itself_is_left_free() {
        for (name, expected) in [
            ("Clone", "clone_"),
            ("default", "default_"),
            ("encode", "encode_"),
            ("clones", "clones"),
            ("type", "type"),
        ] {
            assert_eq!(accessor(name), expected);
        }
    }

    #[test]
    fn a_taken_name_is_replaced_by_the_next_free_one() {
        let taken = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let candidates = ["unknown", "unknown_fields"];
        assert_eq!(first_free(candidates, &taken(&[])), "unknown");
        assert_eq!(first_free(candidates, &taken(&["unknown"])), "unknown_fields");
        assert_eq!(first_free(candidates, &taken(&["unknown", "unknown_fields"])), "unknown_fields2");
    }
}
