//! The terminal: what is drawn on it, and the keys that come from it.

use std::io;
use std::thread;

use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Text};
use tokio::sync::mpsc;

use super::view::{Key, View};

/// The terminal while it is ours; given back on drop.
pub(super) struct Screen(DefaultTerminal);

/// What the terminal tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Happening {
    Pressed(Key),
    Resized,
}

impl Screen {
    pub(super) fn open() -> io::Result<Self> {
        ratatui::try_init().map(Self)
    }

    /// Draws what has changed.
    pub(super) fn draw(&mut self, view: &View) -> io::Result<()> {
        self.0.draw(|frame| {
            let area = frame.area();
            let lines = view.lines(area.width.into(), area.height.into());
            // The head of the table stands under two lines.
            let styled = lines.into_iter().enumerate().map(|(at, line)| match at {
                2 => Line::styled(line, Style::new().add_modifier(Modifier::REVERSED)),
                _ => Line::raw(line),
            });
            frame.render_widget(Text::from_iter(styled), area);
        })?;
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

/// What the terminal tells from now on. It is read by a thread of its own, which ends with the process.
pub(super) fn happenings() -> io::Result<mpsc::Receiver<Happening>> {
    let (tell, happenings) = mpsc::channel(16);
    thread::Builder::new().name("keys".into()).spawn(move || {
        while let Ok(event) = event::read() {
            let Some(happening) = happening(&event) else { continue };
            if tell.blocking_send(happening).is_err() {
                return;
            }
        }
    })?;
    Ok(happenings)
}

fn happening(event: &Event) -> Option<Happening> {
    let key = match event {
        Event::Resize(..) => return Some(Happening::Resized),
        Event::Key(key) if key.kind != KeyEventKind::Release => key,
        _ => return None,
    };
    let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
    Some(Happening::Pressed(match key.code {
        KeyCode::Char('c') if is_control => Key::Interrupt,
        KeyCode::Char(letter) if !is_control => Key::Letter(letter),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Escape,
        KeyCode::Backspace => Key::Backspace,
        _ => return None,
    }))
}
