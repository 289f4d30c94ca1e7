//! The libraries whose generated code rustc compiles, and the source of a crate for each.

use anyhow::{Context, Result};
use svrkit_gen::Config;
use tempfile::TempDir;

use super::corpus::{Cardinality, Corpus, MESSAGES, module};
use super::plan::Code;
use super::{prost, xml};

/// Ours as it comes: views are derived, and nobody looks at them.
pub(super) const SVRKIT: Library = Library {
    name: "svrkit",
    dependency: concat!(
        "svrkit-runtime = { path = \"",
        env!("CARGO_MANIFEST_DIR"),
        "/../svrkit-runtime\" }"
    ),
    source: |corpus| svrkit_source(corpus, Config::new()),
    again: "fn again<M: ::svrkit_runtime::Tlv>(bytes: &[u8]) -> Option<Vec<u8>> {
                M::decode(bytes).ok()?.encode().ok()
            }",
    has_readers: false,
};

/// Ours, generated to be small.
pub(super) const SVRKIT_SMALL: Library = Library {
    name: "svrkit-small",
    source: |corpus| svrkit_source(corpus, Config::new().small(true)),
    ..SVRKIT
};

/// Ours, where every field of every view is read as well.
pub(super) const SVRKIT_VIEWS: Library = Library {
    name: "svrkit-views",
    has_readers: true,
    ..SVRKIT
};

pub(super) const PROST: Library = Library {
    name: "prost",
    dependency: "prost = { version = \"0.14\", features = [\"derive\"] }",
    source: |corpus| Ok(prost::source(corpus)?),
    again: "fn again<M: ::prost::Message + Default>(bytes: &[u8]) -> Option<Vec<u8>> {
                Some(M::decode(bytes).ok()?.encode_to_vec())
            }",
    has_readers: false,
};

/// One of those compared.
pub(super) struct Library {
    pub name: &'static str,
    /// The line of `Cargo.toml`.
    pub dependency: &'static str,
    source: fn(Corpus) -> Result<String>,
    /// A function that decodes and encodes any message.
    again: &'static str,
    /// Whether each message that is called is also read in place.
    has_readers: bool,
}

impl Library {
    /// The source of the crate: the messages, and what calls them in a public function `round_trip`.
    pub(super) fn whole(&self, corpus: Corpus, code: Code) -> Result<String> {
        let mut source = (self.source)(corpus)?;
        if code == Code::Declared {
            return Ok(source);
        }
        let messages = (0..corpus.files).flat_map(|file| (0..MESSAGES).map(move |it| (file, it)));
        let mut arms = String::new();
        for (at, (file, message)) in messages.enumerate() {
            let path = format!("bench::{}::Record{message}", module(file));
            let mut read = String::new();
            if self.has_readers {
                read = format!("read_{at}(bytes)?; ");
                source.push_str(&reader(&format!("read_{at}"), &path, file, message));
            }
            arms.push_str(&format!("{at} => {{ {read}again::<{path}>(bytes) }}\n"));
        }
        source.push_str("pub fn round_trip(message: usize, bytes: &[u8]) -> Option<Vec<u8>> {\n");
        source.push_str(&format!(
            "match message {{\n{arms}_ => None,\n}}\n}}\n{}\n",
            self.again
        ));
        Ok(source)
    }
}

/// A function that makes a view and reads every field of it, and every item of its lists.
fn reader(name: &str, path: &str, file: usize, message: usize) -> String {
    let reads: String = Corpus::message(file, message)
        .map(|field| match field.cardinality {
            Cardinality::Repeated => format!(
                "for item in view.{}() {{ ::std::hint::black_box(&item); }}\n",
                field.name
            ),
            Cardinality::One | Cardinality::Optional => {
                format!("::std::hint::black_box(&view.{}());\n", field.name)
            }
        })
        .collect();
    format!(
        "fn {name}(bytes: &[u8]) -> Option<()> {{
            let view = <{path} as ::svrkit_runtime::Tlv>::view(bytes).ok()?;
            {reads}Some(())
        }}\n"
    )
}

fn svrkit_source(corpus: Corpus, config: Config) -> Result<String> {
    let folder = TempDir::new().context("cannot make a folder for schemas")?;
    xml::write(corpus, folder.path())?;
    let files = (0..corpus.files).map(|file| folder.path().join(format!("{}.xml", module(file))));
    let generated = config
        .generate(files)
        .map_err(|report| anyhow::anyhow!("{report}"))?;
    Ok(generated.source().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_libraries_get_the_same_messages() {
        let corpus = Corpus {
            files: 3,
            has_services: false,
        };
        let [ours, prosts] = [SVRKIT, PROST].map(|library| library.whole(corpus, Code::Called).unwrap());
        let count = |source: &str, what: &str| source.matches(what).count();
        for source in [&ours, &prosts] {
            assert_eq!(count(source, "pub struct Record"), corpus.messages());
            assert_eq!(count(source, "pub enum State"), corpus.files);
            assert_eq!(count(source, " again::<"), corpus.messages());
        }
        // Ours has one attribute more a message, and a field for it: the unknown.
        let fields = |source: &str, attribute: &str| count(source, attribute);
        assert_eq!(fields(&prosts, "#[prost("), corpus.fields());
        let tagged = (1..=20)
            .map(|tag| fields(&ours, &format!("#[tlv({tag})]\n")) + fields(&ours, &format!("#[tlv({tag}, ")));
        // The values of the enums have numbers in the same words.
        assert_eq!(tagged.sum::<usize>(), corpus.fields() + 3 * corpus.files);
    }

    #[test]
    fn only_what_reads_in_place_calls_every_accessor() {
        let corpus = Corpus {
            files: 2,
            has_services: false,
        };
        for (library, fields) in [
            (SVRKIT, 0),
            (SVRKIT_SMALL, 0),
            (SVRKIT_VIEWS, corpus.fields()),
            (PROST, 0),
        ] {
            let source = library.whole(corpus, Code::Called).unwrap();
            let calls = source.matches("(&view.").count() + source.matches(" in view.").count();
            assert_eq!(calls, fields, "{}", library.name);
        }
    }

    #[test]
    fn only_what_is_small_asks_for_it() {
        let corpus = Corpus {
            files: 1,
            has_services: false,
        };
        for (library, messages) in [(SVRKIT, 0), (SVRKIT_SMALL, corpus.messages()), (SVRKIT_VIEWS, 0)] {
            let source = library.whole(corpus, Code::Called).unwrap();
            assert_eq!(source.matches("small)]").count(), messages, "{}", library.name);
        }
    }
}
