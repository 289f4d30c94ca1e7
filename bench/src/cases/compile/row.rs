//! The JSON lines. Their fields are an interface: programs read them.

use serde::Serialize;

/// A line, by what was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum Row {
    Tree(Tree),
    Hostile(Hostile),
    Rustc(Rustc),
    Weight(Weight),
}

/// The schema compiler on a tree without faults; medians of the repeats, the largest peak.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Tree {
    pub case: &'static str,
    pub op: &'static str,
    pub files: usize,
    pub fields: usize,
    /// Wall time.
    pub ms: f64,
    /// CPU time, user and system.
    pub cpu_ms: f64,
    /// Of the whole process.
    pub peak_mib: f64,
    /// Of the generated code.
    pub output_bytes: usize,
}

/// The schema compiler on an input that ends in errors.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Hostile {
    pub case: &'static str,
    pub op: &'static str,
    pub input: &'static str,
    pub ms: f64,
    pub cpu_ms: f64,
    pub peak_mib: f64,
    pub errors: usize,
}

/// rustc on one library's code; medians of the rounds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Rustc {
    pub case: &'static str,
    pub op: &'static str,
    pub lib: &'static str,
    pub messages: usize,
    pub code: &'static str,
    pub profile: &'static str,
    /// Lines of source.
    pub lines: usize,
    /// Wall time of `cargo build` with all dependencies built.
    pub seconds: f64,
    /// CPU time of it.
    pub cpu_seconds: f64,
    /// CPU time of this by that of prost: the median of the pairs.
    pub ratio: f64,
}

/// How much machine code comes of one library's messages.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Weight {
    pub case: &'static str,
    pub op: &'static str,
    pub lib: &'static str,
    /// That the larger program has more than the smaller.
    pub messages: usize,
    /// Of those messages.
    pub fields: usize,
    /// Machine code for each of them: the sections `.text`.
    pub text_bytes_per_message: f64,
}

/// To a thousandth: more digits than any measurement has.
pub(super) fn rounded(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_has_these_fields_and_no_other() {
        let (case, profile, code) = ("compile", "debug", "called");
        let tree = Tree {
            case,
            op: "gen",
            files: 1,
            fields: 100,
            ms: 1.5,
            cpu_ms: 1.0,
            peak_mib: 2.0,
            output_bytes: 3,
        };
        let hostile = Hostile {
            case,
            op: "hostile",
            input: "depth",
            ms: 1.5,
            cpu_ms: 1.0,
            peak_mib: 2.0,
            errors: 1,
        };
        let rustc = Rustc {
            case,
            op: "rustc",
            lib: "svrkit",
            messages: 5,
            code,
            profile,
            lines: 9,
            seconds: 1.0,
            cpu_seconds: 2.0,
            ratio: 0.5,
        };
        let weight = Weight {
            case,
            op: "weight",
            lib: "svrkit-small",
            messages: 50,
            fields: 1000,
            text_bytes_per_message: 1234.5,
        };
        let rows = [
            (
                Row::Tree(tree),
                r#"{"case":"compile","op":"gen","files":1,"fields":100,"ms":1.5,"cpu_ms":1.0,"peak_mib":2.0,"output_bytes":3}"#,
            ),
            (
                Row::Hostile(hostile),
                r#"{"case":"compile","op":"hostile","input":"depth","ms":1.5,"cpu_ms":1.0,"peak_mib":2.0,"errors":1}"#,
            ),
            (
                Row::Rustc(rustc),
                r#"{"case":"compile","op":"rustc","lib":"svrkit","messages":5,"code":"called","profile":"debug","lines":9,"seconds":1.0,"cpu_seconds":2.0,"ratio":0.5}"#,
            ),
            (
                Row::Weight(weight),
                r#"{"case":"compile","op":"weight","lib":"svrkit-small","messages":50,"fields":1000,"text_bytes_per_message":1234.5}"#,
            ),
        ];
        for (row, expected) in rows {
            assert_eq!(serde_json::to_string(&row).unwrap(), expected);
        }
    }
}
