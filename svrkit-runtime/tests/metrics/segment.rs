//! The file that numbers are kept in: what others read there, also when its process has died, and who may write to it.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use svrkit_runtime::metrics::{Malformed, SegmentError};
use svrkit_runtime::{Client, Limits, Metrics, Server, Snapshot};
use tempfile::TempDir;

use crate::child::{DISTRICTS, Process};
use crate::ledger::{check, counted, lines, until};
use crate::support::{ECHO, FAIL, Note, PANIC, Running, WAIT};

/// The segments in a folder.
pub(crate) fn segments(dir: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "svrkseg")).collect()
}

/// A folder that is this user's alone.
pub(crate) fn folder() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700)).unwrap();
    dir
}

#[tokio::test]
async fn what_was_counted_is_there_when_its_process_was_killed() {
    let dir = folder();
    let mut server = Process::start(dir.path());
    let own = Metrics::new();
    let client = Client::builder(server.serving()).metrics(own.clone()).connect().await.unwrap();
    let call = |spec, note| client.request::<_, Note>(spec, &note);
    for _ in 0..200 {
        call(&ECHO, Note::number(1)).await.unwrap();
    }
    for _ in 0..7 {
        call(&FAIL, Note::number(1)).await.unwrap_err();
        call(&PANIC, Note::number(1)).await.unwrap_err();
    }
    let waiting: Vec<_> = (0..5).map(|_| tokio::spawn(call(&WAIT, Note::number(1)))).collect();
    let [path] = &segments(dir.path())[..] else { panic!("one process, one segment") };
    let ended = 200 + 7 + 7;
    loop {
        let living = Snapshot::read(path).unwrap();
        if living.gauge("svrkit_calls_in_flight", &[]) == 5
            && living.counter("svrkit_calls_total", &[]) == ended
        {
            break;
        }
        tokio::task::yield_now().await;
    }
    server.kill();

    let dead = Snapshot::read(path).unwrap();
    assert_eq!(dead.pid(), server.pid());
    let calls = [
        ("server test.Test Echo OK", 200),
        ("server test.Test Fail NOT_FOUND", 7),
        ("server test.Test Panic INTERNAL", 7),
    ];
    assert_eq!(counted(&dead, "svrkit_calls_total"), lines(&calls));
    assert_eq!(counted(&dead, "svrkit_handler_panics_total"), lines(&[("test.Test Panic", 7)]));
    assert_eq!(
        dead.gauge("svrkit_calls_in_flight", &[("method", "Wait")]),
        5,
        "what it was doing when it died"
    );
    let count = |name, labels: &[(&str, &str)]| dead.histogram(name, labels).unwrap().count();
    assert_eq!(count("svrkit_call_duration_seconds", &[("outcome", "ok")]), 200);
    assert_eq!(count("svrkit_call_duration_seconds", &[("outcome", "failed")]), 14);
    assert_eq!(count("svrkit_call_wait_seconds", &[]), ended, "each that has ended has started before");
    assert_eq!(count("svrkit_request_bytes", &[]), ended);
    assert_eq!(dead.histogram("svrkit_request_bytes", &[]).unwrap().sum(), 2 * ended, "of two bytes each");
    // What the program counts of its own, with and without labels.
    assert_eq!(dead.counter("shop_orders_placed_total", &[]), 3);
    assert_eq!(dead.gauge("shop_orders_waiting", &[]), 2);
    assert_eq!(dead.histogram("shop_cooking_seconds", &[]).unwrap().sum(), 60_000_000_000);
    assert_eq!(counted(&dead, "shop_paid_total"), lines(&[("cash true", 4)]));
    assert_eq!(dead.histogram("shop_delivery_seconds", &[]).unwrap().count(), DISTRICTS);
    for waiting in waiting {
        waiting.await.unwrap().unwrap_err();
    }
    // The client's own, which it outlived.
    let calls = [
        ("client test.Test Echo OK", 200),
        ("client test.Test Fail NOT_FOUND", 7),
        ("client test.Test Panic INTERNAL", 7),
        ("client test.Test Wait UNAVAILABLE", 5),
    ];
    let failed = [
        ("client test.Test Fail handler", 7),
        ("client test.Test Panic handler", 7),
        ("client test.Test Wait transport", 5),
    ];
    check(&own, &calls, &failed, &[]).await;

    // Whoever comes next removes it.
    let next = Metrics::in_segment(dir.path(), &Limits::default()).unwrap();
    assert_eq!(segments(dir.path()), [next.segment().unwrap()]);
}

#[tokio::test]
async fn the_living_and_their_file_say_the_same() {
    let dir = folder();
    let metrics = Metrics::in_segment(dir.path(), &Limits::default()).unwrap();
    let server = Running::of(Server::new().metrics(metrics.clone())).await;
    let client =
        Client::builder(server.address.to_string()).metrics(metrics.clone()).connect().await.unwrap();
    for number in 0..50 {
        client.request::<_, Note>(&ECHO, &Note::number(number)).await.unwrap();
    }
    let snapshot = until(&metrics, |snapshot| snapshot.counter("svrkit_calls_total", &[]) == 100).await;
    let path = metrics.segment().unwrap();
    assert_eq!(Snapshot::read(&path).unwrap().prometheus(), snapshot.prometheus());
    assert_eq!(Snapshot::read(&path).unwrap().pid(), std::process::id());

    // It goes with the last one who counts in it, whose thread may count for others still.
    drop((server, client, metrics));
    while path.exists() {
        tokio::task::yield_now().await;
    }
}

#[test]
fn it_is_its_users_alone() {
    let dir = tempfile::tempdir().unwrap();
    let inner = dir.path().join("a/b");
    let metrics = Metrics::in_segment(&inner, &Limits::default()).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!((mode(&inner), mode(&metrics.segment().unwrap())), (0o700, 0o600));

    let open = dir.path().join("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
    let link = dir.path().join("link");
    symlink(&inner, &link).unwrap();
    for (path, expected) in [(&open, "others may write to it"), (&link, "it is a link")] {
        let error = Metrics::in_segment(path, &Limits::default()).unwrap_err();
        let SegmentError::Folder { why, .. } = error else { panic!("{error}") };
        assert_eq!(why, expected);
    }
    let file = dir.path().join("file");
    fs::write(&file, "x").unwrap();
    let error = Metrics::in_segment(&file, &Limits::default()).unwrap_err();
    assert!(matches!(&error, SegmentError::Io { doing: "make the folder", .. }), "{error}");
    assert!(error.to_string().contains("metrics.dir"), "{error}");
}

#[test]
fn a_file_that_is_no_segment_is_refused_and_says_what_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("any");
    let refused = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        match Snapshot::read(&path).unwrap_err() {
            SegmentError::Malformed { error, .. } => error,
            other => panic!("{other}"),
        }
    };
    assert_eq!(refused(b"not one"), Malformed::Magic);
    assert_eq!(refused(b""), Malformed::Magic);
    let folder = folder();
    let metrics = Metrics::in_segment(folder.path(), &Limits::default()).unwrap();
    let bytes = fs::read(metrics.segment().unwrap()).unwrap();
    assert!(matches!(refused(&bytes[..100]), Malformed::Length { len: 100, .. }));
    let mut later = bytes.clone();
    later[8] = 2;
    assert_eq!(refused(&later), Malformed::Version { found: 2 });
    assert!(matches!(Snapshot::read(dir.path().join("nothing")).unwrap_err(), SegmentError::Io { .. }));
}

/// A segment with something in it, as bytes.
fn bytes() -> Vec<u8> {
    let dir = folder();
    let metrics = Metrics::in_segment(dir.path(), &Limits::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let server = Server::new().service(crate::support::Test::default()).metrics(metrics.clone());
        let client = server.in_process().unwrap();
        client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap();
    });
    fs::read(metrics.segment().unwrap()).unwrap()
}

#[test]
fn any_byte_of_it_may_be_wrong() {
    let whole = bytes();
    let committed = u64::from_le_bytes(whole[40..48].try_into().unwrap()) as usize;
    // Its records, and of the slots now and then one.
    let places = (0..committed.min(3_000)).step_by(7).chain((3_000..committed).step_by(997));
    for place in places {
        for byte in [0, 0xff] {
            let mut wrong = whole.clone();
            wrong[place] = byte;
            // It may be read or refused: what it holds is then shown as text, as everything is.
            if let Ok(snapshot) = Snapshot::of_bytes(&wrong) {
                let _ = snapshot.prometheus();
            }
        }
    }
    for len in 0..committed {
        assert!(Snapshot::of_bytes(&whole[..len]).is_err(), "the first {len} bytes are no segment");
    }
}

#[test]
fn a_file_that_describes_more_than_it_has_is_refused() {
    // Series without a number, of a metric with many values: each value of each would be a sample, with a label of a thousand letters.
    let bytes = include_bytes!("../../../fuzz/seeds/segment/many_values_many_series");
    let Malformed::Exaggerated { needed, allowed } = Snapshot::of_bytes(bytes).unwrap_err() else {
        panic!("it is refused for its size")
    };
    assert_eq!(allowed, (4 << 20) + 64 * bytes.len() as u64);
    assert!(needed > 80 * 400 * 1000, "{needed}");
}

/// As `docs/segment.md` has it, with its numbers and none of the runtime's.
#[test]
fn the_bytes_are_those_of_the_document() {
    let bytes = bytes();
    let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    let half = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let short = |at: usize| usize::from(u16::from_le_bytes(bytes[at..at + 2].try_into().unwrap()));
    let text = |at: &mut usize| {
        let len = short(*at);
        *at += 2 + len;
        String::from_utf8(bytes[*at - len..*at].to_vec()).unwrap()
    };
    assert_eq!(&bytes[..8], b"SVRKSEG\0");
    assert_eq!((half(8), half(12)), (1, 64));
    assert_eq!(word(16), u64::from(std::process::id()));
    let (committed, mut at) = (word(40) as usize, 64);
    // Its labels, and its metrics with the slot that each begins at.
    type Group = (Vec<String>, Vec<(String, usize)>);
    let mut groups: Vec<Group> = Vec::new();
    let mut series: Vec<(usize, Vec<String>)> = Vec::new();
    let mut ok = 0;
    while at < committed {
        let (kind, len) = (half(at), half(at + 4) as usize);
        let mut field = at + 8;
        match kind {
            1 => {
                assert_eq!(half(field) as usize, groups.len());
                let (labels, metrics) = (short(field + 4), short(field + 6));
                field += 8;
                let labels = (0..labels).map(|_| text(&mut field)).collect();
                let mut slot = 0;
                let metrics = (0..metrics).map(|_| {
                    let (kind, buckets, values) = (bytes[field], short(field + 4), short(field + 6));
                    field += 8;
                    let name = text(&mut field);
                    let (_help, _label) = (text(&mut field), text(&mut field));
                    (0..values).for_each(|_| drop(text(&mut field)));
                    let first = slot;
                    slot += values.max(1) * if kind == 3 { 1 + buckets } else { 1 };
                    (name, first)
                });
                groups.push((labels, metrics.collect()));
            }
            2 => {
                assert_eq!(half(field) as usize, series.len());
                let group = half(field + 4) as usize;
                field += 8;
                series.push((group, (0..groups[group].0.len()).map(|_| text(&mut field)).collect()));
            }
            3 => {
                let (group, labels) = &series[half(field) as usize];
                assert_eq!(half(field + 4) as usize * 8 + 16, len);
                if let Some((_, slot)) =
                    groups[*group].1.iter().find(|(name, _)| name == "svrkit_calls_total")
                    && labels[..] == ["server", "test.Test", "Echo"]
                {
                    // OK is code 0.
                    ok += word(field + 8 + slot * 8);
                }
            }
            0 => {}
            other => panic!("a record of kind {other}"),
        }
        at += len;
    }
    assert_eq!((at, ok), (committed, 1));
}
