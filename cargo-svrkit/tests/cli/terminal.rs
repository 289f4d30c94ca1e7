//! A terminal with a command in it, and what its screen shows.

use std::io::{Read as _, Write};
use std::num::NonZero;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long the screen may take to show what is awaited, on a slow and busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}

/// A command in a terminal of its own.
pub(crate) struct Terminal {
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    written: mpsc::Receiver<Vec<u8>>,
    keys: Box<dyn Write + Send>,
    screen: vt100::Parser,
}

impl Terminal {
    /// The command of ours.
    pub(crate) fn svrkit(words: &[&str], columns: u16) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_cargo-svrkit"));
        command.args(words);
        Self::of(command, columns)
    }

    pub(crate) fn of(mut command: CommandBuilder, columns: u16) -> Self {
        let size = PtySize { rows: 24, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        command.env("TERM", "xterm");
        let child = pair.slave.spawn_command(command).unwrap();
        let mut output = pair.master.try_clone_reader().unwrap();
        let (tell, written) = mpsc::channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(len @ 1..) = output.read(&mut bytes) {
                if tell.send(bytes[..len].to_vec()).is_err() {
                    return;
                }
            }
        });
        let keys = pair.master.take_writer().unwrap();
        let screen = vt100::Parser::new(cells(24), cells(columns), 0);
        Self { master: pair.master, child, written, keys, screen }
    }

    /// Waits until the screen is as `is_it` wants it, and gives it.
    #[track_caller]
    pub(crate) fn until(&mut self, is_it: impl Fn(&str) -> bool) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let shown = self.screen.screen().contents();
            if is_it(&shown) {
                return shown;
            }
            match self.written.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.screen.process(&bytes),
                Err(error) => panic!("the screen does not come to it ({error}):\n{shown}"),
            }
        }
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    pub(crate) fn resize(&mut self, columns: u16) {
        self.screen.screen_mut().set_size(cells(24), cells(columns));
        self.master.resize(PtySize { rows: 24, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    pub(crate) fn end(mut self) -> u32 {
        // What is still written is read, or it would never end.
        while self.written.recv_timeout(PATIENCE).is_ok() {}
        self.child.wait().unwrap().exit_code()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
