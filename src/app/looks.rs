//! Looks: the theme of the screen, from what was asked for and what the terminal tells of itself.

use super::ask::{self, Answer};
use super::config::{Places, themes};
use super::screen::Screen;
use crate::view::{Charset, Contrast, Depth, Ground, Scheme, Theme};

/// How the screen is to look.
#[derive(Clone, Debug)]
pub struct Looks {
    choice: Choice,
    depth: Depth,
    charset: Charset,
    /// Which ground the terminal has, if it does not say.
    ground: Ground,
    told: Told,
    /// A theme that was to be chosen and could not: the next is the one behind it.
    passed: Option<String>,
}

/// Which theme.
#[derive(Clone, PartialEq, Debug)]
pub enum Choice {
    /// The one for the ground that the terminal has.
    OfTerminal(Contrast),
    /// This one.
    Own(Box<Scheme>),
}

/// What a terminal says of itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Told {
    /// The colour of its ground, `0xRRGGBB`.
    pub ground: Option<u32>,
    /// Whether what Unicode calls ambiguous takes two cells.
    pub is_wide: bool,
}

impl Looks {
    /// Returns the looks of a terminal with so many colours and such characters, and which ground it
    /// has if it does not say.
    pub fn new(choice: Choice, depth: Depth, charset: Charset, ground: Ground) -> Looks {
        Looks {
            choice,
            depth,
            charset,
            ground,
            told: Told::default(),
            passed: None,
        }
    }

    /// Returns the theme.
    pub fn theme(&self) -> Theme {
        let charset = match self.charset {
            Charset::Unicode if self.told.is_wide => Charset::Narrow,
            charset => charset,
        };
        let theme = Theme::of(self.scheme(), self.depth, charset);
        match (&self.choice, self.told.ground) {
            // A ground that was asked for is painted, whatever the terminal's own is.
            (Choice::Own(_) | Choice::OfTerminal(Contrast::High), _) => theme.with_paper(),
            (Choice::OfTerminal(_), Some(ground)) if !theme.is_read_on(ground) => {
                theme.with_paper()
            }
            _ => theme,
        }
    }

    /// Returns the name of the theme.
    pub fn name(&self) -> &str {
        self.scheme().name()
    }

    /// Returns which question is worth asking: the ground, and how wide characters are.
    pub(super) fn questions(&self) -> (bool, bool) {
        let goes_by_ground = matches!(self.choice, Choice::OfTerminal(_));
        (
            goes_by_ground && self.depth != Depth::None,
            self.charset == Charset::Unicode,
        )
    }

    fn scheme(&self) -> &Scheme {
        match &self.choice {
            Choice::Own(scheme) => scheme,
            Choice::OfTerminal(contrast) => {
                let told = self.told.ground.map(Ground::of_colour);
                Scheme::of(told.unwrap_or(self.ground), *contrast)
            }
        }
    }

    /// Goes on to the next theme, and says what there is to say of it.
    pub(super) fn next(&mut self, places: &Places) -> String {
        let passed = self.passed.take();
        match themes::next(passed.as_deref().unwrap_or(self.name()), places) {
            Ok(scheme) => {
                let told = format!("theme: {}", scheme.name());
                self.choice = Choice::Own(Box::new(scheme));
                told
            }
            Err(failed) => {
                let (name, why) = *failed;
                self.passed = Some(name);
                super::reasons(&why)
            }
        }
    }
}

impl Screen {
    /// Waits until the terminal has said what it was asked, but not for long.
    pub(super) fn listen(&mut self) {
        ask::wait(&self.answers, &mut self.looks.told);
        self.theme = self.looks.theme();
    }

    /// Looks as is right for what the terminal has said late.
    pub(super) fn look_anew(&mut self, answer: Answer) {
        let before = self.looks.told;
        self.looks.told.take(answer);
        if self.looks.told != before {
            self.theme = self.looks.theme();
            // Whatever stands there may be of another width.
            self.terminal.forget();
            self.is_urgent = true;
        }
    }

    /// Draws with the next theme, and says which it is.
    pub(super) fn next_theme(&mut self) {
        self.ui.notice = Some(self.looks.next(&self.places));
        self.theme = self.looks.theme();
        if self.looks.passed.is_none() {
            let name = self.looks.name().to_owned();
            self.keep_choice(|state| state.theme = Some(name.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::Role;

    fn looks(choice: Choice) -> Looks {
        Looks::new(choice, Depth::TrueColor, Charset::Unicode, Ground::Dark)
    }

    #[test]
    fn the_terminal_says_which_ground_it_has() {
        let mut looks = looks(Choice::OfTerminal(Contrast::Usual));
        for (ground, name, is_painted) in [
            (None, "dark", false),
            (Some(0x000000), "dark", false),
            (Some(0x002B36), "dark", false),
            (Some(0xFFFFFF), "light", false),
            // Neither is read on grey or on blue.
            (Some(0x808080), "light", true),
            (Some(0x0000C0), "dark", true),
        ] {
            looks.told.ground = ground;
            assert_eq!(looks.name(), name, "{ground:?}");
            assert_eq!(looks.theme().paper().bg.is_some(), is_painted, "{ground:?}");
        }
        looks.told.ground = None;
        looks.ground = Ground::Light;
        assert_eq!(looks.name(), "light");
    }

    #[test]
    fn what_was_asked_for_is_painted_whatever_the_terminal_says() {
        let mut looks = looks(Choice::OfTerminal(Contrast::High));
        looks.told.ground = Some(0xFFFFFF);
        assert_eq!(looks.name(), "high-contrast-light");
        assert!(looks.theme().paper().bg.is_some());
        looks.choice = Choice::Own(Box::new(Scheme::brought("dark").unwrap().clone()));
        assert_eq!(looks.name(), "dark");
        assert!(looks.theme().paper().bg.is_some());
        // The user's own sixteen have no paper.
        looks.depth = Depth::Sixteen;
        assert!(looks.theme().paper().bg.is_none());
    }

    #[test]
    fn where_ambiguous_characters_are_wide_none_is_drawn() {
        let mut looks = looks(Choice::OfTerminal(Contrast::Usual));
        assert_eq!(looks.questions(), (true, true));
        looks.told.is_wide = true;
        assert_eq!(looks.theme().charset(), Charset::Narrow);
        looks.charset = Charset::Ascii;
        assert_eq!(looks.theme().charset(), Charset::Ascii);
        looks.depth = Depth::None;
        assert_eq!(looks.questions(), (false, false));
    }

    #[test]
    fn the_next_theme_follows_and_one_that_is_wrong_is_passed_by() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::below(home.path());
        let folder = places.themes().unwrap();
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("a.toml"), "[true]\ntxt = \"\"\n").unwrap();
        std::fs::write(folder.join("b.toml"), "[true]\ntext = \"#010203\"\n").unwrap();
        let mut looks = looks(Choice::OfTerminal(Contrast::Usual));
        let mut told = Vec::new();
        for _ in 0..6 {
            told.push(looks.next(&places));
        }
        assert_eq!(
            told[..3],
            [
                "theme: light",
                "theme: high-contrast-dark",
                "theme: high-contrast-light"
            ]
        );
        assert!(
            told[3].contains("a.toml`, line 2: there is no part of a theme `txt`"),
            "{}",
            told[3]
        );
        assert_eq!(told[4..], ["theme: b", "theme: dark"]);
        looks.next(&places);
        assert_eq!(looks.name(), "light");
        assert_eq!(looks.theme().style(Role::Text).bg, None);
    }
}
