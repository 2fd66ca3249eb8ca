//! What the program calls a thing: the target to which the line that makes it assigns it.
//!
//! Told by the line's own text, as a reader of it would: `jobs = ctx.Queue(9)` makes `jobs`,
//! `self.locks[i] = Lock()` one of `locks`. Where a line does it in another way, the thing has no
//! name.

use super::{At, Translator};
use crate::event::Text;
use crate::python::plain;
use std::collections::HashMap;
use std::path::Path;

/// So many lines' texts are known, and so long a file is read.
const FILES_MAX: usize = 64;
const FILE_MAX: u64 = 1 << 20;
/// No longer name is given.
const NAME_MAX: usize = 40;
/// So many names are counted.
const NAMES_MAX: usize = 4096;

/// What makes a thing.
#[derive(Clone, Copy)]
pub(super) enum Maker {
    Queue,
    Lock,
    Pipe,
    Pool,
}

impl Maker {
    fn calls(self) -> &'static [&'static str] {
        match self {
            Maker::Queue => &["Queue", "JoinableQueue", "SimpleQueue"],
            Maker::Lock => &[
                "Lock",
                "RLock",
                "Semaphore",
                "BoundedSemaphore",
                "Condition",
                "Event",
                "Barrier",
            ],
            Maker::Pipe => &["Pipe"],
            Maker::Pool => &["Pool", "ProcessPoolExecutor", "get_reusable_executor"],
        }
    }
}

/// The texts of files, and the names that were given.
#[derive(Default)]
pub(super) struct Names {
    lines: HashMap<u32, Vec<String>>,
    given: HashMap<String, usize>,
}

impl Translator {
    /// Returns the name of what was made at a line; empty if it has none.
    pub(super) fn name_made(&mut self, at: At, maker: Maker) -> Text {
        let name = self.line_of(at).and_then(|line| {
            let of_value = |line| target(line, &["Value", "Array"]);
            match (target(line, maker.calls()), maker) {
                (None, Maker::Lock) => of_value(line).map(|of| Target {
                    name: format!("{} lock", of.name),
                    ..of
                }),
                (found, _) => found,
            }
        });
        name.map_or(Text::const_new(""), |target| self.names_given.give(target))
    }

    fn line_of(&mut self, at: At) -> Option<&str> {
        let known = &mut self.names_given.lines;
        if !known.contains_key(&at.file) {
            let path = self.files.path_of(at.file)?;
            if known.len() >= FILES_MAX {
                known.clear();
            }
            known.insert(at.file, lines_of(path));
        }
        let line = usize::try_from(at.line).ok()?.checked_sub(1)?;
        known.get(&at.file)?.get(line).map(String::as_str)
    }
}

/// Returns the lines of a file, as far as they can be read: one that is gone, or is none, has no names to
/// give.
fn lines_of(path: &str) -> Vec<String> {
    let bytes = plain::read(Path::new(path), FILE_MAX).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    text.lines().map(str::to_owned).collect()
}

impl Names {
    /// Gives a name, with a number if others have it.
    fn give(&mut self, target: Target) -> Text {
        if self.given.len() >= NAMES_MAX {
            self.given.clear();
        }
        let count = self.given.entry(target.name.clone()).or_default();
        *count += 1;
        match (target.is_one_of, *count) {
            (true, count) => Text::from(format!("{}[{}]", target.name, count - 1)),
            (false, 1) => Text::from(target.name),
            (false, count) => Text::from(format!("{} {count}", target.name)),
        }
    }
}

/// A target of an assignment.
#[derive(PartialEq, Debug)]
struct Target {
    name: String,
    /// Whether it is one of several things under this name.
    is_one_of: bool,
}

/// Returns to what a line assigns what a call makes, if that is plain.
fn target(line: &str, calls: &[&str]) -> Option<Target> {
    let code = line.trim().trim_end_matches(':');
    let with = code.strip_prefix("async ").unwrap_or(code);
    if let Some(items) = with.strip_prefix("with ") {
        let mut made = split(items, ',').into_iter().filter_map(|item| {
            let (value, name) = item.rsplit_once(" as ")?;
            makes(value, calls).then_some(name)
        });
        return plain(made.next()?);
    }
    let mut parts = split(code, '=');
    let value = parts.pop()?;
    let Some(first) = parts.first() else {
        // `queues.append(Queue())`
        let (list, value) = code.split_once(".append(")?;
        let made = value.strip_suffix(')').unwrap_or(value);
        return makes(made, calls).then(|| one_of(list)).flatten();
    };
    // An annotation is no part of the name.
    let target = split(first, ':').first()?.trim();
    let targets = split(target, ',');
    if targets.len() > 1 {
        let values = split(value, ',');
        if values.len() != targets.len() {
            let names: Option<Vec<String>> = targets.iter().map(|name| word(name)).collect();
            let name = names.filter(|_| makes(value, calls))?.join("/");
            let is_one_of = false;
            return Some(Target { name, is_one_of });
        }
        let mut made = targets.iter().zip(&values);
        return plain(made.find(|(_, value)| makes(value, calls))?.0);
    }
    if makes(value, calls) {
        return match target.split_once('[') {
            Some((list, _)) => one_of(list),
            None => plain(target),
        };
    }
    // A list of them, or what else is made by going through something.
    let inner = value.trim().strip_prefix(['[', '(', '{'])?;
    let made = inner.split(" for ").next().unwrap_or(inner);
    let made = split(made.trim_end_matches([']', ')', '}']), ',');
    let of_key = |value: &&str| {
        split(value, ':')
            .last()
            .is_some_and(|value| makes(value, calls))
    };
    made.iter().any(of_key).then(|| one_of(target)).flatten()
}

fn plain(target: &str) -> Option<Target> {
    Some(Target {
        name: word(target)?,
        is_one_of: false,
    })
}

fn one_of(target: &str) -> Option<Target> {
    Some(Target {
        name: word(target)?,
        is_one_of: true,
    })
}

/// Returns the last word of a dotted name.
fn word(target: &str) -> Option<String> {
    let name = target.trim().rsplit('.').next()?.trim();
    let is_word = name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let is_name = is_word && !name.trim_matches('_').is_empty() && name.len() <= NAME_MAX;
    is_name.then(|| name.to_owned())
}

/// Whether a value is a call of one of these, which may go on in the next line: whether what its last
/// brackets stand behind is called so.
fn makes(value: &str, calls: &[&str]) -> bool {
    let mut depth = 0usize;
    let mut called = "";
    for (at, c) in value.char_indices() {
        match c {
            '(' | '[' | '{' => {
                if depth == 0 {
                    called = if c == '(' { &value[..at] } else { "" };
                }
                depth += 1;
            }
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            // The rest is a comment.
            '#' if depth == 0 => break,
            _ => {}
        }
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    called
        .rsplit(|c| !is_word(c))
        .next()
        .is_some_and(|name| calls.contains(&name))
}

/// Splits a line at a character outside of brackets and strings; `=` alone, not `==` and its kin.
fn split(line: &str, by: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut begin) = (0usize, 0);
    let mut quote = None;
    let mut before = ' ';
    let mut chars = line.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map_or(' ', |&(_, c)| c);
        match (quote, c) {
            (Some(mark), c) if c == mark => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, c) if c == by && depth == 0 => {
                let is_other = by == '=' && (next == '=' || "=!<>:+-*/|&^%@".contains(before));
                if !is_other {
                    parts.push(&line[begin..at]);
                    begin = at + c.len_utf8();
                }
            }
            _ => {}
        }
        before = c;
    }
    parts.push(&line[begin..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(maker: Maker, line: &str, expected: &str) {
        let found = target(line, maker.calls());
        let found = found.map_or(String::new(), |found| match found.is_one_of {
            true => format!("{}[]", found.name),
            false => found.name,
        });
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn a_line_says_what_it_calls_what_it_makes() {
        check(Maker::Queue, "    q = mp.Queue()", "q");
        check(Maker::Queue, "self.results = Queue(maxsize=20)", "results");
        check(Maker::Queue, "q = get_context('spawn').Queue()  # so", "q");
        check(Maker::Queue, "jobs: Queue = Queue(", "jobs");
        check(Maker::Queue, "a = b = Queue()", "a");
        check(Maker::Queue, "todo, done = Queue(), Queue()", "todo");
        check(
            Maker::Queue,
            "queues = [Queue() for _ in range(3)]",
            "queues[]",
        );
        check(
            Maker::Queue,
            "queues = {n: Queue(1) for n in names}",
            "queues[]",
        );
        check(Maker::Queue, "self.queues[name] = Queue()", "queues[]");
        check(Maker::Queue, "self.queues.append(ctx.Queue())", "queues[]");
        check(Maker::Lock, "lock = mp.Lock()", "lock");
        check(
            Maker::Pipe,
            "here, there = mp.Pipe(duplex=False)",
            "here/there",
        );
        check(Maker::Pipe, "pipe = mp.Pipe()", "pipe");
        check(Maker::Pool, "with mp.Pool(4) as pool:", "pool");
        check(
            Maker::Pool,
            "with open(x) as f, ProcessPoolExecutor(2) as ex:",
            "ex",
        );
    }

    #[test]
    fn a_line_that_says_nothing_plain_gives_no_name() {
        for line in [
            "",
            "Queue()",
            "run(Queue())",
            "x = run(Queue())",
            "x = Queue().get()",
            "if q == Queue():",
            "x += Queue()",
            "x = other()",
            "_ = Queue()",
            "return Queue()",
            "f(x)[0], y = g(Queue(), 2)",
            "a b = Queue()",
            "=Queue()",
            "x = (",
            "with Queue() as",
            "ä = \u{1F40D} Queue",
        ] {
            check(Maker::Queue, line, "");
        }
    }

    #[test]
    fn a_name_is_given_once() {
        let mut names = Names::default();
        let mut give = |name: &str, is_one_of| {
            let name = name.to_owned();
            names.give(Target { name, is_one_of })
        };
        assert_eq!(give("q", false), "q");
        assert_eq!(give("q", false), "q 2");
        assert_eq!(give("locks", true), "locks[0]");
        assert_eq!(give("locks", true), "locks[1]");
    }
}
