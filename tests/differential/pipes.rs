//! `Pipe`: directions, ends and their copies, cut messages, sizes, limits, readiness.

use crate::canon::{attempt, say};
use crate::case::{Case, case};
use mpviz::runtime::{Connection, Process, Result, Target, Waitable};
use mpviz::runtime::{pipe, pipe_one_way, sleep, wait};
use std::os::fd::AsRawFd;
use std::time::Duration;

pub(crate) const CASES: &[Case] = &[
    case!(values_there_and_back),
    case!(both_directions_at_once),
    case!(flags),
    case!(wrong_directions),
    case!(use_after_close),
    case!(eof),
    case!(eof_of_a_duplex_end),
    case!(data_before_the_end),
    case!(eof_needs_every_copy),
    case!(ones_own_copy_counts),
    case!(broken_pipe),
    case!(broken_while_it_waits),
    case!(unread_at_close),
    case!(cut_by_its_senders_death),
    case!(cut_on_a_duplex_pipe),
    case!(ended_between_messages),
    case!(sizes_one_way),
    case!(sizes_on_a_duplex_pipe),
    case!(sizes_of_values),
    case!(a_limit),
    case!(a_limit_of_nothing),
    case!(a_limit_on_a_duplex_pipe),
    case!(into_a_buffer),
    case!(poll_with_timeouts),
    case!(poll_that_is_answered),
    case!(wait_for_several),
    case!(wait_for_nothing),
    case!(wait_for_a_closed_one),
    case!(wait_for_a_process_too),
    case!(one_writers_order),
    case!(readers_in_turn),
    case!(a_killed_reader_takes_nothing),
    case!(what_is_no_value),
    case!(two_that_only_send),
];

const NOW: Option<Duration> = Some(Duration::ZERO);

fn start<T: Target>(target: impl FnOnce() -> T) -> Result<Process> {
    Process::new().start(target)
}

fn ms(milliseconds: u64) -> Option<Duration> {
    Some(Duration::from_millis(milliseconds))
}

fn one_way() -> Result<(Connection, Connection)> {
    pipe_one_way("p")
}

fn text(data: Vec<u8>) -> String {
    String::from_utf8(data).expect("a text")
}

fn values_there_and_back() -> Result<()> {
    let (a, b) = pipe("p")?;
    let process = start(|| -> Result<()> {
        b.send(&b.recv::<i32>()?)?;
        b.send(&b.recv::<String>()?)?;
        b.send(&b.recv::<Vec<u8>>()?)
    })?;
    a.send(&7)?;
    attempt("recv", a.recv::<i32>());
    a.send("text")?;
    attempt("recv", a.recv::<String>());
    a.send::<[u8]>(&[1, 2])?;
    attempt("recv", a.recv::<Vec<u8>>());
    process.join()
}

fn both_directions_at_once() -> Result<()> {
    let (a, b) = pipe("p")?;
    a.send_bytes(b"to b")?;
    b.send_bytes(b"to a")?;
    say("a", &text(a.recv_bytes()?));
    say("b", &text(b.recv_bytes()?));
    Ok(())
}

fn flags() -> Result<()> {
    for (what, (one, other)) in [("duplex", pipe("p")?), ("one way", one_way()?)] {
        let ends = [one, other];
        let flags = ends
            .iter()
            .map(|end| [end.is_readable(), end.is_writable(), end.is_closed()]);
        say(what, &flags.collect::<Vec<_>>());
    }
    Ok(())
}

fn wrong_directions() -> Result<()> {
    let (reader, writer) = one_way()?;
    attempt("send", reader.send(&1));
    attempt("send_bytes", reader.send_bytes(b""));
    attempt("recv", writer.recv::<i32>());
    attempt("recv_bytes", writer.recv_bytes());
    attempt("poll", writer.poll(NOW));
    Ok(())
}

fn use_after_close() -> Result<()> {
    let ((a, b), (reader, writer)) = (pipe("p")?, one_way()?);
    for mut end in [a, b, reader, writer] {
        end.close();
        end.close();
        attempt("send", end.send(&1));
        attempt("send_bytes", end.send_bytes(b""));
        attempt("recv", end.recv::<i32>());
        attempt("recv_bytes", end.recv_bytes());
        attempt("poll", end.poll(NOW));
        attempt("fileno", end.fileno().map(|fd| fd.as_raw_fd()));
        say("closed", &end.is_closed());
    }
    Ok(())
}

fn eof() -> Result<()> {
    let (reader, mut writer) = one_way()?;
    writer.close();
    say("poll", &reader.poll(NOW)?);
    attempt("recv", reader.recv::<i32>());
    attempt("again", reader.recv_bytes());
    say("closed", &reader.is_closed());
    Ok(())
}

fn eof_of_a_duplex_end() -> Result<()> {
    let (mut a, b) = pipe("p")?;
    a.close();
    say("poll", &b.poll(NOW)?);
    attempt("recv", b.recv::<i32>());
    attempt("send", b.send(&1));
    Ok(())
}

fn data_before_the_end() -> Result<()> {
    let (reader, mut writer) = one_way()?;
    writer.send_bytes(b"one")?;
    writer.send_bytes(b"two")?;
    writer.close();
    for _ in 0..3 {
        attempt("recv", reader.recv_bytes().map(text));
    }
    Ok(())
}

fn eof_needs_every_copy() -> Result<()> {
    let (reader, mut writer) = one_way()?;
    let (go, tell) = one_way()?;
    let process = start(|| go.recv_bytes().map(drop))?;
    writer.close();
    // The child has a copy.
    say("poll", &reader.poll(ms(50))?);
    tell.send_bytes(b"")?;
    process.join()?;
    say("poll", &reader.poll(NOW)?);
    attempt("recv", reader.recv::<i32>());
    Ok(())
}

fn ones_own_copy_counts() -> Result<()> {
    let (reader, mut writer) = one_way()?;
    let child = || -> Result<()> {
        // It has a copy of the writing end, too.
        say("poll", &reader.poll(ms(50))?);
        writer.close();
        attempt("recv", reader.recv::<i32>());
        Ok(())
    };
    let process = start(child)?;
    sleep(0.01)?;
    writer.close();
    process.join()
}

fn broken_pipe() -> Result<()> {
    let (mut reader, writer) = one_way()?;
    reader.close();
    attempt("send", writer.send(&1));
    attempt("again", writer.send_bytes(b"x"));
    say("closed", &writer.is_closed());
    Ok(())
}

fn broken_while_it_waits() -> Result<()> {
    let (mut reader, writer) = one_way()?;
    let process = start(|| {
        reader.close();
        attempt("send", writer.send_bytes(&vec![0; 1 << 20]));
    })?;
    process.join_timeout(Duration::from_millis(100))?;
    say("waits", &process.is_alive()?);
    reader.close();
    process.join()
}

fn unread_at_close() -> Result<()> {
    let (a, mut b) = pipe("p")?;
    a.send_bytes(b"never read")?;
    b.close();
    attempt("recv", a.recv_bytes());
    attempt("recv", a.recv_bytes());
    attempt("send", a.send_bytes(b"x"));
    Ok(())
}

fn cut((reader, mut writer): (Connection, Connection)) -> Result<()> {
    let process = start(|| -> Result<()> {
        writer.send_bytes(b"whole")?;
        writer.send_bytes(&vec![0; 1 << 20])
    })?;
    writer.close();
    say("first", &text(reader.recv_bytes()?));
    process.join_timeout(Duration::from_millis(100))?;
    say("waits", &process.is_alive()?);
    process.kill()?;
    process.join()?;
    attempt("cut", reader.recv_bytes().map(|data| data.len()));
    attempt("then", reader.recv_bytes().map(|data| data.len()));
    Ok(())
}

fn cut_by_its_senders_death() -> Result<()> {
    cut(one_way()?)
}

fn cut_on_a_duplex_pipe() -> Result<()> {
    let (a, b) = pipe("p")?;
    cut((a, b))
}

fn ended_between_messages() -> Result<()> {
    let (reader, mut writer) = one_way()?;
    let process = start(|| writer.send_bytes(b"whole"))?;
    writer.close();
    process.join()?;
    attempt("recv", reader.recv_bytes().map(text));
    attempt("recv", reader.recv_bytes().map(text));
    Ok(())
}

const SIZES: &[usize] = &[0, 1, 31, 32, 33, 16384, 16385, 65535, 65536, 65537, 1 << 24];

fn pattern(size: usize) -> Vec<u8> {
    (0..251).cycle().take(size).collect()
}

fn sizes((reader, writer): (Connection, Connection)) -> Result<()> {
    let process = start(|| -> Result<()> {
        SIZES
            .iter()
            .try_for_each(|&size| writer.send_bytes(&pattern(size)))
    })?;
    for &size in SIZES {
        let data = reader.recv_bytes()?;
        say("size", &(data.len(), data == pattern(size)));
    }
    process.join()
}

fn sizes_one_way() -> Result<()> {
    sizes(one_way()?)
}

fn sizes_on_a_duplex_pipe() -> Result<()> {
    sizes(pipe("p")?)
}

fn sizes_of_values() -> Result<()> {
    let (reader, writer) = one_way()?;
    let process = start(|| -> Result<()> {
        SIZES
            .iter()
            .try_for_each(|&size| writer.send(&"x".repeat(size)))
    })?;
    for _ in SIZES {
        say("size", &reader.recv::<String>()?.len());
    }
    process.join()
}

fn a_limit() -> Result<()> {
    let (reader, writer) = one_way()?;
    writer.send_bytes(b"four")?;
    writer.send_bytes(b"four")?;
    writer.send_bytes(b"")?;
    attempt("exact", reader.recv_bytes_max(4).map(text));
    attempt("less", reader.recv_bytes_max(3).map(text));
    say("closed", &reader.is_closed());
    attempt("then", reader.recv_bytes());
    attempt("send", writer.send_bytes(b"x"));
    Ok(())
}

fn a_limit_of_nothing() -> Result<()> {
    let (reader, writer) = one_way()?;
    writer.send_bytes(b"")?;
    attempt("empty", reader.recv_bytes_max(0).map(text));
    writer.send_bytes(b"1")?;
    attempt("one", reader.recv_bytes_max(0).map(text));
    Ok(())
}

fn a_limit_on_a_duplex_pipe() -> Result<()> {
    let (a, b) = pipe("p")?;
    a.send_bytes(b"four")?;
    attempt("less", b.recv_bytes_max(3));
    say("flags", &[b.is_readable(), b.is_writable(), b.is_closed()]);
    attempt("then", b.recv_bytes());
    attempt("poll", b.poll(NOW));
    attempt("send", b.send_bytes(b"still"));
    attempt("recv", a.recv_bytes().map(text));
    Ok(())
}

fn into_a_buffer() -> Result<()> {
    let (reader, writer) = one_way()?;
    for data in ["four", "", "fifth", "next"] {
        writer.send_bytes(data.as_bytes())?;
    }
    let mut buffer = [0; 4];
    attempt("exact", reader.recv_bytes_into(&mut buffer));
    say("buffer", &text(buffer.to_vec()));
    attempt("nothing", reader.recv_bytes_into(&mut buffer));
    attempt("too long", reader.recv_bytes_into(&mut buffer));
    attempt("next", reader.recv_bytes_into(&mut buffer));
    say("buffer", &text(buffer.to_vec()));
    Ok(())
}

fn poll_with_timeouts() -> Result<()> {
    let (a, b) = pipe("p")?;
    let tiny = Some(Duration::from_micros(1));
    for timeout in [NOW, tiny, ms(50)] {
        say("poll", &b.poll(timeout)?);
    }
    a.send(&1)?;
    for timeout in [NOW, tiny, ms(50), None] {
        say("poll", &b.poll(timeout)?);
    }
    say("recv", &b.recv::<i32>()?);
    say("poll", &b.poll(NOW)?);
    Ok(())
}

fn poll_that_is_answered() -> Result<()> {
    let (reader, writer) = one_way()?;
    let process = start(|| -> Result<()> {
        sleep(0.05)?;
        writer.send_bytes(b"x")
    })?;
    say("poll", &reader.poll(ms(10_000))?);
    process.join()
}

fn wait_for_several() -> Result<()> {
    let (mut readers, mut writers) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let (reader, writer) = one_way()?;
        readers.push(reader);
        writers.push(writer);
    }
    let places = |timeout| {
        let readers: Vec<&dyn Waitable> = readers.iter().map(|r| r as _).collect();
        wait(&readers, timeout)
    };
    say("none", &places(NOW)?);
    say("none", &places(ms(50))?);
    writers[2].send_bytes(b"x")?;
    say("one", &places(None)?);
    writers[0].close();
    say("two", &places(None)?);
    readers[2].recv_bytes()?;
    say("eof", &places(None)?);
    Ok(())
}

fn wait_for_nothing() -> Result<()> {
    say("none", &wait(&[], NOW)?.len());
    say("none", &wait(&[], ms(50))?.len());
    Ok(())
}

fn wait_for_a_closed_one() -> Result<()> {
    let (mut reader, _writer) = one_way()?;
    reader.close();
    attempt("wait", wait(&[&reader], NOW).map(|ready| ready.len()));
    Ok(())
}

fn wait_for_a_process_too() -> Result<()> {
    let (reader, writer) = one_way()?;
    let process = start(|| sleep(60.0))?;
    let both = |timeout| wait(&[&reader, &process.sentinel()?], timeout);
    say("none", &both(ms(50))?);
    process.kill()?;
    say("process", &both(None)?);
    writer.send_bytes(b"x")?;
    say("both", &both(None)?);
    Ok(())
}

fn one_writers_order() -> Result<()> {
    let (reader, writer) = one_way()?;
    let process = start(|| (0..5000).try_for_each(|n| writer.send(&n)))?;
    let came: Vec<i32> = (0..5000).map(|_| reader.recv()).collect::<Result<_>>()?;
    say("in order", &came.into_iter().eq(0..5000));
    process.join()
}

fn readers_in_turn() -> Result<()> {
    let (reader, writer) = one_way()?;
    for n in ["0", "1", "2"] {
        writer.send_bytes(n.as_bytes())?;
    }
    let read = |who| -> Result<()> {
        say(who, &text(reader.recv_bytes()?));
        Ok(())
    };
    start(|| read("child"))?.join()?;
    read("parent")?;
    start(|| read("child"))?.join()
}

fn a_killed_reader_takes_nothing() -> Result<()> {
    let (reader, writer) = one_way()?;
    let process = start(|| reader.recv_bytes().map(drop))?;
    sleep(0.05)?;
    process.kill()?;
    process.join()?;
    writer.send_bytes(b"left")?;
    say("recv", &text(reader.recv_bytes()?));
    Ok(())
}

fn what_is_no_value() -> Result<()> {
    let (reader, writer) = one_way()?;
    writer.send_bytes(b"\xff\xff\xff")?;
    writer.send("good")?;
    attempt("bad", reader.recv::<String>());
    attempt("then", reader.recv::<String>());
    Ok(())
}

fn two_that_only_send() -> Result<()> {
    let (a, b) = pipe("p")?;
    let big = vec![0; 1 << 22];
    let side = |end: &Connection| -> Result<()> {
        end.send_bytes(&big)?;
        end.recv_bytes().map(drop)
    };
    let sides = [start(|| side(&a))?, start(|| side(&b))?];
    sides[0].join_timeout(Duration::from_millis(150))?;
    let alive: Vec<_> = sides.iter().map(Process::is_alive).collect::<Result<_>>()?;
    say("wait for each other", &alive);
    sides.iter().try_for_each(Process::kill)
}
