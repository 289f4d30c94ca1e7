//! Any bytes as text: their records in the order in which they stand.

use std::fmt;

use super::layout::Layout;
use super::value::AsText;
use crate::walk::{Event, Fault, Meaning, Part, Shown, Visitor};

/// So many bytes that make no sense are shown; [`annotate`](crate::annotate) shows all.
const REST_SHOWN_MAX: usize = 16;

/// Writes what a walk comes by.
pub(super) struct Dump<'l> {
    layout: &'l mut Layout,
    shown: Shown,
    /// The name or tag of the record whose value comes next.
    label: Option<String>,
    list: List,
}

/// Where the numbers of a packed list go.
enum List {
    Outside,
    Empty,
    Filled,
}

impl<'l> Dump<'l> {
    pub(super) fn new(layout: &'l mut Layout) -> Self {
        Self { layout, shown: Shown::default(), label: None, list: List::Outside }
    }

    /// What was wrong. The text is with the layout.
    pub(super) fn finish(self) -> Shown {
        self.shown
    }

    fn show(&mut self, event: Event<'_, '_>) -> fmt::Result {
        match event {
            Event::Key { tag, meaning, .. } => self.label = Some(label(tag, meaning)),
            Event::Length { .. } => {}
            Event::Value { value, .. } => match self.list {
                List::Outside => {
                    let label = self.label.take().unwrap_or_default();
                    self.layout.field(label, AsText(value))?;
                }
                List::Empty => {
                    self.list = List::Filled;
                    self.layout.element(AsText(value), true)?;
                }
                List::Filled => self.layout.element(AsText(value), false)?,
            },
            Event::Open { .. } => {
                let label = self.label.take().unwrap_or_default();
                self.layout.open(label)?;
            }
            Event::Close => {
                self.label = None;
                self.layout.close()?;
            }
            Event::OpenList { .. } => {
                self.list = List::Empty;
                let label = self.label.take().unwrap_or_default();
                self.layout.open_list(label)?;
            }
            Event::CloseList => {
                if !matches!(self.list, List::Outside) {
                    self.list = List::Outside;
                    self.layout.close_list()?;
                }
            }
            Event::Fault { fault, rest } => {
                if !matches!(self.list, List::Outside) {
                    self.list = List::Outside;
                    self.layout.close_list()?;
                }
                self.fault(fault, rest)?;
            }
        }
        Ok(())
    }

    fn fault(&mut self, fault: Fault, rest: Part<'_>) -> fmt::Result {
        match self.label.take() {
            Some(label) => self.layout.line(format_args!("# {label}, {fault}"))?,
            None => self.layout.line(format_args!("# {fault}"))?,
        }
        if rest.bytes.is_empty() {
            return Ok(());
        }
        let (shown, more) = rest.bytes.split_at(rest.bytes.len().min(REST_SHOWN_MAX));
        let hex: Vec<_> = shown.iter().map(|byte| format!("{byte:02x}")).collect();
        let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
        self.layout.line(format_args!("# not understood: {}{more}", hex.join(" ")))
    }
}

impl Visitor for Dump<'_> {
    fn event(&mut self, event: Event<'_, '_>) {
        self.shown.count(&event);
        if !self.layout.is_full() {
            // What fails is the layout, and it knows why: it is full.
            let _ = self.show(event);
        }
    }
}

fn label(tag: u32, meaning: Meaning<'_>) -> String {
    meaning.name().map_or_else(|| tag.to_string(), str::to_owned)
}
