//! Where the files are: the XDG base directories.

use std::env;
use std::path::{Path, PathBuf};

/// Where the files of a person are; each is `None` where there is no home.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Places {
    /// What a person writes: `~/.config/mpviz`.
    config: Option<PathBuf>,
    /// What mpviz keeps: `~/.local/state/mpviz`.
    state: Option<PathBuf>,
    home: Option<PathBuf>,
}

impl Places {
    /// Returns those of the environment.
    pub fn of_environment() -> Places {
        // As the specification has it, a path that is not absolute counts as not set.
        let absolute = |name| {
            let path = env::var_os(name).map(PathBuf::from);
            path.filter(|path| path.is_absolute())
        };
        Places::of(absolute)
    }

    /// Returns those of a home that a test made.
    #[cfg(test)]
    pub(crate) fn below(home: &Path) -> Places {
        Places::of(|name| (name == "HOME").then(|| home.to_owned()))
    }

    fn of(variable: impl Fn(&'static str) -> Option<PathBuf>) -> Places {
        let home = variable("HOME");
        let below = |name, usual: &str| {
            let base = variable(name).or_else(|| home.as_ref().map(|home| home.join(usual)));
            base.map(|base| base.join("mpviz"))
        };
        Places {
            config: below("XDG_CONFIG_HOME", ".config"),
            state: below("XDG_STATE_HOME", ".local/state"),
            home,
        }
    }

    /// Returns where the settings are.
    pub fn settings(&self) -> Option<PathBuf> {
        self.config
            .as_ref()
            .map(|folder| folder.join("config.toml"))
    }

    /// Returns where the person's own keys are.
    pub fn keys(&self) -> Option<PathBuf> {
        self.config.as_ref().map(|folder| folder.join("keys.toml"))
    }

    /// Returns the folder of the person's own themes.
    pub fn themes(&self) -> Option<PathBuf> {
        self.config.as_ref().map(|folder| folder.join("themes"))
    }

    /// Returns where mpviz keeps what was chosen.
    pub fn state(&self) -> Option<PathBuf> {
        self.state.as_ref().map(|folder| folder.join("state.toml"))
    }

    /// Returns a path as a person writes it: with `~` for the home.
    pub fn told(&self, path: &Path) -> String {
        let home = self.home.as_deref().filter(|home| home.parent().is_some());
        match home.and_then(|home| path.strip_prefix(home).ok()) {
            Some(rest) => format!("~/{}", rest.display()),
            None => path.display().to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(variables: &[(&str, &str)], settings: Option<&str>, told: Option<&str>) {
        let places = Places::of(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| PathBuf::from(value))
        });
        let path = places.settings();
        assert_eq!(path.as_deref(), settings.map(Path::new));
        assert_eq!(path.map(|path| places.told(&path)).as_deref(), told);
    }

    #[test]
    fn they_are_where_xdg_has_them() {
        let usual = "~/.config/mpviz/config.toml";
        let own = "/c/mpviz/config.toml";
        check(&[], None, None);
        check(
            &[("HOME", "/home/a")],
            Some("/home/a/.config/mpviz/config.toml"),
            Some(usual),
        );
        check(
            &[("HOME", "/home/a"), ("XDG_CONFIG_HOME", "/c")],
            Some(own),
            Some(own),
        );
        check(&[("XDG_CONFIG_HOME", "/c")], Some(own), Some(own));
        check(
            &[("HOME", "/")],
            Some("/.config/mpviz/config.toml"),
            Some("/.config/mpviz/config.toml"),
        );
    }
}
