//! Themes by their names: those that mpviz brings, and a person's own, a file each in `themes/`.

use super::file::{self, Wrong};
use super::places::Places;
use crate::ui::written::{Fault, brief, near};
use crate::view::Palette;
use std::path::PathBuf;

/// What a theme may be called beside its name: the ground is the terminal's.
pub const ASKED: [&str; 2] = ["auto", "high-contrast"];
/// A folder has more files than anybody chooses from: these are looked at.
const FILES_MAX: usize = 1000;

/// Why there is no theme of a name.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoTheme {
    /// There is none.
    #[error("there is no theme `{}`", brief(name))]
    Unknown {
        /// The name.
        name: String,
        /// Which there are, if one is near.
        near: Option<String>,
    },
    /// It is a person's own, and its file is wrong.
    #[error(transparent)]
    Wrong(#[from] Wrong),
}

/// Returns the theme of a name.
///
/// # Errors
///
/// If there is none, or its file is not as it must be.
pub fn find(name: &str, places: &Places) -> Result<Palette, NoTheme> {
    if let Some(palette) = Palette::brought(name) {
        return Ok(palette.clone());
    }
    let path = path_of(name, places);
    match file::read(path, places, |text| Palette::parse(name, text))? {
        Some(palette) => Ok(palette),
        None => {
            let all = names(places);
            let known = ASKED.into_iter().chain(all.iter().map(String::as_str));
            Err(NoTheme::Unknown {
                name: name.to_owned(),
                near: near(name, known),
            })
        }
    }
}

/// Returns the theme that follows another, the first after the last.
///
/// # Errors
///
/// As [`find`], with the name that it would have been.
pub fn next(name: &str, places: &Places) -> Result<Palette, (String, NoTheme)> {
    let all = names(places);
    let at = all.iter().position(|known| known == name);
    let next = &all[at.map_or(0, |at| (at + 1) % all.len())];
    find(next, places).map_err(|why| (next.clone(), why))
}

/// Returns every name, first of those that mpviz brings.
pub fn names(places: &Places) -> Vec<String> {
    let brought = Palette::BROUGHT.map(str::to_owned);
    let entries = places.themes().and_then(|folder| folder.read_dir().ok());
    let entries = entries.into_iter().flatten().take(FILES_MAX).flatten();
    let mut own: Vec<String> = entries
        .filter_map(|entry| {
            let file = entry.file_name();
            let name = file.to_str()?.strip_suffix(".toml")?;
            (is_name(name) && Palette::brought(name).is_none()).then(|| name.to_owned())
        })
        .collect();
    own.sort_unstable();
    brought.into_iter().chain(own).collect()
}

fn path_of(name: &str, places: &Places) -> Option<PathBuf> {
    let folder = places.themes().filter(|_| is_name(name))?;
    Some(folder.join(format!("{name}.toml")))
}

/// Whether a file of a theme can have a name: it leads nowhere else.
fn is_name(name: &str) -> bool {
    let is_known = ASKED.contains(&name) || name == "both";
    !is_known && !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\0'])
}

impl NoTheme {
    /// Returns it as a fault of the file that names the theme, at a line of it.
    pub fn at(self, line: usize) -> Result<Fault, Wrong> {
        match self {
            NoTheme::Wrong(wrong) => Err(wrong),
            NoTheme::Unknown { ref near, .. } => Ok(Fault {
                line: Some(line),
                hint: near.clone(),
                what: self.to_string(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use tempfile::TempDir;

    fn folder(files: &[(&str, &[u8])]) -> (TempDir, Places) {
        let home = tempfile::tempdir().unwrap();
        let places = Places::below(home.path());
        let themes = places.themes().unwrap();
        fs::create_dir_all(&themes).unwrap();
        for (name, bytes) in files {
            fs::write(themes.join(name), bytes).unwrap();
        }
        (home, places)
    }

    #[test]
    fn a_persons_own_stand_beside_those_that_mpviz_brings() {
        let (_home, places) = folder(&[
            (
                "sea.toml",
                b"inherits = \"light\"\n[true]\ndim = \"#123456\"\n",
            ),
            ("b.toml", b""),
            // Taken, hidden, no theme.
            ("dark.toml", b"[true]\ndim = \"#123456\"\n"),
            ("auto.toml", b""),
            (".x.toml", b""),
            ("notes.txt", b""),
        ]);
        let brought = Palette::BROUGHT.map(str::to_owned).to_vec();
        let all = [brought.clone(), vec!["b".to_owned(), "sea".to_owned()]].concat();
        assert_eq!(names(&places), all);
        assert_eq!(find("sea", &places).unwrap().name(), "sea");
        assert_eq!(
            find("dark", &places).as_ref(),
            Ok(Palette::brought("dark").unwrap())
        );
        let mut name = "dark".to_owned();
        for expected in all.iter().skip(1).chain([&all[0]]) {
            name = next(&name, &places).unwrap().name().to_owned();
            assert_eq!(name, *expected);
        }
        assert_eq!(names(&Places::default()), brought);
        assert_eq!(next("gone", &places).unwrap().name(), "dark");
    }

    #[track_caller]
    fn check(name: &str, places: &Places, told: &str, hint: Option<&str>) {
        let found = find(name, places).unwrap_err();
        assert!(found.to_string().contains(told), "{found}");
        let near = match &found {
            NoTheme::Unknown { near, .. } => near,
            NoTheme::Wrong(wrong) => &wrong.fault.hint,
        };
        assert_eq!(near.as_deref(), hint);
    }

    #[test]
    fn a_theme_that_is_none_says_why() {
        let (_home, places) = folder(&[
            ("bad.toml", b"\n[true]\nruning = \"#102030\"\n"),
            ("latin.toml", b"# caf\xe9\n"),
        ]);
        let themes = places.themes().unwrap();
        fs::create_dir(themes.join("dir.toml")).unwrap();
        let large = fs::File::create(themes.join("large.toml")).unwrap();
        large.set_len(100_000_000).unwrap();
        check(
            "lihgt",
            &places,
            "there is no theme `lihgt`",
            Some("near to it: `light`"),
        );
        check(
            "bad",
            &places,
            "themes/bad.toml`, line 3: there is no part of a theme `runing`",
            Some("near to it: `running`, `finding`"),
        );
        check(
            "latin",
            &places,
            "themes/latin.toml`, line 1: its byte 0xe9 is no UTF-8",
            Some("save it as UTF-8"),
        );
        check("large", &places, "themes/large.toml`: it has ", None);
        let found = find("dir", &places).unwrap_err().to_string();
        assert!(
            found.ends_with("themes/dir.toml`: it is a directory"),
            "{found}"
        );
        for outside in ["../bad", "/etc/passwd", "", "."] {
            let found = find(outside, &places);
            assert!(matches!(found, Err(NoTheme::Unknown { .. })), "{found:?}");
        }
        let closed = themes.join("bad.toml");
        fs::set_permissions(&closed, fs::Permissions::from_mode(0)).unwrap();
        if fs::File::open(&closed).is_err() {
            check("bad", &places, "it can't be read: EACCES", None);
        }
    }
}
