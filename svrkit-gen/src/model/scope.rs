//! The tree of what names can stand in: segments of packages, and messages.
//!
//! `a.b` the package and `b` the message in package `a` are one scope, as they are one on the wire and in Rust. Full
//! names are made only to be shown: with nested messages they are long, and there may be many.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::{EnumId, ErrorsId, MessageId};
use crate::diagnostic::FileId;

/// One scope of a [`Scopes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ScopeId(u32);

/// What a name stands for, and where that is defined.
#[derive(Clone, Copy, Debug)]
pub(super) struct Symbol {
    pub(super) kind: SymbolKind,
    pub(super) file: FileId,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum SymbolKind {
    Message(MessageId),
    Enum(EnumId),
    Errors(ErrorsId),
}

/// All scopes of a run. Everything is in few large maps: many scopes would be as many small ones.
#[derive(Debug)]
pub(crate) struct Scopes {
    /// By [`ScopeId`], what each stands in and its name; what is around a scope comes before it.
    scopes: Vec<(ScopeId, Rc<str>)>,
    /// The names of scopes and definitions, numbered.
    words: HashMap<Rc<str>, Word>,
    inner: BTreeMap<(ScopeId, Word), ScopeId>,
    /// Several for a name that is defined several times, which is a matter for `check`.
    symbols: BTreeMap<(ScopeId, Word, u32), Symbol>,
}

type Word = u32;

impl Default for Scopes {
    fn default() -> Self {
        let root = (Self::ROOT, Rc::from(""));
        Self { scopes: vec![root], words: HashMap::new(), inner: BTreeMap::new(), symbols: BTreeMap::new() }
    }
}

impl Scopes {
    /// What the first segments of packages stand in; it stands in itself.
    pub(crate) const ROOT: ScopeId = ScopeId(0);

    /// Every scope but the root, with the one around it, which comes first, and its name.
    pub(crate) fn all(&self) -> impl Iterator<Item = (ScopeId, ScopeId, &str)> {
        let scopes = self.scopes.iter().enumerate().skip(1);
        scopes.map(|(at, (around, name))| (ScopeId(at as u32), *around, &**name))
    }

    /// The scope of this name, made if need be. There are fewer than elements and segments of packages.
    pub(super) fn enter(&mut self, around: ScopeId, name: &Rc<str>) -> ScopeId {
        let key = (around, self.word(name));
        *self.inner.entry(key).or_insert_with(|| {
            self.scopes.push((around, Rc::clone(name)));
            ScopeId(self.scopes.len() as u32 - 1)
        })
    }

    pub(super) fn inner(&self, around: ScopeId, name: &str) -> Option<ScopeId> {
        self.inner.get(&(around, *self.words.get(name)?)).copied()
    }

    pub(super) fn around(&self, scope: ScopeId) -> ScopeId {
        self.scopes[scope.0 as usize].0
    }

    pub(super) fn define(&mut self, scope: ScopeId, name: &Rc<str>, symbol: Symbol) {
        let word = self.word(name);
        let last = self.symbols.range((scope, word, 0)..=(scope, word, u32::MAX)).next_back();
        let next = last.map_or(0, |((.., number), _)| number + 1);
        self.symbols.insert((scope, word, next), symbol);
    }

    /// What `Order.Item` stands for in a scope.
    pub(super) fn symbols(&self, mut scope: ScopeId, reference: &str) -> impl Iterator<Item = Symbol> {
        let mut segments = reference.split('.');
        let last = segments.next_back().unwrap_or_default();
        let found = segments.try_for_each(|segment| {
            scope = self.inner(scope, segment)?;
            Some(())
        });
        let word = found.and_then(|()| self.words.get(last).copied());
        let symbols = word.map(|word| self.symbols.range((scope, word, 0)..=(scope, word, u32::MAX)));
        symbols.into_iter().flatten().map(|(_, symbol)| *symbol)
    }

    fn word(&mut self, name: &Rc<str>) -> Word {
        let next = self.words.len() as Word;
        *self.words.entry(Rc::clone(name)).or_insert(next)
    }
}
