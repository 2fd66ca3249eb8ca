//! The completions, in the shells that they are for: each on a terminal, a line typed, Tab pressed.

mod common;

use common::pty::Pty;
use std::fs;
use std::io::{self, Write};
use std::process::Command;
use tempfile::TempDir;

const SIZE: (u16, u16) = (200, 60);
const PROMPT: &str = "=> ";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

impl Shell {
    fn name(self) -> &'static str {
        match self {
            Shell::Bash => "bash",
            Shell::Zsh => "zsh",
            Shell::Fish => "fish",
        }
    }

    /// What an interactive shell has to read first, to be found in `home`.
    fn setting(self, home: &str) -> String {
        let own = match self {
            Shell::Bash => format!(
                "PS1='{PROMPT}'\nbind 'set show-all-if-ambiguous on'\nbind 'set page-completions off'\n\
                 bind 'set completion-query-items 0'\nsource {home}/_mpviz"
            ),
            // As it is installed: a file of the name `_mpviz` in a folder of `fpath`.
            Shell::Zsh => format!(
                "PS1='{PROMPT}'\nLISTMAX=999\nunsetopt list_ambiguous\nfpath=({home} $fpath)\nautoload -Uz compinit\ncompinit -u -D"
            ),
            Shell::Fish => format!(
                "function fish_prompt; printf '{PROMPT}'; end\nset -g fish_greeting\n\
                 set -g fish_autosuggestion_enabled 0\nsource {home}/_mpviz"
            ),
        };
        format!("{own}\ncd {home}/traces\n")
    }
}

/// A shell's home, with our completions, a folder of traces, and another file there.
struct Home {
    shell: Shell,
    folder: TempDir,
}

impl Home {
    /// Makes one; `None` if the shell is not installed.
    fn of(shell: Shell) -> Option<Home> {
        let name = shell.name();
        if Command::new(name).arg("--version").output().is_err() {
            assert!(
                std::env::var_os("MPVIZ_TEST_ALL").is_none(),
                "{name} is missing"
            );
            let said = writeln!(
                io::stderr(),
                "{name} is missing: its completions are not tried"
            );
            said.expect("stderr is there");
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let script = common::output(&["completions", name]);
        assert!(script.status.success());
        fs::write(path("_mpviz"), script.stdout).expect("it can be written");
        let setting = shell.setting(&folder.path().display().to_string());
        for name in ["setting", ".zshrc"] {
            fs::write(path(name), &setting).expect("it can be written");
        }
        fs::create_dir(path("traces")).expect("a folder");
        for file in [
            "traces/first.mpt",
            "traces/second.mpt.zst",
            "traces/notes.txt",
        ] {
            fs::write(path(file), "").expect("it can be written");
        }
        Some(Home { shell, folder })
    }

    /// Starts the shell, types a line and presses Tab.
    #[track_caller]
    fn tab(&self, line: &str) -> Pty {
        let home = self.folder.path().display().to_string();
        let setting = format!("{home}/setting");
        let start = format!("source {setting}");
        let argv: &[&str] = match self.shell {
            Shell::Bash => &["bash", "--noprofile", "--rcfile", &setting, "-i"],
            Shell::Zsh => &["zsh", "-d", "-i"],
            Shell::Fish => &["fish", "--no-config", "-i", "-C", &start],
        };
        let mut pty = Pty::command(SIZE, argv, &[("HOME", &home), ("ZDOTDIR", &home)]);
        pty.until_text(PROMPT.trim_end());
        pty.send(line.as_bytes());
        pty.until_text(line.trim_end());
        pty.send(b"\t");
        pty
    }

    /// Tab offers `some`, each as a word below the line, and nothing of `none`.
    #[track_caller]
    fn offers(&self, line: &str, some: &[&str], none: &[&str]) {
        let what = format!("{:?} to offer {some:?} for `{line}`", self.shell);
        let screen = self.tab(line).until(&what, |screen| {
            let words = words(screen);
            some.iter().all(|word| words.contains(word))
        });
        let words = words(&screen);
        for word in none {
            assert!(
                !words.contains(word),
                "{:?} offers {word} for `{line}`:\n{screen}",
                self.shell
            );
        }
    }

    /// Tab makes another line of a line.
    #[track_caller]
    fn completes(&self, line: &str, whole: &str) {
        let what = format!("{:?} to make `{whole}` of `{line}`", self.shell);
        self.tab(line).until(&what, |screen| {
            screen.lines().any(|row| row == format!("{PROMPT}{whole}"))
        });
    }
}

/// Returns what is offered below the line, without what is said of it: `(so)` by fish, `-- so` by zsh.
fn words(screen: &str) -> Vec<&str> {
    let rows = screen
        .lines()
        .skip(1)
        .filter(|row| !row.starts_with(PROMPT));
    let rows = rows.map(|row| row.split(" -- ").next().unwrap_or(row));
    let cells = rows.flat_map(|row| row.split(')'));
    let cells = cells.map(|cell| cell.split(" (").next().unwrap_or(cell));
    cells.flat_map(str::split_whitespace).collect()
}

fn complete_all(shell: Shell) {
    let Some(home) = Home::of(shell) else {
        return;
    };
    home.offers(
        "mpviz que",
        &["queue", "queue-fan-in", "queue-limits"],
        &["pool", "quiet"],
    );
    home.offers(
        "mpviz re",
        &["replay", "render", "record"],
        &["run", "pool"],
    );
    home.offers(
        "mpviz pool --",
        &[
            "--workers",
            "--tasks",
            "--python",
            "--plain",
            "--json",
            "--theme",
            "--seed",
            "--help",
        ],
        &["--items", "--wait", "--size", "--version"],
    );
    home.offers(
        "mpviz pool --plain --",
        &["--workers", "--limit"],
        &["--plain"],
    );
    home.offers(
        "mpviz pool --workers 4 --t",
        &["--tasks", "--theme"],
        &["--workers"],
    );
    home.offers("mpviz pool --workers ", &["1", "3", "64"], &["--tasks"]);
    home.offers("mpviz pipe --end ", &["eof", "terminate"], &["all", "last"]);
    home.offers("mpviz --color ", &["auto", "never", "always"], &["pool"]);
    home.offers(
        "mpviz replay ",
        &["first.mpt", "second.mpt.zst"],
        &["notes.txt"],
    );
    home.offers(
        "mpviz record ",
        &["pool", "backpressure"],
        &["replay", "list"],
    );
    home.offers(
        "mpviz record pool --s",
        &["--size", "--speed", "--script", "--seed"],
        &["--items"],
    );
    home.offers(
        "mpviz list queue-",
        &["queue-fan-in", "queue-limits"],
        &["queue"],
    );
    home.completes("mpviz completions z", "mpviz completions zsh");
    home.completes("mpviz back", "mpviz backpressure");
    home.completes("mpviz replay fir", "mpviz replay first.mpt");
    home.completes(
        "mpviz replay first.mpt no",
        "mpviz replay first.mpt notes.txt",
    );
    home.completes("mpviz pool --work", "mpviz pool --workers");
    home.completes("mpviz pool --theme=li", "mpviz pool --theme=light");
    home.completes(
        "mpviz render first.mpt --view seq",
        "mpviz render first.mpt --view sequence",
    );
    home.completes("mpviz run -- cat no", "mpviz run -- cat notes.txt");
    home.completes(
        "mpviz run --plain cat no",
        "mpviz run --plain cat notes.txt",
    );
}

#[test]
fn bash_completes() {
    complete_all(Shell::Bash);
}

#[test]
fn zsh_completes() {
    complete_all(Shell::Zsh);
}

#[test]
fn fish_completes() {
    complete_all(Shell::Fish);
}
