//! What is on the screen, and what keys change of it. Knows no terminal.

use svrkit_runtime::Status;
use svrkit_runtime::monitoring::SnapshotReply;

use super::figures::Figures;
use super::table::{self, Choice, Sort, WIDTH_MIN};

/// Room for the two lines above the table and the one below it.
const LINES_AROUND: usize = 4;

const HELP: &str = "q quit  r rate  e errors  p p99  f in flight  n name  / filter  k kit  space pause";

/// What is shown of one server.
pub(super) struct View {
    address: String,
    choice: Choice,
    /// The one before what is shown, and what is shown.
    earlier: Option<SnapshotReply>,
    latest: Option<SnapshotReply>,
    is_paused: bool,
    is_filter_written: bool,
    restarts: u32,
    /// Why the last question was not answered.
    fault: Option<String>,
}

/// What a key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Letter(char),
    Enter,
    Escape,
    Backspace,
    /// Ctrl-C.
    Interrupt,
}

impl View {
    pub(super) fn new(address: &str, choice: Choice) -> Self {
        Self {
            address: address.into(),
            choice,
            earlier: None,
            latest: None,
            is_paused: false,
            is_filter_written: false,
            restarts: 0,
            fault: None,
        }
    }

    /// Takes what the server has answered, or why it has not.
    pub(super) fn take(&mut self, answer: Result<SnapshotReply, Status>) {
        match answer {
            Err(status) => self.fault = Some(format!("no answer: {status}")),
            Ok(reply) => {
                self.fault = None;
                if self.latest.as_ref().is_some_and(|latest| latest.run != reply.run) {
                    self.restarts += 1;
                }
                if !self.is_paused {
                    self.earlier = self.latest.replace(reply);
                }
            }
        }
    }

    /// Does what a key says; false: it is the end.
    pub(super) fn press(&mut self, key: Key) -> bool {
        match key {
            Key::Interrupt => return false,
            Key::Enter => self.is_filter_written = false,
            Key::Escape => {
                self.is_filter_written = false;
                self.choice.filter.clear();
            }
            Key::Backspace => {
                self.choice.filter.pop();
            }
            Key::Letter(letter) if self.is_filter_written => self.choice.filter.push(letter),
            Key::Letter('q') => return false,
            Key::Letter('r') => self.choice.sort = Sort::Rate,
            Key::Letter('e') => self.choice.sort = Sort::Errors,
            Key::Letter('p') => self.choice.sort = Sort::Slowest,
            Key::Letter('f') => self.choice.sort = Sort::InFlight,
            Key::Letter('n') => self.choice.sort = Sort::Name,
            Key::Letter('k') => self.choice.with_kit = !self.choice.with_kit,
            Key::Letter('/') => self.is_filter_written = true,
            Key::Letter(' ') => self.is_paused = !self.is_paused,
            Key::Letter(_) => {}
        }
        true
    }

    /// The screen, as lines of at most `width` letters; as many rows as there is room for in `height`.
    pub(super) fn lines(&self, width: usize, height: usize) -> Vec<String> {
        if width < WIDTH_MIN {
            return vec!["too narrow".into()];
        }
        let figures = self.latest.as_ref().map(|latest| Figures::between(self.earlier.as_ref(), latest));
        let mut lines = vec![self.head(figures.as_ref()), self.state(figures.as_ref())];
        if let Some(figures) = figures.filter(|figures| figures.is_counted) {
            let rows = table::lines(&figures, &self.choice, width);
            let room = height.saturating_sub(LINES_AROUND).max(1);
            let left_out = rows.len().saturating_sub(room + 1);
            lines.extend(rows.into_iter().take(room + 1));
            if left_out > 0 {
                lines.push(format!("and {left_out} more"));
            }
        }
        lines.push(HELP.into());
        lines.iter().map(|line| line.chars().take(width).collect()).collect()
    }

    fn head(&self, figures: Option<&Figures>) -> String {
        let mut head = self.address.clone();
        if let Some(figures) = figures {
            let (uptime, connections) = (uptime(figures.uptime_s), figures.connections);
            head.push_str(&format!("  up {uptime}  {connections} connections"));
        }
        if self.restarts > 0 {
            head.push_str(&format!("  restarted {} times", self.restarts));
        }
        head
    }

    fn state(&self, figures: Option<&Figures>) -> String {
        if let Some(fault) = &self.fault {
            return fault.clone();
        }
        if figures.is_some_and(|figures| !figures.is_counted) {
            return "the server counts nothing".into();
        }
        let mut words = Vec::new();
        if self.is_paused {
            words.push("paused".to_owned());
        }
        if self.is_filter_written || !self.choice.filter.is_empty() {
            let cursor = if self.is_filter_written { "_" } else { "" };
            words.push(format!("filter: {}{cursor}", self.choice.filter));
        }
        words.join("  ")
    }
}

/// `3d 04:05:06`
fn uptime(seconds: u64) -> String {
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
    let days = if days > 0 { format!("{days}d ") } else { String::new() };
    format!("{days}{hours:02}:{:02}:{:02}", seconds / 60 % 60, seconds % 60)
}
