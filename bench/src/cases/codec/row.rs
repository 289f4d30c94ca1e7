//! The JSON lines. Their fields are an interface: programs read them.

use serde::Serialize;

use super::job::{Job, Unknown};

/// One message, what is done with it, and by whom.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Row {
    pub case: &'static str,
    pub message: &'static str,
    pub op: &'static str,
    pub lib: &'static str,
    /// `own`: what the library's generator takes. `same`: those of svrkit.
    pub containers: &'static str,
    /// `kept` or `dropped`: what becomes of fields that the schema does not know, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<&'static str>,
    /// Of one value, on average.
    pub bytes: f64,
    #[serde(flatten)]
    pub cost: Cost,
}

/// What one value costs, on average.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum Cost {
    /// CPU time, the median of the rounds; and the bytes by it.
    Time {
        ns: f64,
        mib_s: f64,
    },
    Instructions {
        instructions: f64,
    },
}

impl Row {
    pub(super) fn timed(job: &Job, ns: f64) -> Self {
        let mib_s = rounded(bytes(job) / ns * 1e9 / f64::from(1 << 20));
        Self::of(
            job,
            Cost::Time {
                ns: rounded(ns),
                mib_s,
            },
        )
    }

    pub(super) fn counted(job: &Job, instructions: f64) -> Self {
        let instructions = rounded(instructions);
        Self::of(job, Cost::Instructions { instructions })
    }

    fn of(job: &Job, cost: Cost) -> Self {
        Self {
            case: "codec",
            message: job.message,
            op: job.op.word(),
            lib: job.lib.word(),
            containers: job.containers.word(),
            unknown: job.unknown.map(Unknown::word),
            bytes: rounded(bytes(job)),
            cost,
        }
    }
}

impl Cost {
    /// Nanoseconds or instructions.
    pub(super) fn number(self) -> f64 {
        match self {
            Self::Time { ns, .. } => ns,
            Self::Instructions { instructions } => instructions,
        }
    }
}

fn bytes(job: &Job) -> f64 {
    job.bytes as f64 / job.samples as f64
}

/// To a tenth: more digits than any measurement has.
fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::super::job::{Containers, Lib, Op};
    use super::*;

    #[test]
    fn each_line_has_these_fields_and_no_other() {
        let mut job = Job {
            message: "log",
            op: Op::Encode,
            lib: Lib::Prost,
            containers: Containers::Same,
            unknown: None,
            samples: 4,
            bytes: 4096,
            passes: Box::new(|_| Ok(())),
        };
        let check = |row: Row, expected: &str| assert_eq!(serde_json::to_string(&row).unwrap(), expected);
        check(
            Row::timed(&job, 1000.0),
            r#"{"case":"codec","message":"log","op":"encode","lib":"prost","containers":"same","bytes":1024.0,"ns":1000.0,"mib_s":976.6}"#,
        );
        job.unknown = Some(Unknown::Dropped);
        check(
            Row::counted(&job, 12.0),
            r#"{"case":"codec","message":"log","op":"encode","lib":"prost","containers":"same","unknown":"dropped","bytes":1024.0,"instructions":12.0}"#,
        );
    }
}
