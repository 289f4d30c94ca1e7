//! References that lead nowhere: whether to say so, and what may have been meant.

use std::borrow::Cow;
use std::rc::Rc;

use super::{Miss, Place, Resolver};
use crate::diagnostic::{Code, Diagnostic, FileId, Spanned, quoted};
use crate::load::bundled::TYPES_PACKAGE;
use crate::model::foreign_shape::{self, Spot};
use crate::model::scope::SymbolKind;
use crate::model::{Enum, EnumId, ErrorsId, Message, MessageId, Name, Scalar, foreign_type};
use crate::parse::nearest;

/// So many names are looked through for the one that was meant.
const CHOICE_MAX: usize = 1_024;

/// So many are shown where none is near.
const SHOWN_MAX: usize = 5;

/// What a reference shall lead to.
#[derive(Clone, Copy)]
pub(super) enum Wanted {
    Type(Spot),
    Message,
    Errors,
}

impl Resolver<'_> {
    /// Whether a definition that is missing may have been lost with a fault that was reported: in this file, or in one
    /// it imports.
    fn is_lost(&self, reference: &str, file: FileId) -> bool {
        let mut visible = self.loaded.files[file.index()].visible.iter();
        self.loaded.is_cut || visible.any(|file| self.loaded.files[file.index()].lost.covers(reference))
    }

    pub(super) fn missed(
        &mut self,
        code: Code,
        reference: &Spanned<Rc<str>>,
        message: String,
        miss: &Miss,
        place: &Place<'_>,
        wanted: Wanted,
    ) {
        let help = match miss {
            // Its imports may be among the files that were not read any more.
            Miss::NotImported(_) if self.loaded.is_cut => return,
            Miss::NotImported(file) => {
                let path = self.loaded.files[file.index()].path.display().to_string();
                Some(format!("it is defined in {}, which this file does not import", quoted(&path)))
            }
            Miss::Unknown if self.is_lost(&reference.value, place.file) => return,
            Miss::Unknown => self.suggestion(&reference.value, place, wanted),
        };
        self.found.push(Diagnostic::new(code, reference.span, message).maybe_help(help));
    }

    /// What may have been meant, or what there is.
    fn suggestion(&self, reference: &str, place: &Place<'_>, wanted: Wanted) -> Option<String> {
        let visible = &self.loaded.files[place.file.index()].visible;
        let is_bundled = |file: &FileId| self.loaded.files[file.index()].is_bundled;
        let is_bundled_type =
            |name: &str| name.strip_prefix(TYPES_PACKAGE).is_some_and(|rest| rest.starts_with('.'));
        if is_bundled_type(reference) && !visible.iter().any(is_bundled) {
            return Some("import `svrkit/types.xml`".to_owned());
        }
        let kinds = visible.iter().flat_map(|file| &self.defined[file.index()]);
        let defined = kinds.filter_map(|kind| match (kind, wanted) {
            (SymbolKind::Message(MessageId(at)), Wanted::Type(_) | Wanted::Message) => {
                self.schema.messages.get(*at).map(|it: &Message| &it.name)
            }
            (SymbolKind::Enum(EnumId(at)), Wanted::Type(_)) => {
                self.schema.enums.get(*at).map(|it: &Enum| &it.name)
            }
            (SymbolKind::Errors(ErrorsId(at)), Wanted::Errors) => {
                self.schema.errors.get(*at).map(|it| &it.name)
            }
            _ => None,
        });
        let defined = defined.map(|name| Cow::Owned(written_in(place.name, name)));
        let did_you_mean = |word: Cow<'_, str>| format!("did you mean `{word}`?");
        match wanted {
            Wanted::Type(spot) => {
                let is_message = |word: &str| matches!(self.symbol(word, place), Ok(SymbolKind::Message(_)));
                let foreign = foreign_type::hint(reference).map(str::to_owned);
                let foreign = foreign.or_else(|| foreign_shape::hint(reference, spot, is_message));
                let scalars = Scalar::ALL.iter().map(|scalar| Cow::Borrowed(scalar.word));
                foreign.or_else(|| nearest(reference, scalars.chain(defined)).map(did_you_mean))
            }
            Wanted::Message | Wanted::Errors => {
                let defined: Vec<_> = defined.take(CHOICE_MAX).collect();
                nearest(reference, defined.iter().map(|it| Cow::Borrowed(&**it)))
                    .map(did_you_mean)
                    .or_else(|| Some(choice(reference, &defined, wanted)))
            }
        }
    }
}

/// Which names there are, or how to have one.
fn choice(reference: &str, defined: &[Cow<'_, str>], wanted: Wanted) -> String {
    let (element, what) =
        if matches!(wanted, Wanted::Errors) { ("errors", "sets of errors") } else { ("message", "messages") };
    if defined.is_empty() {
        let name = reference.rsplit('.').next().unwrap_or_default();
        return format!("define {}", quoted(&format!("<{element} name=\"{name}\">")));
    }
    let shown: Vec<_> = defined.iter().take(SHOWN_MAX).map(|name| format!("`{name}`")).collect();
    let rest = if SHOWN_MAX < defined.len() { " and more" } else { "" };
    format!("{what} known here: {}{rest}", shown.join(" "))
}

/// A name as one would write it at a place.
fn written_in(place: &Name, name: &Name) -> String {
    if name.package != place.package {
        return name.full();
    }
    let messages = || place.around.iter().chain([&place.own]);
    let is_within = name.around.len() == place.around.len() + 1 && name.around.iter().eq(messages());
    if is_within { name.own.to_string() } else { name.short() }
}
