//! What a person has settled, through the whole program: files that are broken in every way, keys
//! of one's own, the palette, and what is kept from one time to the next.

mod common;

use common::mpviz;
use common::pty::Pty;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Output;
use tempfile::TempDir;

const USUAL: (u16, u16) = (120, 36);

/// A home with nothing in it.
struct Home {
    folder: TempDir,
}

impl Home {
    fn new() -> Home {
        let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        fs::create_dir_all(folder.path().join("mpviz")).expect("a folder in it");
        Home { folder }
    }

    fn with(name: &str, text: impl AsRef<[u8]>) -> Home {
        let home = Home::new();
        fs::write(home.file(name), text).expect("a file");
        home
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("mpviz").join(name)
    }

    fn path(&self) -> &str {
        self.folder.path().to_str().expect("a name")
    }

    /// Runs mpviz as a text.
    fn output(&self, arguments: &[&str]) -> Output {
        let mut command = mpviz(arguments);
        for name in common::SETTLED {
            command.env(name, self.folder.path());
        }
        command.output().expect("mpviz runs")
    }

    /// Starts mpviz on a terminal.
    fn screen(&self, size: (u16, u16), arguments: &[&str]) -> Pty {
        let variables = common::SETTLED.map(|name| (name, self.path()));
        Pty::start_with(size, arguments, &variables)
    }
}

/// Both a text and the screen say what is wrong with a file, and go on as if it were not there.
#[track_caller]
fn check(home: &Home, name: &str, says: &str, hint: &str) {
    let usual = common::output(&["list"]);
    let ran = home.output(&["list"]);
    let told = String::from_utf8_lossy(&ran.stderr).into_owned();
    let mut expected = format!("mpviz: `{}`{says}\n", home.file(name).display());
    if !hint.is_empty() {
        expected.push_str(&format!("hint: {hint}\n"));
    }
    assert_eq!(told, expected);
    assert_eq!((ran.status, ran.stdout), (usual.status, usual.stdout));
    let mut pty = home.screen((200, 60), &[]);
    let screen = pty.until_text(name);
    let flat = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [says, hint] {
        assert!(flat.contains(part), "`{part}` is not in\n{screen}");
    }
    // The next key takes it away, and all goes on.
    pty.press("Down");
    pty.until("no notice", |screen| !screen.contains(name));
    pty.quit();
}

#[test]
fn what_is_wrong_with_the_settings_is_one_message() {
    let text = "theme = \"dark\"\n\ncolr = \"never\"\n";
    let home = Home::with("config.toml", text);
    check(
        &home,
        "config.toml",
        ", line 3: there is no setting `colr`",
        "near to it: `color`",
    );
    for (text, says, hint) in [
        (
            "mouse = \"on\"\n",
            ", line 1: `mouse` is a string, and must be true or false",
            "",
        ),
        (
            "mouse = true\nmouse = true\n",
            ", line 2: `mouse` stands there twice",
            "one of the two lines must go",
        ),
    ] {
        check(&Home::with("config.toml", text), "config.toml", says, hint);
    }
    check(
        &Home::with("config.toml", b"# caf\xe9\nmouse = true\n"),
        "config.toml",
        ", line 1: its byte 0xe9 is no UTF-8",
        "save it as UTF-8",
    );
}

#[test]
fn what_is_wrong_with_the_keys_is_one_message() {
    for (text, says, hint) in [
        (
            "[run]\n\"x\" = \"qiut\"\n",
            ", line 2: there is no action `qiut`",
            "near to it: `quit`",
        ),
        (
            "[run]\n\"pagedn\" = \"quit\"\n",
            ", line 2: there is no key `pagedn`",
            "near to it: `PageDown`, `PageUp`",
        ),
        (
            "\n[evnts]\n\"x\" = \"quit\"\n",
            ", line 2: there is no place `evnts`",
            "near to it: `events`",
        ),
        (
            "[run]\n\"x\" = \"sort\"\n\"x\" = \"live\"\n",
            ", line 3: `x` stands there twice",
            "one of the two lines must go",
        ),
        (
            "[run]\n\"C-m\" = \"sort\"\n\"Enter\" = \"live\"\n",
            ", line 3: `Enter` is bound twice in `run`",
            "line 2 binds it first",
        ),
        (
            "[run]\n\"x\" = true\n",
            ", line 2: `x` is a boolean, and must be an action in quotes",
            "",
        ),
    ] {
        check(&Home::with("keys.toml", text), "keys.toml", says, hint);
    }
}

#[test]
fn a_file_that_can_not_be_read_is_one_message() {
    for name in ["config.toml", "keys.toml"] {
        let home = Home::new();
        fs::create_dir(home.file(name)).expect("a folder");
        check(
            &home,
            name,
            ": it is a directory",
            "mpviz reads a file of this name; `mpviz config` prints one",
        );
        let home = Home::with(name, "");
        let file = fs::File::options().write(true).open(home.file(name));
        let file = file.expect("a file");
        file.set_len(100_000_000).expect("it is made larger");
        check(&home, name, ": it has 95 MiB, at most 256 KiB are read", "");
        // It can be read by nobody, not by root either.
        let home = Home::new();
        symlink(home.file(name), home.file(name)).expect("a link to itself");
        let why = ": it can't be read: ELOOP: Too many levels of symbolic links";
        check(&home, name, why, "");
        let home = Home::new();
        symlink("/dev/zero", home.file(name)).expect("a link");
        check(&home, name, ": it is no file", "");
    }
}

#[test]
fn a_broken_state_is_told_on_the_screen_alone() {
    let home = Home::with("state.toml", "theme = 3\n");
    let ran = home.output(&["list"]);
    assert_eq!(String::from_utf8_lossy(&ran.stderr), "");
    let pty = home.screen((200, 60), &[]);
    pty.until_text("state.toml`, line 1: `theme` is an integer, and must be a string");
    pty.quit();
}

#[test]
fn options_count_more_than_settings() {
    let home = Home::with("config.toml", "ascii = true\ncolor = \"never\"\n");
    let pty = home.screen(USUAL, &[]);
    let screen = pty.until_text("scenarios");
    assert!(screen.is_ascii(), "{screen}");
    pty.quit();
    let home = Home::with("config.toml", "color = \"no\"\n");
    let ran = home.output(&["fork", "--json", "--color", "never"]);
    assert_eq!(ran.status.code(), Some(0));
}

#[test]
fn mpviz_config_says_where_and_prints_a_file_that_can_be_used() {
    let home = Home::new();
    let printed = home.output(&["config"]);
    assert_eq!(printed.status.code(), Some(0));
    let text = String::from_utf8(printed.stdout).expect("text");
    assert!(text.contains(&home.file("config.toml").display().to_string()));
    assert!(text.contains("(not there)"));
    // As the README has it: into that very file.
    fs::write(home.file("config.toml"), &text).expect("a file");
    let again = home.output(&["config"]);
    assert_eq!(String::from_utf8_lossy(&again.stderr), "");
    let bare: String = text
        .lines()
        .filter(|line| !line.starts_with("# "))
        .map(|line| line.trim_start_matches('#').to_owned() + "\n")
        .collect();
    assert!(bare.contains("theme = \"auto\""), "{bare}");
    fs::write(home.file("config.toml"), bare).expect("a file");
    let again = home.output(&["list"]);
    assert_eq!(String::from_utf8_lossy(&again.stderr), "");
}

#[test]
fn a_key_of_ones_own_does_what_it_says_and_is_shown() {
    let own =
        "[run]\n\"v\" = \"toggle-freeze\"\n\"Space\" = \"none\"\n[events]\n\"v\" = \"filter\"\n";
    let home = Home::with("keys.toml", own);
    let keys = home.output(&["keys"]);
    let keys = String::from_utf8_lossy(&keys.stdout).into_owned();
    assert!(
        keys.contains("\n* v                 toggle-freeze"),
        "{keys}"
    );
    assert!(
        keys.contains("\n[events]  a pane of the run\n* v "),
        "{keys}"
    );
    let told = format!("* by {}", home.file("keys.toml").display());
    assert!(keys.trim_end().ends_with(&told), "{keys}");
    let mut pty = home.screen(USUAL, &["pipe", "--pace", "0.2"]);
    pty.until_header(&["pipe", "● live"]);
    pty.until_text("v freeze");
    pty.press("v");
    pty.until_header(&["FROZEN"]);
    pty.press("Space v");
    pty.until_header(&["● live"]);
    pty.press("4 v");
    pty.until_text("no filter");
    // A key right behind it would be read as one with Alt.
    pty.press("Esc");
    pty.until("it is left", |screen| !screen.contains("no filter"));
    pty.quit();
}

#[test]
fn the_palette_finds_an_action_and_does_it() {
    let home = Home::new();
    let mut pty = home.screen((80, 24), &["pipe", "--pace", "0.2"]);
    pty.until_header(&["pipe", "● live"]);
    pty.press(":");
    pty.until_text("a few letters of what you want to do");
    pty.send(b"freeze");
    pty.until("found", |screen| screen.contains("2 of"));
    pty.press("Enter");
    pty.until_header(&["FROZEN"]);
    pty.until("closed", |screen| !screen.contains("─ actions ─"));
    // What can't be done says why, and is not done.
    pty.press("C-p");
    pty.send(b"next match");
    pty.press("Enter");
    pty.until_text("there is no filter");
    pty.press("Esc");
    pty.until("closed", |screen| !screen.contains("─ actions ─"));
    pty.press("f");
    pty.until_header(&["● live"]);
    pty.press(":");
    pty.send(b"quit");
    pty.press("Enter");
    assert_eq!(pty.end(), 0);
    pty.nothing_is_left();
}

#[test]
fn knobs_are_there_the_next_time_until_they_are_reset() {
    let home = Home::new();
    let mut pty = home.screen(USUAL, &[]);
    pty.until_text("scenarios");
    // `fork`: the second knob is the pause.
    pty.press("Tab Down 9 9 Enter");
    pty.until_header(&["fork", "ended"]);
    pty.quit();
    let state = fs::read_to_string(home.file("state.toml")).expect("it is kept");
    assert!(
        state.contains("[knobs.\"fork\"]\n\"pause\" = \"99\"\n"),
        "{state}"
    );

    let mut pty = home.screen(USUAL, &[]);
    pty.until("as it was left", |screen| {
        screen
            .lines()
            .any(|row| row.contains("pause") && row.contains(" 99 "))
    });
    pty.until_text("d usual knobs");
    pty.press("d");
    pty.until("as usual", |screen| {
        screen
            .lines()
            .any(|row| row.contains("pause") && row.contains(" 200 "))
    });
    pty.quit();
    let state = fs::read_to_string(home.file("state.toml")).expect("it is kept");
    assert!(!state.contains("fork"), "{state}");

    // What is run without the screen knows nothing of it.
    fs::write(home.file("state.toml"), "[knobs.fork]\npause = \"0\"\n").expect("a file");
    let told = home.output(&["fork", "--json", "--pace", "0"]);
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(
        told.contains("\"pause\",\"200\"") || told.contains("\"pause\":\"200\""),
        "{told}"
    );
}

#[test]
fn the_theme_is_there_the_next_time() {
    let home = Home::new();
    let next = |named: &str| {
        let mut pty = home.screen(USUAL, &["--color", "always"]);
        pty.until_text("scenarios");
        pty.press("C-t");
        let screen = pty.until_text("theme: ");
        assert!(screen.contains(named), "{screen}");
        pty.quit();
        fs::read_to_string(home.file("state.toml")).expect("it is kept")
    };
    let first = next("theme: ");
    assert!(first.contains("theme = \""), "{first}");
    // From the one that was kept it goes on to another.
    assert_ne!(next("theme: "), first);
    // Who settles it wants no other.
    fs::write(home.file("config.toml"), "theme = \"auto\"\n").expect("a file");
    assert_eq!(next("theme: "), first);
}

#[test]
fn the_layout_is_there_the_next_time_unless_one_is_settled() {
    let home = Home::new();
    let long = &["pipe", "--pace", "0.2"];
    let mut pty = home.screen(USUAL, long);
    pty.until_header(&["pipe", "● live"]);
    pty.until_text("─ 4 events ─");
    pty.press("2 Z");
    pty.until("zoomed", |screen| !screen.contains("─ 4 events ─"));
    pty.quit();
    let state = fs::read_to_string(home.file("state.toml")).expect("it is kept");
    assert!(
        state.contains("layout = \"focus=flow middle=flow zoom\""),
        "{state}"
    );
    let pty = home.screen(USUAL, long);
    pty.until_header(&["pipe", "● live"]);
    pty.until("zoomed", |screen| {
        screen.contains("─ 2 flow ─") && !screen.contains("─ 4 events ─")
    });
    pty.quit();
    // What a person has written counts more.
    fs::write(
        home.file("config.toml"),
        "layout = \"hide=flow hide=sequence\"\n",
    )
    .expect("a file");
    let pty = home.screen(USUAL, long);
    pty.until_header(&["pipe", "● live"]);
    pty.until("without a flow", |screen| {
        screen.contains("─ 4 events ─") && !screen.contains("2 flow")
    });
    pty.quit();
}

#[test]
fn where_nothing_can_be_kept_it_holds_for_the_session_and_is_told_at_the_end() {
    let home = Home::new();
    // A file stands where a folder is to be: even root can't write there.
    let file = home.file("none");
    fs::write(&file, "").expect("a file");
    let file = file.to_str().expect("a name");
    let run = |variables: &[(&str, &str)]| {
        let mut pty = Pty::start_with(USUAL, &[], variables);
        pty.until_text("scenarios");
        pty.press("Tab Down 9 9 Enter");
        pty.until_header(&["fork", "ended"]);
        pty.press("s");
        pty.until("as it was left", |screen| {
            screen
                .lines()
                .any(|row| row.contains("pause") && row.contains(" 99 "))
        });
        pty
    };
    let mut pty = run(&[("XDG_STATE_HOME", file)]);
    pty.press("q");
    pty.until_text("mpviz: what you chose is not kept: cannot write `");
    assert_eq!(pty.end(), 0);
    // Without a home there is nothing to be told.
    let mut pty = run(&[
        ("XDG_STATE_HOME", ""),
        ("XDG_CONFIG_HOME", ""),
        ("HOME", ""),
    ]);
    pty.press("q");
    assert_eq!(pty.end(), 0);
    assert!(!pty.text().contains("not kept"), "{}", pty.text());
}

#[test]
fn one_who_does_not_want_it_keeps_nothing() {
    let home = Home::with("config.toml", "remember = false\n");
    let mut pty = home.screen(USUAL, &[]);
    pty.until_text("scenarios");
    pty.press("Tab Down 9 9 Enter");
    pty.until_header(&["fork", "ended"]);
    pty.quit();
    assert!(!Path::new(&home.file("state.toml")).exists());
}
