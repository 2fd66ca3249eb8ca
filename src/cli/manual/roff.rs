//! The language of manual pages, as far as ours needs it.
//!
//! What stands in backquotes is set bold, a blank line parts paragraphs, and everything else is text:
//! no word of it is taken for a command.

use crate::cli::definition::examples::Example;

/// A page that grows downwards.
pub(super) struct Page {
    text: String,
}

impl Page {
    /// Begins a page of commands. It has no date: the same program prints the same page.
    pub(super) fn new(name: &str, version: &str) -> Page {
        let version = escaped(version);
        Page {
            text: format!(".TH {name} 1 \"\" \"mpviz {version}\" \"User Commands\"\n.nh\n.ad l\n"),
        }
    }

    pub(super) fn section(&mut self, title: &str) {
        self.say(&format!(".SH \"{}\"", escaped(title)));
    }

    /// Begins a part of a section.
    pub(super) fn part(&mut self, title: &str) {
        self.say(&format!(".SS \"{}\"", escaped(title)));
    }

    pub(super) fn text(&mut self, text: &str) {
        for paragraph in text.split("\n\n") {
            self.say(".PP");
            self.say(&set(paragraph));
        }
    }

    /// A line of its own.
    pub(super) fn line(&mut self, line: &str) {
        self.say(&format!("\\fB{}\\fR", escaped(line)));
        self.say(".br");
    }

    /// A term with what it is.
    pub(super) fn item(&mut self, term: &str, text: &str) {
        self.say(".TP");
        self.say(&format!("\\fB{}\\fR", escaped(term)));
        self.say(&set(text));
    }

    pub(super) fn examples(&mut self, examples: &[Example]) {
        for example in examples {
            self.item(&example.line, example.about);
        }
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    fn say(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// Returns a text as one line, what stands in backquotes bold.
fn set(text: &str) -> String {
    let text = escaped(text);
    let mut set = String::new();
    for (at, part) in text.split('`').enumerate() {
        match at % 2 {
            0 => set.push_str(part),
            _ => set.push_str(&format!("\\fB{part}\\fR")),
        }
    }
    set
}

/// Returns a text in which nothing is a command: no backslash, no line that begins with a dot.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    let text = text.replace('"', "\\(dq").replace('\n', " ");
    match text.starts_with(['.', '\'']) {
        true => format!("\\&{text}"),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_never_a_command() {
        let mut page = Page::new("X", "1.0 \"a\"");
        page.text(".so /etc/passwd \\fB\n\n'x `.svg` y-z");
        assert_eq!(
            page.finish(),
            ".TH X 1 \"\" \"mpviz 1.0 \\(dqa\\(dq\" \"User Commands\"\n.nh\n.ad l\n\
             .PP\n\\&.so /etc/passwd \\efB\n.PP\n\\&'x \\fB.svg\\fR y\\-z\n"
        );
    }
}
