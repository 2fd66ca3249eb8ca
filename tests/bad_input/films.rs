//! Films that can't be made: wrong options, wrong places, wrong scripts. No half file is left.

use super::check_fails;
use super::common::{mpviz, output};
use super::{stderr, stdout};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder with a trace in it.
struct Folder {
    dir: TempDir,
}

impl Folder {
    fn new() -> Folder {
        let dir = tempfile::tempdir().expect("a folder");
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        fs::copy(
            root.join("tests/view/plays/pool.mpt"),
            dir.path().join("pool.mpt"),
        )
        .expect("a trace");
        Folder { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn write(&self, name: &str, text: &str) -> String {
        fs::write(self.path(name), text).expect("a file");
        self.text(name)
    }

    /// Renders the trace, which is to fail with this code and say all this, and leaves nothing.
    #[track_caller]
    fn fails(&self, out: &str, options: &[&str], code: i32, says: &[&str]) {
        let before = self.names();
        let (trace, out) = (self.text("pool.mpt"), self.text(out));
        let arguments = [&["render", &trace, "-o", &out], options].concat();
        check_fails(&arguments, code, says);
        assert_eq!(self.names(), before, "{arguments:?}");
    }

    /// Renders the trace, which is to work.
    #[track_caller]
    fn works(&self, out: &str, options: &[&str]) -> Vec<u8> {
        let (trace, out) = (self.text("pool.mpt"), self.text(out));
        let arguments = [&["render", &trace, "-o", &out], options].concat();
        let ran = output(&arguments);
        let told = (ran.status.code(), stderr(&ran), stdout(&ran));
        assert_eq!(
            told,
            (Some(0), String::new(), String::new()),
            "{arguments:?}"
        );
        fs::read(&out).expect("it was made")
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.dir.path()).expect("our folder");
        let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
        let mut names: Vec<String> = entries
            .map(|entry| name(entry.expect("an entry")))
            .collect();
        names.sort();
        names
    }
}

#[test]
fn an_unknown_ending_gets_those_there_are() {
    let folder = Folder::new();
    for name in ["x.mov", "x", ".svg", "x.svg.gz"] {
        folder.fails(
            name,
            &[],
            2,
            &[
                "nothing to be made by this ending",
                "`.cast`",
                "`.svg`",
                "`.html`",
            ],
        );
    }
    check_fails(
        &["record", "process", "-o", "x.avi"],
        2,
        &["nothing to be made by this ending", "`.svg`"],
    );
}

#[test]
fn an_option_out_of_its_range_gets_the_range() {
    let folder = Folder::new();
    for (option, value, says) in [
        ("--size", "0x5", "1x1 to 500x200"),
        ("--size", "501x20", "1x1 to 500x200"),
        ("--size", "20x201", "1x1 to 500x200"),
        ("--size", "20", "1x1 to 500x200"),
        ("--size", "1x-1", "1x1 to 500x200"),
        ("--fps", "0", "1 to 60"),
        ("--fps", "61", "1 to 60"),
        ("--fps", "many", "1 to 60"),
        ("--speed", "0", "0.01 to 1000"),
        ("--speed", "-2", "0.01 to 1000"),
        ("--speed", "NaN", "0.01 to 1000"),
        ("--hold", "-1", "0 to 86400"),
        ("--dwell", "x", "0 to 86400"),
        ("--longest-pause", "inf", "0 to 86400"),
        ("--from", "-3", "0 or more"),
        (
            "--view",
            "nothing",
            "processes, flow, sequence, events or code",
        ),
        ("--theme", "blue", "there is no theme `blue`"),
        ("--cast-version", "1", "possible are 2, 3"),
        ("--from", "the end", "this trace has no marks"),
        ("--select", "Nobody", "`MainProcess`"),
    ] {
        folder.fails("x.cast", &[option, value], 2, &[says]);
    }
    folder.fails(
        "x.cast",
        &["--from", "1", "--to", "0.5"],
        2,
        &["begins at 1 s, after its end at 0.5 s"],
    );
    folder.fails("x.cast", &["--from", "1000"], 2, &["the trace ends at 1.7"]);
    folder.fails(
        "x.cast",
        &["--at", "1"],
        2,
        &["`--at` is of no use for `.cast`"],
    );
    folder.fails(
        "x.cast",
        &["--theme", "both"],
        2,
        &["`--theme both` is of no use for `.cast`"],
    );
}

#[test]
fn a_mark_that_is_not_there_gets_those_that_are() {
    let folder = Folder::new();
    let trace = fs::read_to_string(folder.path("pool.mpt")).expect("a trace");
    let mark = r#"{"t":1741795307,"actor":0,"seq":9,"kind":"MarkSet","at":800000000,"moment":300000000,"name":"the queue"}"#;
    folder.write("pool.mpt", &format!("{trace}{mark}\n"));
    folder.fails(
        "x.cast",
        &["--from", "queue"],
        2,
        &["no mark `queue`", "`the queue`"],
    );
    folder.works("x.cast", &["--from", "the queue"]);
}

#[test]
fn a_file_that_is_there_stays_until_it_is_forced() {
    let folder = Folder::new();
    let there = folder.write("x.cast", "mine");
    folder.fails("x.cast", &[], 2, &["is there already", "`--force`"]);
    assert_eq!(fs::read_to_string(&there).expect("it is there"), "mine");
    let made = folder.works("x.cast", &["--force"]);
    assert!(made.starts_with(b"{"));
    // What a link points to is replaced, not the link.
    symlink(&there, folder.path("link.cast")).expect("a link");
    folder.fails("link.cast", &[], 2, &["is there already"]);
    folder.works("link.cast", &["--force", "--fps", "1"]);
    let link = fs::symlink_metadata(folder.path("link.cast")).expect("a link");
    assert!(link.is_symlink());
    check_fails(
        &["record", "process", "-o", &there],
        2,
        &["is there already", "`--force`"],
    );
}

#[test]
fn where_nothing_can_be_written_it_is_said_with_its_path() {
    let folder = Folder::new();
    fs::create_dir(folder.path("dir.svg")).expect("a folder");
    folder.fails(
        "dir.svg",
        &["--force"],
        1,
        &["cannot write", "dir.svg", "EISDIR"],
    );
    folder.fails(
        "none/x.svg",
        &[],
        1,
        &["cannot write", "none/x.svg", "ENOENT"],
    );
    folder.fails("pool.mpt/x.svg", &[], 1, &["cannot write", "ENOTDIR"]);
    symlink("/dev/full", folder.path("full.cast")).expect("a link");
    folder.fails(
        "full.cast",
        &[],
        1,
        &["cannot write", "full.cast", "ENOSPC"],
    );
    assert!(Path::new("/dev/full").exists());
    // Nobody may write there, not even root.
    check_fails(
        &["render", &folder.text("pool.mpt"), "-o", "/proc/x.svg"],
        1,
        &["cannot write `/proc/x.svg`"],
    );
}

#[test]
fn a_trace_that_is_cut_is_shown_as_far_as_it_goes() {
    let folder = Folder::new();
    let trace = fs::read(folder.path("pool.mpt")).expect("a trace");
    fs::write(folder.path("cut.mpt"), &trace[..trace.len() - 40]).expect("a file");
    let (cut, out) = (folder.text("cut.mpt"), folder.text("x.svg"));
    let ran = output(&["render", &cut, "-o", &out, "--at", "0.5"]);
    assert_eq!(ran.status.code(), Some(0));
    let told = stderr(&ran);
    assert!(
        told.contains("is cut; what stands before it is shown"),
        "{told}"
    );
    assert!(folder.path("x.svg").exists());
}

#[test]
fn what_a_newer_mpviz_wrote_is_counted() {
    let folder = Folder::new();
    let trace = fs::read_to_string(folder.path("pool.mpt")).expect("a trace");
    let newer = r#"{"t":1741795307,"actor":1,"seq":99,"kind":"Teleported","where":"there"}"#;
    folder.write("newer.mpt", &format!("{trace}{newer}\n{newer}\n"));
    let (newer, out) = (folder.text("newer.mpt"), folder.text("x.cast"));
    let ran = output(&["render", &newer, "-o", &out]);
    assert_eq!(ran.status.code(), Some(0));
    let told = stderr(&ran);
    assert!(
        told.contains("2 events of kinds that this mpviz does not know"),
        "{told}"
    );
}

#[test]
fn a_script_that_can_not_be_read_gets_the_line_and_what_would_be_right() {
    let folder = Folder::new();
    let script = folder.write("a.script", "# a lesson\nwait 1s\npress Enterr\n");
    folder.fails(
        "x.cast",
        &["--script", &script],
        2,
        &["a.script`: line 3: `Enterr` is no key", "hint: a key is"],
    );
    folder.fails(
        "x.cast",
        &["--script", "none.script"],
        1,
        &["cannot open `none.script`"],
    );
}

#[test]
fn what_a_script_waits_for_and_never_comes_is_told_with_the_screen() {
    let folder = Folder::new();
    let script = folder.write("a.script", "wait 100ms\nwait text \"checkmate\"\n");
    folder.fails(
        "x.cast",
        &["--script", &script],
        1,
        &[
            "line 2: `wait text \"checkmate\"`: it never came",
            "the screen was:",
            "■ ended 1.74 s",
        ],
    );
    let script = folder.write("b.script", "wait event TaskStarted T9\n");
    let out = folder.text("live.cast");
    check_fails(
        &[
            "record", "process", "--pace", "23", "-o", &out, "--script", &script,
        ],
        1,
        &[
            "line 1: `wait event TaskStarted T9`: it never came",
            "■ ended",
        ],
    );
    assert!(!Path::new(&out).exists());
}

#[test]
fn record_says_what_it_needs() {
    check_fails(
        &["record", "process"],
        2,
        &["nobody said where", "`-o FILE`"],
    );
    check_fails(
        &["record", "-o", "x.cast"],
        2,
        &["what is to be run", "`mpviz list`"],
    );
    check_fails(
        &["record", "pol", "-o", "x.cast"],
        2,
        &["no scenario `pol`", "`pool`"],
    );
    check_fails(
        &["record", "pool", "--workers", "65", "-o", "x.mpt"],
        2,
        &["1 to 64"],
    );
    check_fails(
        &["record", "pool", "-o", "x.mpt", "--fps", "3"],
        2,
        &["`--fps` is of no use for `.mpt`"],
    );
    check_fails(
        &["record", "-o", "x.mpt", "--", "/no/such"],
        127,
        &["cannot run `/no/such`"],
    );
}

#[test]
fn the_same_trace_makes_the_same_bytes_anywhere() {
    let folder = Folder::new();
    let script = folder.write(
        "a.script",
        "wait event TaskStarted T3\npress Space\ncaption \"Frozen\"\nwait 1s\n",
    );
    for (name, options) in [
        ("x.cast", &[][..]),
        (
            "x.html",
            &["--theme", "both", "--keys", "--script", &script],
        ),
        ("x.svg", &["--at", "1"]),
    ] {
        let here = folder.works(name, &[options, &["--force"]].concat());
        let trace = folder.text("pool.mpt");
        let other = tempfile::tempdir().expect("another folder");
        let arguments = [&["render", &trace, "-o", name], options].concat();
        let ran = mpviz(&arguments)
            .current_dir(other.path())
            .env("TZ", "Pacific/Kiritimati")
            .env("LANG", "tr_TR.UTF-8")
            .env("LC_ALL", "de_DE.UTF-8")
            .env("TERM", "dumb")
            .env("NO_COLOR", "1")
            .env("COLUMNS", "40")
            .output()
            .expect("mpviz runs");
        assert_eq!(ran.status.code(), Some(0), "{}", stderr(&ran));
        let there = fs::read(other.path().join(name)).expect("it was made");
        assert!(here == there, "{name} differs");
    }
}
