//! Keys, as a keymap names them.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::fmt;

/// A key, with Control or without. Shift is in the character.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Key {
    /// Which one.
    pub code: Code,
    /// Whether Control is held.
    pub control: bool,
}

macro_rules! codes {
    ($($name:ident $text:literal $label:literal;)*) => {
        /// Which key.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Code {
            /// One that types a character.
            Char(char),
            $(#[doc = concat!("`", $text, "`.")] $name,)*
        }

        const NAMED: &[(Code, &str, &str)] = &[$((Code::$name, $text, $label)),*];
    };
}

codes! {
    Up "Up" "↑";
    Down "Down" "↓";
    Left "Left" "←";
    Right "Right" "→";
    Enter "Enter" "Enter";
    Esc "Esc" "Esc";
    Tab "Tab" "Tab";
    BackTab "BackTab" "Shift-Tab";
    Space "Space" "space";
    Backspace "Backspace" "Backspace";
    Home "Home" "Home";
    End "End" "End";
    PageUp "PageUp" "PageUp";
    PageDown "PageDown" "PageDown";
}

impl Key {
    /// Returns the key of a name such as `q`, `C-c` or `PageUp`.
    pub fn parse(name: &str) -> Option<Key> {
        if let Some(&(code, ..)) = NAMED.iter().find(|(_, text, _)| *text == name) {
            return Some(Key {
                code,
                control: false,
            });
        }
        let (control, rest) = match name.strip_prefix("C-") {
            Some(rest) if !rest.is_empty() => (true, rest),
            _ => (false, name),
        };
        let mut characters = rest.chars();
        let (Some(c), None) = (characters.next(), characters.next()) else {
            return None;
        };
        let is_drawn = !c.is_control() && !c.is_whitespace();
        // A terminal sends one byte for both.
        let same = match c.to_ascii_lowercase() {
            'i' => Some(Code::Tab),
            'm' => Some(Code::Enter),
            '[' => Some(Code::Esc),
            _ => None,
        };
        if let (true, Some(code)) = (control, same) {
            return Some(Key {
                code,
                control: false,
            });
        }
        let c = if control { c.to_ascii_lowercase() } else { c };
        is_drawn.then_some(Key {
            code: Code::Char(c),
            control,
        })
    }

    /// Returns the names of keys that type no character.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMED.iter().map(|&(_, text, _)| text)
    }

    /// Returns the key that a terminal told; `None` for one that no keymap can name.
    pub fn from_terminal(event: KeyEvent) -> Option<Key> {
        let control = event.modifiers.contains(KeyModifiers::CONTROL);
        let code = match event.code {
            KeyCode::Char(' ') => Code::Space,
            // Control with Shift is told as a capital by some terminals.
            KeyCode::Char(c) if control => Code::Char(c.to_ascii_lowercase()),
            KeyCode::Char(c) => Code::Char(c),
            KeyCode::Up => Code::Up,
            KeyCode::Down => Code::Down,
            KeyCode::Left => Code::Left,
            KeyCode::Right => Code::Right,
            KeyCode::Enter => Code::Enter,
            KeyCode::Esc => Code::Esc,
            KeyCode::Tab => Code::Tab,
            KeyCode::BackTab => Code::BackTab,
            KeyCode::Backspace => Code::Backspace,
            KeyCode::Home => Code::Home,
            KeyCode::End => Code::End,
            KeyCode::PageUp => Code::PageUp,
            KeyCode::PageDown => Code::PageDown,
            _ => return None,
        };
        let control = control && matches!(code, Code::Char(_));
        Some(Key { code, control })
    }

    /// Returns the key that types a character.
    pub fn of_char(c: char) -> Key {
        let code = match c {
            ' ' => Code::Space,
            c => Code::Char(c),
        };
        Key {
            code,
            control: false,
        }
    }

    /// Returns the character that the key types, if it types one.
    pub fn typed(self) -> Option<char> {
        match self.code {
            _ if self.control => None,
            Code::Char(c) => Some(c),
            Code::Space => Some(' '),
            _ => None,
        }
    }

    /// Returns what stands on the screen for it, in ASCII if there is nothing else.
    pub fn label(self, ascii: bool) -> String {
        match self.code {
            Code::Char(c) if self.control => format!("C-{c}"),
            Code::Char(c) => c.to_string(),
            code => NAMED
                .iter()
                .find(|(named, ..)| *named == code)
                .map_or("", |&(_, text, label)| {
                    if ascii && !label.is_ascii() {
                        text
                    } else {
                        label
                    }
                })
                .to_owned(),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Code::Char(c) if self.control => write!(f, "C-{c}"),
            Code::Char(c) => write!(f, "{c}"),
            code => {
                let name = NAMED.iter().find(|(named, ..)| *named == code);
                f.write_str(name.map_or("", |(_, text, _)| text))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_and_written_alike() {
        for name in ["q", "C-c", "PageUp", "Space", "-", "C--", "?", "G"] {
            let key = Key::parse(name).map(|key| key.to_string());
            assert_eq!(key.as_deref(), Some(name));
        }
        for name in ["", " ", "C-", "C-ab", "page-up", "\x1b", "ab"] {
            let expected = (name == "C-").then_some(());
            assert_eq!(Key::parse(name).map(drop), expected.and(None), "{name:?}");
        }
    }
}
