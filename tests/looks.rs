//! What text and pictures look like: ASCII by option, and of what is printed by the locale; themes by
//! name, also a person's own, and what is said of one that is none.

#[path = "common/mod.rs"]
mod common;

use common::{mpviz, output};
use std::fs;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

fn replayed(variables: &[(&str, &str)], arguments: &[&str]) -> Vec<u8> {
    let mut command = mpviz(&[&["replay"], arguments].concat());
    let ran = command
        .envs(variables.iter().copied())
        .output()
        .expect("it runs");
    assert_eq!(String::from_utf8_lossy(&ran.stderr), "");
    ran.stdout
}

const QUEUE: [&str; 3] = ["queue", "--pace", "50"];

fn trace(run: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("t.mpt");
    let record = ["record", "-o", file.to_str().expect("UTF-8")];
    let ran = output(&[&record, run].concat());
    assert_eq!(String::from_utf8_lossy(&ran.stderr), "");
    folder
}

#[test]
fn where_the_locale_is_not_utf_8_text_is_ascii_by_itself() {
    // Whether a duration has a `µ` is by chance.
    let folder = trace(&["--", "sh", "-c", "echo 'grün, 3 µs …'"]);
    let file = folder.path().join("t.mpt");
    let plain = [file.to_str().expect("UTF-8"), "--plain"];
    let whole = replayed(&[], &plain);
    assert!(!whole.is_ascii(), "nothing is tried");
    for locale in [
        &[("LANG", "C")][..],
        &[("LANG", "ja_JP.eucJP")],
        &[("LANG", "")],
        &[("LC_ALL", "C"), ("LANG", "ja_JP.UTF-8")],
        &[("LC_CTYPE", "C"), ("LANG", "ja_JP.UTF-8")],
    ] {
        let spelled = replayed(locale, &plain);
        assert!(spelled.is_ascii(), "{locale:?}");
        let lines = |text: &[u8]| text.split(|&byte| byte == b'\n').count();
        assert_eq!(lines(&spelled), lines(&whole), "{locale:?}");
    }
    for locale in [
        &[("LANG", "ja_JP.UTF-8")][..],
        &[("LC_ALL", "C.utf8"), ("LANG", "C")],
    ] {
        assert!(replayed(locale, &plain) == whole, "{locale:?}");
    }
    let asked = replayed(&[], &[plain[0], plain[1], "--ascii"]);
    assert!(asked == replayed(&[("LANG", "C")], &plain));
    // A trace for programs is UTF-8 everywhere.
    let json = [plain[0], "--json"];
    assert!(replayed(&[("LANG", "C")], &json) == replayed(&[], &json));
}

#[test]
fn a_list_is_ascii_where_the_locale_is() {
    let list = |locale: &str, arguments: &[&str]| {
        let mut command = mpviz(&[&["list"], arguments].concat());
        let ran = command.env("LANG", locale).output().expect("it runs");
        assert!(ran.status.success());
        ran.stdout
    };
    for scenario in mpviz::scenario::PROGRAMS {
        let name = scenario.name;
        let spelled = list("C", &[name]);
        assert!(spelled.is_ascii(), "{name}");
        assert!(list("C.UTF-8", &[name, "--ascii"]) == spelled, "{name}");
    }
    assert!(list("C", &[]).is_ascii());
    assert!(!list("C.UTF-8", &["queue-limits"]).is_empty());
}

#[test]
fn what_is_rendered_and_recorded_never_asks_the_locale() {
    let folder = trace(&QUEUE);
    let file = folder.path().join("t.mpt");
    let render = |name: &str, variables: &[(&str, &str)], arguments: &[&str]| {
        let to = folder.path().join(name);
        let paths = [
            file.to_str().expect("UTF-8"),
            "-o",
            to.to_str().expect("UTF-8"),
        ];
        let mut command = mpviz(&[&["render"], &paths[..], arguments].concat());
        let ran = command
            .envs(variables.iter().copied())
            .output()
            .expect("it runs");
        assert_eq!(
            ran.status.code(),
            Some(0),
            "{}",
            String::from_utf8_lossy(&ran.stderr)
        );
        fs::read(&to).unwrap()
    };
    let elsewhere = [
        ("LC_ALL", "C"),
        ("LANG", "ja_JP.eucJP"),
        ("NO_COLOR", "1"),
        ("TERM", "vt100"),
        ("COLORFGBG", "0;15"),
    ];
    let svg = render("a.svg", &[], &[]);
    assert!(render("b.svg", &elsewhere, &[]) == svg);
    let txt = render("a.txt", &[], &[]);
    assert!(render("b.txt", &elsewhere, &[]) == txt);
    // Only the option does.
    assert_ne!(render("c.svg", &[], &["--ascii"]), svg);
    // And what a record is made of is no more asked.
    let record = |name: &str, variables: &[(&str, &str)]| {
        let to = folder.path().join(name);
        let mut command = mpviz(&[
            "record",
            "fork",
            "--pace",
            "50",
            "-o",
            to.to_str().expect("UTF-8"),
        ]);
        let ran = command
            .envs(variables.iter().copied())
            .output()
            .expect("it runs");
        assert_eq!(ran.status.code(), Some(0));
        fs::read_to_string(&to).expect("it is text")
    };
    assert!(!record("r.svg", &elsewhere).is_ascii());
}

/// A home with themes in it.
fn home(files: &[(&str, &str)]) -> TempDir {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join("mpviz/themes");
    fs::create_dir_all(&folder).expect("a folder");
    for (name, text) in files {
        fs::write(folder.join(name), text).expect("it is written");
    }
    home
}

fn rendered(home: &Path, file: &Path, theme: &str) -> (Output, String) {
    let to = file.with_file_name("theme.svg");
    let _ = fs::remove_file(&to);
    let paths = [
        file.to_str().expect("UTF-8"),
        "-o",
        to.to_str().expect("UTF-8"),
    ];
    let mut command = mpviz(&[&["render", "--theme", theme], &paths[..]].concat());
    let ran = command
        .env("XDG_CONFIG_HOME", home)
        .output()
        .expect("it runs");
    let svg = fs::read_to_string(&to).unwrap_or_default();
    (ran, svg)
}

#[test]
fn a_film_is_drawn_with_any_theme() {
    let folder = trace(&QUEUE);
    let file = folder.path().join("t.mpt");
    let home = home(&[
        ("sea.toml", "[true]\npaper = \"#C9CED4 on #001830\"\n"),
        ("bad.toml", "[true]\n\npapr = \"#C9CED4 on #001830\"\n"),
    ]);
    for (theme, ground) in [
        ("dark", "16181c"),
        ("auto", "16181c"),
        ("light", "fcfcfa"),
        ("high-contrast", "000"),
        ("high-contrast-light", "fff"),
        ("sea", "001830"),
    ] {
        let (ran, svg) = rendered(home.path(), &file, theme);
        assert!(
            ran.status.success(),
            "{}",
            String::from_utf8_lossy(&ran.stderr)
        );
        assert!(
            svg.to_lowercase().contains(&format!("#{ground}")),
            "{theme}"
        );
    }
    for (theme, code, told) in [
        (
            "lihgt",
            2,
            "mpviz: there is no theme `lihgt`\nhint: near to it: `light`\n",
        ),
        (
            "bad",
            1,
            "mpviz/themes/bad.toml`, line 3: there is no part of a theme `papr`\nhint: near to it: `paper`",
        ),
    ] {
        let (ran, svg) = rendered(home.path(), &file, theme);
        let stderr = String::from_utf8_lossy(&ran.stderr);
        assert!(stderr.contains(told), "{stderr}");
        assert_eq!(ran.status.code(), Some(code));
        assert_eq!(svg, "");
    }
}
