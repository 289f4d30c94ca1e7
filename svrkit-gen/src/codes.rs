//! All codes, of whatever stage.

use crate::check;
use crate::diagnostic::Code;
use crate::lint::Lint;

impl Code {
    /// Every code, in ascending order.
    pub fn all() -> Vec<Self> {
        let lints = Lint::ALL.iter().map(|lint| lint.code());
        let mut codes: Vec<_> = Self::OF_READING.iter().copied().chain(check::codes()).chain(lints).collect();
        codes.sort();
        // A check may share the code of a stage before it: one fault, found at two places.
        codes.dedup_by_key(|code| (code.as_str(), code.name()));
        codes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;

    #[test]
    fn no_code_is_used_twice() {
        let codes = Code::all();
        assert!(codes.windows(2).all(|pair| pair[0] < pair[1]), "{codes:?}");
        let mut names: Vec<_> = codes.iter().map(|code| code.name()).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    }

    /// `SVRKIT_BLESS=1` writes the table anew.
    #[test]
    fn the_table_for_users_is_made_of_all_codes() {
        let mut table = String::new();
        // The lints have a table of their own.
        for code in Code::all().into_iter().filter(|code| Lint::of(*code).is_none()) {
            let severity = match code.severity() {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            table.push_str(&format!("| {code} | {severity} | {} |\n", code.summary()));
        }
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/CODES.md");
        let page = std::fs::read_to_string(path).unwrap();
        let start = page.find("| SVK0001 ").unwrap();
        let end = start + page[start..].find("\n\n").unwrap() + 1;
        if std::env::var_os("SVRKIT_BLESS").is_some() {
            std::fs::write(path, format!("{}{table}{}", &page[..start], &page[end..])).unwrap();
            return;
        }
        assert!(page.contains(&table), "CODES.md should hold:\n{table}");
    }
}
