//! Names of a run, each kept once: a large schema repeats most of them.

use std::collections::HashSet;
use std::rc::Rc;

/// Hands out one shared text for equal texts.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    known: HashSet<Rc<str>>,
}

impl Interner {
    /// The shared text that is equal to `text`.
    pub(crate) fn intern(&mut self, text: &str) -> Rc<str> {
        if let Some(known) = self.known.get(text) {
            return Rc::clone(known);
        }
        let new: Rc<str> = Rc::from(text);
        self.known.insert(Rc::clone(&new));
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_are_one() {
        let mut interner = Interner::default();
        let (first, second) = (interner.intern("name"), interner.intern("name"));
        assert!(Rc::ptr_eq(&first, &second));
        assert_eq!(&*interner.intern("other"), "other");
    }
}
