//! The name of a project, and the names made of it.

use std::error::Error;
use std::fmt;

/// The longest name: types are called like it, and a line of code must hold two of them.
pub(crate) const NAME_LEN_MAX: usize = 32;

/// Words of the language, of today and reserved: no module can be called so.
const KEYWORDS: [&str; 51] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield",
];

/// Names that mean something else already, with what they mean.
const TAKEN: [(&str, &str); 14] = [
    ("alloc", "it is a crate of Rust itself"),
    ("core", "it is a crate of Rust itself"),
    ("proc_macro", "it is a crate of Rust itself"),
    ("std", "it is a crate of Rust itself"),
    ("test", "it is a crate of Rust itself"),
    ("build", "cargo has a folder of this name beside the program"),
    ("deps", "cargo has a folder of this name beside the program"),
    ("examples", "cargo has a folder of this name beside the program"),
    ("incremental", "cargo has a folder of this name beside the program"),
    ("tokio", "the project depends on a crate of this name"),
    ("svrkit", "it is the kit's own"),
    ("cargo_svrkit", "it is the kit's own"),
    ("greet_request", "the first message is called `GreetRequest`, like the service would be"),
    ("greet_reply", "the second message is called `GreetReply`, like the service would be"),
];

/// A name that works as package, crate, module and service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    package: String,
    module: String,
    service: String,
}

impl Name {
    /// Judges `name`: what cargo, the language and the generated code allow.
    pub(crate) fn parse(name: &str) -> Result<Self, NameError> {
        let refused = |reason| NameError { name: name.chars().take(2 * NAME_LEN_MAX).collect(), reason };
        let Some(first) = name.chars().next() else {
            return Err(refused(Reason::Empty));
        };
        if NAME_LEN_MAX < name.chars().count() {
            return Err(refused(Reason::TooLong));
        }
        if let Some(character) =
            name.chars().find(|it| !matches!(it, 'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_'))
        {
            return Err(refused(Reason::Character(character)));
        }
        if !first.is_ascii_alphabetic() {
            return Err(refused(Reason::Start(first)));
        }
        if name.chars().any(|it| it.is_ascii_uppercase()) {
            return Err(refused(Reason::UpperCase));
        }
        let words = name.split(['-', '_']);
        if words.clone().any(str::is_empty) {
            return Err(refused(Reason::Separators));
        }
        let module = name.replace('-', "_");
        if KEYWORDS.contains(&&*module) {
            return Err(refused(Reason::Keyword));
        }
        if let Some((_, why)) = TAKEN.iter().find(|(taken, _)| *taken == module) {
            return Err(refused(Reason::Taken(why)));
        }
        if module.starts_with("svrkit_") {
            return Err(refused(Reason::Taken("names that start with `svrkit` are the kit's own")));
        }
        Ok(Self { package: name.into(), module, service: words.map(capitalized).collect() })
    }

    /// The package, as given: `shop-api`.
    pub(crate) fn package(&self) -> &str {
        &self.package
    }

    /// The crate, the schema's package and its module: `shop_api`.
    pub(crate) fn module(&self) -> &str {
        &self.module
    }

    /// The service: `ShopApi`.
    pub(crate) fn service(&self) -> &str {
        &self.service
    }

    /// The service with its package: `shop_api.ShopApi`.
    pub(crate) fn service_full(&self) -> String {
        format!("{}.{}", self.module, self.service)
    }
}

fn capitalized(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_ascii_uppercase() + rest
}

/// Why a name cannot be a project's. The caller is at fault and chooses another one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NameError {
    name: String,
    reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    Empty,
    TooLong,
    Character(char),
    Start(char),
    UpperCase,
    Separators,
    Keyword,
    Taken(&'static str),
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.escape_debug();
        write!(f, "`{name}` cannot be the name of a project: ")?;
        match self.reason {
            Reason::Empty => f.write_str("it is empty"),
            Reason::TooLong => write!(f, "it is longer than {NAME_LEN_MAX} characters (NAME_LEN_MAX)"),
            Reason::Character(character) => {
                write!(f, "it has {character:?} in it; letters a to z, digits, `-` and `_` are allowed")
            }
            Reason::Start(character) => write!(f, "it starts with {character:?}; let it start with a letter"),
            Reason::UpperCase => {
                write!(f, "crates are called in lower case; take `{}`", name.to_string().to_ascii_lowercase())
            }
            Reason::Separators => f.write_str("a `-` or `_` must stand between two letters or digits"),
            Reason::Keyword => f.write_str("it is a keyword of Rust; take a longer one"),
            Reason::Taken(why) => write!(f, "{why}; take another one"),
        }
    }
}

impl Error for NameError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gives_module_and_service() {
        for (name, module, service) in [
            ("shop", "shop", "Shop"),
            ("shop-api", "shop_api", "ShopApi"),
            ("shop_api-2", "shop_api_2", "ShopApi2"),
            ("r2d2", "r2d2", "R2d2"),
            ("a", "a", "A"),
            ("svrkits", "svrkits", "Svrkits"),
        ] {
            let parsed = Name::parse(name).unwrap();
            assert_eq!((parsed.package(), parsed.module(), parsed.service()), (name, module, service));
        }
    }

    #[track_caller]
    fn check_refused(name: &str, reason: Reason, text: &str) {
        let error = Name::parse(name).unwrap_err();
        assert_eq!(error.reason, reason, "{name}");
        let shown = error.to_string();
        assert!(shown.ends_with(text), "{shown}");
    }

    #[test]
    fn a_name_that_would_break_later_is_refused_with_the_reason() {
        check_refused("", Reason::Empty, "it is empty");
        check_refused("shop/api", Reason::Character('/'), "allowed");
        check_refused("..", Reason::Character('.'), "allowed");
        check_refused("läden", Reason::Character('ä'), "allowed");
        check_refused(
            "a\nb",
            Reason::Character('\n'),
            "it has '\\n' in it; letters a to z, digits, `-` and `_` are allowed",
        );
        check_refused("2shop", Reason::Start('2'), "it starts with '2'; let it start with a letter");
        check_refused("-shop", Reason::Start('-'), "letter");
        check_refused("_", Reason::Start('_'), "letter");
        check_refused("Shop", Reason::UpperCase, "take `shop`");
        check_refused("shop--api", Reason::Separators, "digits");
        check_refused("shop-", Reason::Separators, "digits");
        check_refused("fn", Reason::Keyword, "it is a keyword of Rust; take a longer one");
        check_refused("gen", Reason::Keyword, "longer one");
        for name in ["test", "std", "proc-macro", "build", "tokio", "svrkit", "cargo-svrkit", "greet-request"]
        {
            let reason = TAKEN.iter().find(|(taken, _)| *taken == name.replace('-', "_")).unwrap().1;
            check_refused(name, Reason::Taken(reason), "take another one");
        }
        for name in ["svrkit-gen", "svrkit_runtime", "svrkit-anything"] {
            check_refused(
                name,
                Reason::Taken("names that start with `svrkit` are the kit's own"),
                "names that start with `svrkit` are the kit's own; take another one",
            );
        }
    }

    #[test]
    fn a_name_may_be_as_long_as_the_limit() {
        Name::parse(&"a".repeat(NAME_LEN_MAX)).unwrap();
        check_refused(
            &"a".repeat(NAME_LEN_MAX + 1),
            Reason::TooLong,
            "it is longer than 32 characters (NAME_LEN_MAX)",
        );
    }
}
