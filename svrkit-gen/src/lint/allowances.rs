//! Which lint is allowed where, and whether that was ever needed.
//!
//! `parse::allowance` reads the comments; here their names become lints. Elements either stand within one another or
//! apart, so the innermost allowance around a place is found by a search and a few steps outwards.

use super::Lint;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, FileId, Span, Spanned, quoted};
use crate::limits::ALLOWANCES_MAX;
use crate::parse;

/// All allowances of a run.
pub(super) struct Allowances {
    /// By the position of the lint; ascending by file and start, outer ones before inner ones.
    by_lint: Vec<Vec<Allowed>>,
    /// Where an element allows a lint that it has allowed already.
    doubles: Vec<(&'static Lint, Span)>,
}

struct Allowed {
    /// Where the name of the lint stands in the comment.
    name: Span,
    extent: Span,
    /// The next one outwards.
    around: Option<usize>,
    is_used: bool,
}

impl Allowances {
    /// Those of files in the order of their ids; what is wrong with them becomes findings. `None`: there are too many.
    pub(super) fn read<'t>(
        texts: impl Iterator<Item = (FileId, &'t str)>,
        found: &mut Diagnostics,
    ) -> Option<Self> {
        let mut allowances =
            Self { by_lint: Lint::ALL.iter().map(|_| Vec::new()).collect(), doubles: Vec::new() };
        let mut left = ALLOWANCES_MAX;
        for (file, text) in texts {
            for allowance in parse::allowances(file, text, &mut left, found)? {
                for name in allowance.lints {
                    match lint_to_allow(name.value) {
                        Ok(lint) => allowances.add(lint, name.span, allowance.extent),
                        Err(fault) => found.push(fault.at(&name)),
                    }
                }
            }
        }
        Some(allowances)
    }

    /// Whether a lint may find what stands at `span`; then the allowance was of use.
    pub(super) fn silence(&mut self, lint: &Lint, span: Span) -> bool {
        let allowed = &mut self.by_lint[lint.position()];
        let start = |extent: Span| (extent.file, extent.start);
        let after = allowed.partition_point(|it| start(it.extent) <= start(span));
        let mut candidate = after.checked_sub(1);
        while let Some(at) = candidate {
            if allowed[at].extent.contains(span) {
                allowed[at].is_used = true;
                return true;
            }
            candidate = allowed[at].around;
        }
        false
    }

    /// What silenced nothing, with the place of the lint's name.
    pub(super) fn unused(&self) -> Vec<(&'static Lint, Span)> {
        let of_lint = |(lint, allowed): (&'static Lint, &Vec<Allowed>)| {
            let unused = allowed.iter().filter(|it| !it.is_used);
            unused.map(|it| (lint, it.name)).collect::<Vec<_>>()
        };
        let unused = Lint::ALL.iter().zip(&self.by_lint).flat_map(of_lint);
        unused.chain(self.doubles.iter().copied()).collect()
    }

    fn add(&mut self, lint: &'static Lint, name: Span, extent: Span) {
        let allowed = &mut self.by_lint[lint.position()];
        let mut around = allowed.len().checked_sub(1);
        while let Some(at) = around
            && !allowed[at].extent.contains(extent)
        {
            around = allowed[at].around;
        }
        match around {
            Some(at) if allowed[at].extent == extent => self.doubles.push((lint, name)),
            _ => allowed.push(Allowed { name, extent, around, is_used: false }),
        }
    }
}

/// Why a name cannot be allowed.
struct Fault {
    message: String,
    help: String,
}

impl Fault {
    fn at(self, name: &Spanned<&str>) -> Diagnostic {
        Diagnostic::new(Code::BAD_ALLOWANCE, name.span, self.message).help(self.help)
    }
}

fn lint_to_allow(name: &str) -> Result<&'static Lint, Fault> {
    let fault = |message, help| Err(Fault { message, help });
    if let Some(code) = Code::all().iter().find(|code| code.as_str().eq_ignore_ascii_case(name)) {
        return match Lint::of(*code) {
            Some(lint) => fault(
                format!("{} is the code of a lint", quoted(name)),
                format!("write its name: `{}`", lint.name()),
            ),
            None => fault(
                format!("{} is no lint and cannot be allowed", quoted(name)),
                "a check finds what would not work".to_owned(),
            ),
        };
    }
    match Lint::named(name) {
        Ok(lint) if *lint == super::unused_allow::LINT => fault(
            format!("{} cannot be allowed by a comment", quoted(name)),
            "remove what is not used, or set its level in svrkit.toml".to_owned(),
        ),
        Ok(lint) => Ok(lint),
        Err(unknown) => fault(unknown.to_string(), unknown.help()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str]) -> (Option<Allowances>, Diagnostics) {
        let mut found = Diagnostics::default();
        let allowances = Allowances::read(texts.iter().map(|text| (FileId::default(), *text)), &mut found);
        (allowances, found)
    }

    #[test]
    fn an_allowance_holds_for_the_element_after_it_and_all_in_it_and_no_further() {
        let text = "<protocol package='p'>\
                    <!-- svrkit:allow hot-tag: x --><message name='A'><field name='1'/><message name='2'/></message>\
                    <message name='3'><!-- svrkit:allow hot-tag: x --><field name='4'/><field name='5'/></message>\
                    </protocol>";
        let (allowances, found) = read(&[text]);
        let mut allowances = allowances.unwrap();
        assert_eq!(found.errors(), 0);
        let lint = Lint::named("hot-tag").unwrap();
        for (name, expected) in
            [("A", true), ("1", true), ("2", true), ("3", false), ("4", true), ("5", false)]
        {
            let at = text.find(&format!("'{name}'")).unwrap();
            let span = Span::new(FileId::default(), at, at + 3);
            assert_eq!(allowances.silence(lint, span), expected, "{name}");
            assert!(!allowances.silence(Lint::named("no-timeout").unwrap(), span), "{name}");
        }
        assert!(allowances.unused().is_empty());
    }

    #[test]
    fn the_innermost_allowance_is_the_one_that_is_used() {
        let text = "<!-- svrkit:allow hot-tag: x --><protocol package='p'>\
                    <!-- svrkit:allow hot-tag: x --><!-- svrkit:allow hot-tag: x --><message name='A'/></protocol>";
        let mut allowances = read(&[text]).0.unwrap();
        let lint = Lint::named("hot-tag").unwrap();
        let at = text.find("'A'").unwrap();
        assert!(allowances.silence(lint, Span::new(FileId::default(), at, at + 3)));
        let mut unused: Vec<_> = allowances.unused().iter().map(|(_, span)| span.start as usize).collect();
        unused.sort_unstable();
        let names: Vec<_> = text.match_indices("hot-tag").map(|(at, _)| at).collect();
        assert_eq!(unused, [names[0], names[2]]);
    }

    #[test]
    fn one_allowance_past_the_limit_is_a_finding_that_names_it() {
        let schema = |count: usize| {
            let names = vec!["hot-tag"; count].join(",");
            format!("<!-- svrkit:allow {names}: x --><protocol package='p'/>")
        };
        let most = schema(ALLOWANCES_MAX);
        assert!(read(&[&most]).0.is_some());
        for texts in [&[&*schema(ALLOWANCES_MAX + 1)][..], &[&most, &schema(1)], &[&most, &most, &most]] {
            let (allowances, found) = read(texts);
            assert_eq!((allowances.is_none(), found.errors()), (true, 1));
        }
    }
}
