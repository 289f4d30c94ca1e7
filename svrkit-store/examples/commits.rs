//! Commits a second: one after the other, and by many callers at once, beside what the disk does by itself. The file is made in the folder that is named, else
//! in the system's for temporary ones: `cargo run --release -p svrkit-store --example commits -- FOLDER`.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use svrkit_runtime::Tlv;
use svrkit_store::{Batch, Store, Table};

/// What is written each time.
#[derive(Tlv, Debug, Default)]
struct Job {
    #[tlv(1)]
    user: u64,
    #[tlv(2)]
    text: String,
}

static JOBS: Table<(u64, u64), Job> = Table::new("jobs");

/// How long each row is measured.
const TIME: Duration = Duration::from_secs(3);
/// Bytes of a record's text.
const LEN: usize = 200;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = match std::env::args_os().nth(1) {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    };
    let raw = raw_syncs(&folder.path().join("raw"))?;
    print_row("write of 4 KiB and fdatasync, by itself", raw, raw);
    for callers in [1, 8, 64, 512] {
        let store = Store::open(folder.path().join(format!("{callers}.store")))?;
        let commits = commits(&store, callers).await?;
        print_row(&format!("commits of one record, {callers} callers"), commits, raw);
    }
    Ok(())
}

fn print_row(what: &str, per_s: f64, raw: f64) {
    #[expect(clippy::print_stdout, reason = "that is what it is for")]
    {
        println!("{what:<42} {per_s:>9.0}/s {:>8.2} x", per_s / raw);
    }
}

/// How often in a second a page can be written and synced, and nothing else is done.
fn raw_syncs(path: &Path) -> std::io::Result<f64> {
    let mut file = File::create(path)?;
    file.write_all(&[0; 4096])?;
    file.sync_all()?;
    let (began, mut syncs) = (Instant::now(), 0);
    while began.elapsed() < TIME {
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&[1; 4096])?;
        file.sync_data()?;
        syncs += 1;
    }
    Ok(f64::from(syncs) / began.elapsed().as_secs_f64())
}

async fn commits(store: &Store, callers: u64) -> Result<f64, Box<dyn std::error::Error>> {
    let began = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut number = 0;
                while began.elapsed() < TIME {
                    let job = Job { user: caller, text: "x".repeat(LEN) };
                    store.commit(Batch::new().put_new(&JOBS, &(caller, number), &job)).await?;
                    number += 1;
                }
                Ok::<_, svrkit_store::StoreError>(number)
            })
        })
        .collect();
    let mut total = 0;
    for task in tasks {
        total += task.await??;
    }
    Ok(total as f64 / began.elapsed().as_secs_f64())
}
