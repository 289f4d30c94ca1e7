//! The simulated network is what TCP is to those who use it.

use std::io::ErrorKind;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use super::connection::WINDOW;
use super::{Conditions, Host, Listener, Network, Process, ReadHalf, Simulation, Stream, WriteHalf};

const DELAY: Duration = Duration::from_millis(10);

fn run(body: impl AsyncFnOnce(Network)) {
    Simulation::seeded(1).conditions(Conditions::delay(DELAY)).run(body);
}

type Halves = (ReadHalf, WriteHalf);

/// Listens on port 1 of `host` and hands out what it accepts first.
fn accept(host: &Host) -> JoinHandle<Halves> {
    host.spawn(async {
        let listener = Listener::bind(Process::current().unwrap(), ([0, 0, 0, 0], 1).into()).unwrap();
        let halves = listener.accept().await.unwrap().into_split();
        // For whoever comes later.
        Process::current().unwrap().spawn(async move {
            let _listener = listener;
            std::future::pending::<()>().await;
        });
        halves
    })
}

async fn connect(host: &Host) -> std::io::Result<Halves> {
    let address = host.address(1).parse().unwrap();
    Stream::connect(Process::current().unwrap(), address).await.map(Stream::into_split)
}

/// A connection from this host to `host`.
async fn connected(host: &Host) -> (Halves, Halves) {
    let accepted = accept(host);
    // Its port is open.
    tokio::task::yield_now().await;
    (connect(host).await.unwrap(), accepted.await.unwrap())
}

#[test]
fn bytes_arrive_a_delay_later_and_the_end_behind_them() {
    run(async |network| {
        let began = Instant::now();
        let ((_read, mut write), (mut read, _write)) = connected(&network.host("a")).await;
        assert_eq!(began.elapsed(), DELAY * 2, "there and back");
        let sent = Instant::now();
        write.write_all(b"abc").await.unwrap();
        write.write_all(b"def").await.unwrap();
        drop(write);
        let mut all = Vec::new();
        read.read_to_end(&mut all).await.unwrap();
        assert_eq!((&all[..], sent.elapsed()), (&b"abcdef"[..], DELAY));
    });
}

#[test]
fn who_does_not_read_makes_who_writes_wait() {
    run(async |network| {
        let ((_read, mut write), (mut read, _write)) = connected(&network.host("a")).await;
        let all = vec![7; WINDOW];
        write.write_all(&all).await.unwrap();
        let more = timeout(Duration::from_secs(3600), write.write_all(b"x")).await;
        assert!(more.is_err(), "there is no room");
        let mut some = vec![0; 10];
        read.read_exact(&mut some).await.unwrap();
        write.write_all(b"0123456789").await.unwrap();
        let more = timeout(Duration::from_secs(3600), write.write_all(b"x")).await;
        assert!(more.is_err(), "and no more than what was read");
    });
}

#[test]
fn where_nobody_listens_a_connection_is_refused() {
    run(async |network| {
        let began = Instant::now();
        let refused = connect(&network.host("a")).await.unwrap_err();
        assert_eq!((refused.kind(), began.elapsed()), (ErrorKind::ConnectionRefused, DELAY * 2));
        let nowhere = Stream::connect(Process::current().unwrap(), ([10, 9, 9, 9], 1).into()).await;
        assert_eq!(nowhere.unwrap_err().kind(), ErrorKind::HostUnreachable);
        assert_eq!(network.sockets(), 0);
    });
}

#[test]
fn a_socket_that_is_closed_unread_resets_its_connection() {
    run(async |network| {
        let ((mut read, mut write), theirs) = connected(&network.host("a")).await;
        write.write_all(b"abc").await.unwrap();
        sleep(DELAY).await;
        drop(theirs);
        assert_eq!(read.read_u8().await.unwrap_err().kind(), ErrorKind::ConnectionReset);
        assert_eq!(write.write_all(b"abc").await.unwrap_err().kind(), ErrorKind::ConnectionReset);
    });
}

#[test]
fn what_comes_for_a_socket_that_is_closed_resets_its_connection() {
    run(async |network| {
        let ((mut read, mut write), theirs) = connected(&network.host("a")).await;
        drop(theirs);
        assert_eq!(read.read(&mut [0; 9]).await.unwrap(), 0, "it has ended in order");
        write.write_all(b"abc").await.unwrap();
        sleep(DELAY * 3).await;
        assert_eq!(write.write_all(b"abc").await.unwrap_err().kind(), ErrorKind::ConnectionReset);
        drop((read, write));
        sleep(DELAY).await;
        assert_eq!(network.sockets(), 0);
    });
}

#[test]
fn over_a_way_that_was_cut_and_is_whole_again_comes_what_was_sent() {
    run(async |network| {
        let (test, a) = (network.host("test"), network.host("a"));
        let ((mut ours, mut write), (mut read, mut theirs)) = connected(&a).await;
        network.cut_one_way(&test, &a);
        write.write_all(b"abc").await.unwrap();
        theirs.write_all(b"x").await.unwrap();
        assert_eq!(ours.read_u8().await.unwrap(), b'x', "the way back is whole");
        let mut all = [0; 3];
        let nothing = timeout(Duration::from_secs(60), read.read_exact(&mut all)).await;
        assert!(nothing.is_err());
        network.heal();
        let healed = Instant::now();
        read.read_exact(&mut all).await.unwrap();
        assert_eq!(&all, b"abc");
        assert!(healed.elapsed() > DELAY, "it is sent again when TCP tries it next");
    });
}

#[test]
fn a_connection_over_a_way_that_stays_cut_ends_after_a_quarter_of_an_hour() {
    run(async |network| {
        let a = network.host("a");
        let ((mut read, mut write), _theirs) = connected(&a).await;
        network.cut(&network.host("test"), &a);
        let cut = Instant::now();
        write.write_all(b"abc").await.unwrap();
        assert_eq!(read.read_u8().await.unwrap_err().kind(), ErrorKind::TimedOut);
        assert_eq!((cut.elapsed().as_secs()) / 60, 15);
    });
}

#[test]
fn the_system_closes_the_sockets_of_a_process_that_is_killed() {
    run(async |network| {
        let a = network.host("a");
        let ((mut read, _write), theirs) = connected(&a).await;
        let lives_on = a.spawn(async move {
            let _theirs = theirs;
            std::future::pending::<()>().await;
        });
        a.crash();
        assert!(lives_on.await.unwrap_err().is_cancelled());
        assert_eq!(read.read(&mut [0; 9]).await.unwrap(), 0);
        assert_eq!(connect(&a).await.unwrap_err().kind(), ErrorKind::ConnectionRefused);
        // The next process has the port at once.
        connected(&a).await;
    });
}

#[test]
fn a_host_without_power_says_nothing_and_with_it_knows_nothing() {
    run(async |network| {
        let a = network.host("a");
        let ((mut read, mut write), _theirs) = connected(&a).await;
        a.lose_power();
        let nothing = timeout(Duration::from_secs(3600), read.read_u8()).await;
        assert!(nothing.is_err(), "who only reads waits for ever");
        write.write_all(b"abc").await.unwrap();
        let nothing = timeout(Duration::from_secs(60), read.read_u8()).await;
        assert!(nothing.is_err());
        a.power_on();
        assert_eq!(read.read_u8().await.unwrap_err().kind(), ErrorKind::ConnectionReset);
        assert_eq!(connect(&a).await.unwrap_err().kind(), ErrorKind::ConnectionRefused);
    });
}

#[test]
fn a_process_that_is_paused_does_nothing_and_its_system_takes_what_comes() {
    run(async |network| {
        let host = network.host("a");
        let ((mut own_read, mut own_write), (mut read, mut write)) = connected(&host).await;
        let echo = host.spawn(async move {
            let mut bytes = [0; 3];
            read.read_exact(&mut bytes).await.unwrap();
            let read_at = Instant::now();
            write.write_all(&bytes).await.unwrap();
            // What was to happen meanwhile happens late.
            sleep(Duration::from_secs(1)).await;
            (read_at, Instant::now())
        });
        host.pause();
        own_write.write_all(b"abc").await.unwrap();
        let pause = Duration::from_secs(5);
        sleep(pause).await;
        assert!(timeout(Duration::ZERO, own_read.read_u8()).await.is_err(), "nobody has read it");
        host.resume();
        let resumed = Instant::now();
        assert_eq!(own_read.read_u8().await.unwrap(), b'a');
        host.pause();
        sleep(pause).await;
        host.resume();
        let (read_at, woken_at) = echo.await.unwrap();
        assert_eq!((read_at, woken_at), (resumed, resumed + DELAY + pause));
        // Who is killed while it is paused has a next one that runs.
        host.pause();
        host.crash();
        host.spawn(async {}).await.unwrap();
    });
}

#[test]
fn what_a_process_leaves_behind_begins_nothing() {
    struct Last(tokio::sync::mpsc::UnboundedSender<JoinHandle<()>>);

    impl Drop for Last {
        fn drop(&mut self) {
            self.0.send(crate::spawn(std::future::pending())).unwrap();
        }
    }

    run(async |network| {
        let (begun, mut told) = tokio::sync::mpsc::unbounded_channel();
        let a = network.host("a");
        a.spawn(async move {
            let _last = Last(begun);
            std::future::pending::<()>().await;
        });
        tokio::task::yield_now().await;
        a.crash();
        assert!(told.recv().await.unwrap().await.unwrap_err().is_cancelled());
    });
}

#[test]
fn the_same_seed_gives_the_same_log_and_another_one_another() {
    let log = |seed| {
        Simulation::seeded(seed).run(async |network| {
            let ((_read, mut write), (mut read, _write)) = connected(&network.host("a")).await;
            for _ in 0..20 {
                write.write_all(&[1; 5000]).await.unwrap();
                read.read_exact(&mut [0; 5000]).await.unwrap();
            }
            network.log()
        })
    };
    assert_eq!(log(1), log(1));
    assert_ne!(log(1), log(2));
}

#[test]
#[should_panic(expected = "the simulation has not ended within 24 h")]
fn what_is_stuck_is_found() {
    run(async |_| std::future::pending().await);
}
