//! Environments that say little, or nonsense: mpviz works there, or says what to do.

use crate::common::pty::Pty;
use std::process::Stdio;

const USUAL: (u16, u16) = (120, 36);

/// Checks that a run is shown to its end, that keys work, and that nothing is left.
#[track_caller]
fn works(variables: &[(&str, &str)], without: &[&str]) {
    let env = without.iter().flat_map(|name| ["-u", *name]);
    let mpviz = [env!("CARGO_BIN_EXE_mpviz"), "process", "--pace", "23"];
    let argv: Vec<&str> = ["env"].into_iter().chain(env).chain(mpviz).collect();
    let mut pty = Pty::command(USUAL, &argv, variables);
    pty.until_header(&["process", "ended"]);
    pty.press("?");
    pty.until_text("freezes the view");
    pty.press("Esc");
    pty.until("no help", |screen| !screen.contains("freezes the view"));
    pty.quit();
}

#[test]
fn a_terminal_of_any_type_that_moves_its_cursor() {
    for term in [
        "",
        "unknown-x",
        "linux",
        "vt100",
        "vt220",
        "screen",
        "tmux-256color",
        "xterm-kitty",
    ] {
        works(&[("TERM", term)], &[]);
    }
    works(&[], &["TERM"]);
}

#[test]
fn a_terminal_that_cannot_move_its_cursor_is_told_of_plain() {
    let pty = Pty::start_with(USUAL, &["pool"], &[("TERM", "dumb")]);
    assert_eq!(pty.end(), 2);
    let said = pty.until_text("hint");
    let words: Vec<&str> = said.split_whitespace().collect();
    assert_eq!(
        words.join(" "),
        "mpviz: cannot open the screen: a terminal of type `dumb` cannot move its cursor \
         hint: `mpviz <scenario> --plain` prints a run as text"
    );
    // Nothing was sent that it would show as letters.
    assert!(!pty.all_bytes().contains(&0x1b));
    // That prints there.
    let arguments = ["process", "--pace", "23", "--plain"];
    let pty = Pty::start_with(USUAL, &arguments, &[("TERM", "dumb")]);
    assert_eq!(pty.end(), 0);
    pty.until_text("The run took");
    assert!(!pty.all_bytes().contains(&0x1b));
}

#[test]
fn a_stdout_that_is_no_terminal_is_told_of_plain() {
    let out = crate::common::mpviz(&["pool"])
        .stdout(Stdio::piped())
        .output()
        .expect("mpviz runs");
    assert_eq!(out.status.code(), Some(2));
    assert_eq!(out.stdout, b"");
    assert_eq!(
        String::from_utf8_lossy(&out.stderr),
        "mpviz: cannot open the screen: stdout is no terminal\n\
         hint: `mpviz <scenario> --plain` prints a run as text\n"
    );
}

#[test]
fn a_home_that_is_missing_or_not_to_be_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let read_only = folder.path().join("read-only");
    std::fs::create_dir(&read_only).expect("a folder");
    let mut permissions = std::fs::metadata(&read_only)
        .expect("it is there")
        .permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&read_only, permissions).expect("it is ours");
    let file = folder.path().join("file");
    std::fs::write(&file, "").expect("a file");
    let [read_only, file] = [read_only, file].map(|path| path.display().to_string());
    works(&[], &["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"]);
    for home in ["", "/proc", "/nonexistent", "relative", &read_only, &file] {
        works(&[("HOME", home)], &["XDG_CONFIG_HOME", "XDG_STATE_HOME"]);
        works(&[("XDG_CONFIG_HOME", home), ("XDG_STATE_HOME", home)], &[]);
    }
}

#[test]
fn a_locale_without_its_characters() {
    for locale in ["C", "POSIX", "", "xx_YY.nonsense"] {
        let pty = Pty::start_with(USUAL, &["process", "--pace", "23"], &[("LANG", locale)]);
        let screen = pty.until_header(&["process", "ended"]);
        let foreign: Vec<_> = screen.chars().filter(|c| !c.is_ascii()).collect();
        assert_eq!(foreign, [], "{locale}:\n{screen}");
        pty.quit();
    }
}

#[test]
fn a_terminal_that_tells_no_size_has_the_usual_one() {
    for (variables, row) in [(&[][..], 23), (&[("LINES", "30"), ("COLUMNS", "100")], 29)] {
        let stty = format!(
            "stty cols 0 rows 0; exec {} process --pace 23",
            env!("CARGO_BIN_EXE_mpviz")
        );
        let mut pty = Pty::command(USUAL, &["sh", "-c", &stty], variables);
        let screen = pty.until_header(&["process", "ended"]);
        let rows: Vec<_> = screen.lines().collect();
        let last = rows.iter().rposition(|row| row.contains("quit"));
        assert_eq!(last, Some(row), "{screen}");
        pty.press("q");
        assert_eq!(pty.end(), 0);
        pty.nothing_is_left();
    }
}
