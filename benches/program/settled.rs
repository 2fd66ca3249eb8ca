//! What it costs to have settled everything: settings, a theme, every key, and knobs that are kept.

use super::terminal::Terminal;
use super::{contains, median, ms, report};
use mpviz::app::config::{Settings, State};
use mpviz::scenario::PROGRAMS;
use std::fs;
use std::path::Path;

const ROUNDS: usize = 31;

/// Starts to the whole picker, with every file that there can be beside none.
#[expect(clippy::print_stdout, reason = "a bench prints its figures")]
pub(crate) fn starting() {
    let mpviz = env!("CARGO_BIN_EXE_mpviz");
    let folders = ["bare", "full"].map(|name| {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(path.join("mpviz/themes")).expect("a folder");
        path
    });
    fill(&folders[1].join("mpviz"));
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (folder, times) in folders.iter().zip(&mut times) {
            let folder = folder.to_str().expect("a name");
            let variables = [("XDG_CONFIG_HOME", folder), ("XDG_STATE_HOME", folder)];
            let terminal = Terminal::open_with(&[mpviz], &variables);
            times.push(terminal.shows(|seen| contains(seen, b"quit")));
        }
    }
    let [bare, full] = times.map(median);
    println!(
        "start to the whole picker with every file: {:.1} ms",
        ms(full)
    );
    report(
        "  beside a start without them",
        full / bare,
        1.2,
        &format!("{:.1} ms", ms(bare)),
    );
}

/// Writes each file that mpviz reads at its start, with all that can stand in it.
fn fill(folder: &Path) {
    let settings = Settings::commented().replace("\n#", "\n");
    let settings: String = settings
        .lines()
        .filter(|line| line.contains(" = ") && !line.starts_with('#'))
        .map(|line| format!("{line}\n"))
        .collect();
    let settings = settings.replace("theme = \"auto\"", "theme = \"mine\"");
    let mut state = State::default();
    for program in PROGRAMS {
        let kept = [("seed", "7"), ("pace", "2.0")];
        let kept = kept.map(|(name, value)| (name.to_owned(), value.to_owned()));
        state.knobs.insert(program.name.to_owned(), kept.into());
    }
    let keys = include_str!("../../assets/keymap.toml");
    let theme = include_str!("../../assets/themes/dark.toml");
    for (name, text) in [
        ("config.toml", settings.as_str()),
        ("keys.toml", keys),
        ("state.toml", &state.text()),
        ("themes/mine.toml", theme),
    ] {
        fs::write(folder.join(name), text).expect("a file");
    }
}
