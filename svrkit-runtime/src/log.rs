//! What a server tells whoever runs it, unasked: a line on stderr, in words, or as JSON for programs that gather lines (`log.json`).
//!
//! Whoever reads stderr may stop reading, and a pipe that is full blocks its writer. So one thread writes, behind a short queue, and
//! who has a line waits for it only so long: a line is out when its call has ended, but for a reader that keeps nobody from serving.

mod refusals;

use std::convert::Infallible;
use std::fmt::{self, Write as _};
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{io, thread};

pub(crate) use self::refusals::{claim_not_taken, refused};
use crate::config::{Config, Key};
use crate::one_line::one_line;
use crate::types::Timestamp;

/// Most lines within [`WINDOW`], of what peers provoke and of all else apart: a handler that always fails must not make its server wait for a
/// terminal, and no stranger keep a panic out of the log.
const LINES_MAX: u32 = 20;

const WINDOW: Duration = Duration::from_secs(1);

/// Lines that wait for the thread that writes.
const QUEUED_MAX: usize = 64;

/// Most bytes of what is said: a whole line is below what a pipe takes at once from one of many writers (4 KiB).
const WORDS_LEN_MAX: usize = 3 * 1024;

/// Most bytes of a field of it for programs.
const FIELD_LEN_MAX: usize = 256;

/// How long the first line that is not taken is waited for; those behind it are not, until it is.
const PATIENCE: Duration = Duration::from_millis(100);

static LOG: Mutex<Log> = Mutex::new(Log::SILENT);

/// Whether lines are JSON, of all servers of the process.
static AS_JSON: AtomicBool = AtomicBool::new(false);

const JSON: &str = "log.json";

/// The keys of a configuration that are about the log.
pub(crate) fn keys() -> [Key; 1] {
    [Key::flag(
        JSON,
        "whether the lines that a process with servers writes to stderr are JSON, one object a line; otherwise they are in words.",
    )
    .with_default_flag(false)]
}

/// Has lines from here on be as `config` says, whoever's they are.
pub(crate) fn configure(config: &Config) {
    AS_JSON.store(config.flag(JSON).unwrap_or(false), Ordering::Relaxed);
}

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    HandlerPanicked,
    HandlerFailed,
    CheckFailed,
    ConnectionCut,
    ConnectionRefused,
    CallRefused,
    ClaimNotTaken,
    CallerBlocked,
    CallerPardoned,
    RulesChanged,
    TierHeld,
    TierReleased,
    ServerStarted,
    ServerDraining,
    ServerStopped,
    PagesShown,
    MetricsUnshared,
    JobDead,
    QueueFailed,
    #[cfg(feature = "tls")]
    CertificatesNotTaken,
    #[cfg(unix)]
    ServiceManagerUntold,
    #[cfg(all(unix, feature = "takeover"))]
    TakeoverWaits,
    #[cfg(all(unix, feature = "takeover"))]
    TakeoverFailed,
}

impl Event {
    /// Its name for programs.
    fn name(self) -> &'static str {
        match self {
            Self::HandlerPanicked => "handler_panicked",
            Self::HandlerFailed => "handler_failed",
            Self::CheckFailed => "check_failed",
            Self::ConnectionCut => "connection_cut",
            Self::ConnectionRefused => "connection_refused",
            Self::CallRefused => "call_refused",
            Self::ClaimNotTaken => "claim_not_taken",
            Self::CallerBlocked => "caller_blocked",
            Self::CallerPardoned => "caller_pardoned",
            Self::RulesChanged => "rules_changed",
            Self::TierHeld => "tier_held",
            Self::TierReleased => "tier_released",
            Self::ServerStarted => "server_started",
            Self::ServerDraining => "server_draining",
            Self::ServerStopped => "server_stopped",
            Self::PagesShown => "pages_shown",
            Self::MetricsUnshared => "metrics_unshared",
            Self::JobDead => "job_dead",
            Self::QueueFailed => "queue_failed",
            #[cfg(feature = "tls")]
            Self::CertificatesNotTaken => "certificates_not_taken",
            #[cfg(unix)]
            Self::ServiceManagerUntold => "service_manager_untold",
            #[cfg(all(unix, feature = "takeover"))]
            Self::TakeoverWaits => "takeover_waits",
            #[cfg(all(unix, feature = "takeover"))]
            Self::TakeoverFailed => "takeover_failed",
        }
    }

    /// Whether any peer can have it said.
    fn is_provoked(self) -> bool {
        matches!(
            self,
            Self::ConnectionCut
                | Self::ConnectionRefused
                | Self::CallRefused
                | Self::ClaimNotTaken
                | Self::CallerBlocked
        )
    }

    /// Whether people are told of it elsewhere: [`Server::serve`](crate::Server::serve) says it on stdout.
    fn is_for_programs(self) -> bool {
        matches!(self, Self::ServerStarted | Self::ServerDraining | Self::ServerStopped)
    }
}

/// How much may still be said.
#[derive(Debug)]
struct Budget {
    window: Option<Instant>,
    lines: u32,
    left_out: u64,
}

impl Budget {
    /// Whether a line may be said at `now`, and how many could not be before it.
    fn take(&mut self, now: Instant) -> Option<u64> {
        if self.window.is_none_or(|window| now.saturating_duration_since(window) >= WINDOW) {
            (self.window, self.lines) = (Some(now), 0);
        }
        if self.lines == LINES_MAX {
            self.left_out += 1;
            return None;
        }
        self.lines += 1;
        Some(std::mem::take(&mut self.left_out))
    }
}

/// Says `words` of `event` in a line of its own; `fields` are for programs, which should not have to read the words.
pub(crate) fn line(event: Event, fields: &[(&str, &str)], words: fmt::Arguments<'_>) {
    let as_json = AS_JSON.load(Ordering::Relaxed);
    if event.is_for_programs() && !as_json {
        return;
    }
    let log = || LOG.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(left_out) = log().budget(event).take(Instant::now()) else { return };
    // Without the lock: words are made by code of others, too.
    let text = match as_json {
        true => json(event, fields, words, left_out),
        false => text(words, left_out),
    };
    let handed = log().hand(event, text, left_out, io::stderr);
    if let Some(handed) = handed {
        handed.wait(PATIENCE);
    }
}

fn text(words: fmt::Arguments<'_>, left_out: u64) -> String {
    let mut text = format!("svrkit: {}", one_line(words, WORDS_LEN_MAX));
    if left_out > 0 {
        // A String takes whatever it is given.
        let _ = write!(text, " ({left_out} lines before it were left out)");
    }
    text.push('\n');
    text
}

fn json(event: Event, fields: &[(&str, &str)], words: fmt::Arguments<'_>, left_out: u64) -> String {
    let time = Timestamp::now().map(|time| time.to_string()).unwrap_or_default();
    let words = one_line(words, WORDS_LEN_MAX);
    let mut text = format!("{{\"time\":\"{time}\",\"event\":\"{}\",\"message\":", event.name());
    push_json(&mut text, &words);
    for (name, value) in fields {
        let _ = write!(text, ",\"{name}\":");
        push_json(&mut text, &one_line(format_args!("{value}"), FIELD_LEN_MAX));
    }
    if left_out > 0 {
        let _ = write!(text, ",\"left_out\":{left_out}");
    }
    text.push_str("}\n");
    text
}

/// Adds `value` as a JSON string (RFC 8259, section 7); control characters are written out in it already.
fn push_json(text: &mut String, value: &str) {
    text.push('"');
    for c in value.chars() {
        if matches!(c, '"' | '\\') {
            text.push('\\');
        }
        text.push(c);
    }
    text.push('"');
}

/// What is said, and by whom it is written.
#[derive(Debug)]
struct Log {
    /// For what peers provoke.
    of_peers: Budget,
    /// For all else.
    own: Budget,
    /// Once something was said.
    writer: Option<Writer>,
}

impl Log {
    const SILENT: Self = Self {
        of_peers: Budget { window: None, lines: 0, left_out: 0 },
        own: Budget { window: None, lines: 0, left_out: 0 },
        writer: None,
    };

    fn budget(&mut self, event: Event) -> &mut Budget {
        if event.is_provoked() { &mut self.of_peers } else { &mut self.own }
    }

    /// Hands a line, which tells of so many left out before it, to the thread that writes to `out`. `None`: it is left out, too.
    fn hand<W: Write + Send + 'static>(
        &mut self,
        event: Event,
        text: String,
        left_out: u64,
        out: impl FnOnce() -> W,
    ) -> Option<Handed> {
        let handed = self.writer(out).and_then(|writer| writer.hand(text));
        if handed.is_none() {
            self.budget(event).left_out += left_out + 1;
        }
        handed
    }

    /// `None`: no thread can be started now.
    fn writer<W: Write + Send + 'static>(&mut self, out: impl FnOnce() -> W) -> Option<&Writer> {
        if self.writer.is_none() {
            self.writer = Writer::start(out()).ok();
        }
        self.writer.as_ref()
    }
}

/// The thread that writes. It lives as long as somebody may hand it lines.
#[derive(Debug)]
struct Writer {
    queue: SyncSender<Line>,
    stuck: Arc<AtomicBool>,
}

#[derive(Debug)]
struct Line {
    text: String,
    /// Dropped when it has been written.
    written: Sender<Infallible>,
}

impl Writer {
    fn start(mut out: impl Write + Send + 'static) -> io::Result<Self> {
        let (queue, lines) = sync_channel::<Line>(QUEUED_MAX);
        let stuck = Arc::new(AtomicBool::new(false));
        let freed = Arc::clone(&stuck);
        thread::Builder::new().name("svrkit-log".into()).spawn(move || {
            for Line { text, written } in lines {
                // Where nobody reads what is said, serving goes on.
                let _ = out.write_all(text.as_bytes());
                freed.store(false, Ordering::Relaxed);
                drop(written);
            }
        })?;
        Ok(Self { queue, stuck })
    }

    /// `None`: too many lines wait.
    fn hand(&self, text: String) -> Option<Handed> {
        let (written, wait) = channel();
        self.queue.try_send(Line { text, written }).ok()?;
        Some(Handed { wait, stuck: Arc::clone(&self.stuck) })
    }
}

/// A line that is on its way.
#[derive(Debug)]
struct Handed {
    wait: Receiver<Infallible>,
    stuck: Arc<AtomicBool>,
}

impl Handed {
    /// Waits until it is written, so that the process may end after it: at most for `patience`, and not behind another that took longer.
    fn wait(self, patience: Duration) {
        if self.stuck.load(Ordering::Relaxed) {
            return;
        }
        if self.wait.recv_timeout(patience) == Err(RecvTimeoutError::Timeout) {
            self.stuck.store(true, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_has_so_many_lines_and_the_next_one_says_what_it_missed() {
        let mut budget = Budget { window: None, lines: 0, left_out: 0 };
        let began = Instant::now();
        for _ in 0..LINES_MAX {
            assert_eq!(budget.take(began), Some(0));
        }
        assert_eq!((budget.take(began), budget.take(began + WINDOW / 2)), (None, None));
        assert_eq!(budget.take(began + WINDOW), Some(2));
        assert_eq!(budget.take(began + WINDOW), Some(0));
    }

    #[test]
    fn what_peers_provoke_keeps_nothing_else_out() {
        let (mut log, now) = (Log::SILENT, Instant::now());
        while log.budget(Event::ConnectionCut).take(now).is_some() {}
        assert_eq!(log.budget(Event::ConnectionRefused).take(now), None);
        assert_eq!(log.budget(Event::HandlerPanicked).take(now), Some(0));
    }

    #[test]
    fn a_line_for_programs_is_an_object_whatever_is_said() {
        let said = "a \"quoted\"\nline \\ \u{1b}[2J\u{2028}";
        let line = json(Event::ConnectionCut, &[("name", said)], format_args!("{said}"), 3);
        let tame = "\"a \\\"quoted\\\"\\\\nline \\\\ \\\\u{1b}[2J\\\\u{2028}\"";
        let (start, rest) = line.split_once("\",\"event\":").unwrap();
        assert!(start.strip_prefix("{\"time\":\"").unwrap().parse::<Timestamp>().is_ok(), "{line}");
        let expected = format!("\"connection_cut\",\"message\":{tame},\"name\":{tame},\"left_out\":3}}\n");
        assert_eq!(rest, expected);
    }

    /// A pipe that takes nothing until it is let go. Tells of each write when it begins, and when it has ended what it was.
    struct Pipe {
        began: Sender<()>,
        go: Receiver<()>,
        taken: Sender<String>,
    }

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.began.send(()).unwrap();
            self.go.recv().unwrap();
            self.taken.send(String::from_utf8(bytes.to_vec()).unwrap()).unwrap();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_who_does_not_read_stops_nobody_and_is_told_what_was_left_out() {
        let ((began, begun), (free, go), (taken, read)) = (channel(), channel(), channel());
        let mut pipe = Some(Pipe { began, go, taken });
        let mut log = Log::SILENT;
        let mut now = Instant::now();
        let mut say = |number: usize| {
            now += WINDOW;
            let event = Event::HandlerFailed;
            let left_out = log.budget(event).take(now).unwrap();
            log.hand(event, text(format_args!("{number}"), left_out), left_out, || pipe.take().unwrap())
        };
        let first = say(0).unwrap();
        begun.recv().unwrap();
        let stuck = Arc::clone(&first.stuck);
        first.wait(Duration::ZERO);
        assert!(stuck.load(Ordering::Relaxed));
        for number in 1..=QUEUED_MAX {
            // However patient, it does not wait behind the first.
            say(number).unwrap().wait(Duration::MAX);
        }
        assert!(say(65).is_none() && say(66).is_none(), "nothing is kept without end");
        for number in 0..=QUEUED_MAX {
            free.send(()).unwrap();
            assert_eq!(read.recv().unwrap(), format!("svrkit: {number}\n"));
        }
        free.send(()).unwrap();
        let last = say(67).unwrap();
        assert_eq!(read.recv().unwrap(), "svrkit: 67 (2 lines before it were left out)\n");
        last.wait(Duration::MAX);
        assert!(!stuck.load(Ordering::Relaxed), "the next one is waited for again");
    }
}
