//! The tree of what names can stand in: segments of packages, and messages.
//!
//! `a.b` the package and `b` the message in package `a` are one scope, as they are one on the wire and in Rust. Full
//! names are made only to be shown: with nested messages they are long, and there may be many.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::{EnumId, MessageId};
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
}

/// All scopes of a run.
#[derive(Debug)]
pub(crate) struct Scopes {
    /// By [`ScopeId`]; what is around a scope comes before it.
    scopes: Vec<Scope>,
}

#[derive(Debug)]
struct Scope {
    /// The root is in itself.
    around: ScopeId,
    name: Rc<str>,
    inner: BTreeMap<Rc<str>, ScopeId>,
    /// Several for a name that is defined several times, which is a matter for `check`.
    symbols: BTreeMap<Rc<str>, Vec<Symbol>>,
}

impl Default for Scopes {
    fn default() -> Self {
        Self { scopes: vec![Scope::new(Self::ROOT, Rc::from(""))] }
    }
}

impl Scopes {
    /// What the first segments of packages stand in.
    pub(crate) const ROOT: ScopeId = ScopeId(0);

    /// Every scope but the root, with the one around it, which comes first, and its name.
    pub(crate) fn all(&self) -> impl Iterator<Item = (ScopeId, ScopeId, &str)> {
        let scopes = self.scopes.iter().enumerate().skip(1);
        scopes.map(|(at, scope)| (ScopeId(at as u32), scope.around, &*scope.name))
    }

    /// The scope of this name, made if need be.
    pub(super) fn enter(&mut self, around: ScopeId, name: &Rc<str>) -> ScopeId {
        if let Some(known) = self.inner(around, name) {
            return known;
        }
        // There are at most as many as elements and segments of packages.
        let id = ScopeId(self.scopes.len() as u32);
        self.scopes.push(Scope::new(around, Rc::clone(name)));
        self.scopes[around.0 as usize].inner.insert(Rc::clone(name), id);
        id
    }

    pub(super) fn inner(&self, around: ScopeId, name: &str) -> Option<ScopeId> {
        self.scopes[around.0 as usize].inner.get(name).copied()
    }

    pub(super) fn around(&self, scope: ScopeId) -> ScopeId {
        self.scopes[scope.0 as usize].around
    }

    pub(super) fn define(&mut self, scope: ScopeId, name: &Rc<str>, symbol: Symbol) {
        let symbols = &mut self.scopes[scope.0 as usize].symbols;
        symbols.entry(Rc::clone(name)).or_insert_with(|| Vec::with_capacity(1)).push(symbol);
    }

    /// What `Order.Item` stands for in a scope.
    pub(super) fn symbols(&self, mut scope: ScopeId, reference: &str) -> &[Symbol] {
        let mut rest = reference;
        while let Some((segment, after)) = rest.split_once('.') {
            let Some(inner) = self.inner(scope, segment) else {
                return &[];
            };
            (scope, rest) = (inner, after);
        }
        self.scopes[scope.0 as usize].symbols.get(rest).map_or(&[], Vec::as_slice)
    }
}

impl Scope {
    fn new(around: ScopeId, name: Rc<str>) -> Self {
        Self { around, name, inner: BTreeMap::new(), symbols: BTreeMap::new() }
    }
}
