//! `docs/python.md` names every public item of the runtime, only such as there are, and every public
//! name of Python's `multiprocessing` and `subprocess`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

/// What macros make: their variable, and the types that it stands for.
const MADE: &[(&str, &[&str])] = &[
    ("$array", &["Array", "RawArray"]),
    ("$lock", &["Lock", "RLock"]),
    ("$semaphore", &["BoundedSemaphore", "Semaphore"]),
];

/// The part that tells the stage has no twin in Python; the page names it as a whole.
const WITHOUT_A_TWIN: &str = "probe";

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/python.md");
    fs::read_to_string(path).expect("docs/python.md is there")
}

/// Returns what stands between backticks.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Returns a word's beginning that is an identifier.
fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    &text[..end.unwrap_or(text.len())]
}

/// The public items of the runtime as its source declares them.
#[derive(Default)]
struct Source {
    /// Types and the like, functions and constants: where each is declared, or `use` for who is
    /// shown to others from a private file.
    items: BTreeMap<String, BTreeSet<String>>,
    shown: BTreeSet<String>,
    /// `Type::method`, `Type::Variant`.
    members: BTreeSet<(String, String)>,
}

impl Source {
    fn read() -> Source {
        let mut source = Source::default();
        source.folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/runtime"));
        source
    }

    fn folder(&mut self, folder: &Path) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                self.folder(&path);
            } else {
                let text = fs::read_to_string(&path).expect("a file");
                let name = path.file_stem().expect("a name").to_string_lossy();
                if name != WITHOUT_A_TWIN {
                    self.file(&name, &text);
                }
            }
        }
    }

    fn file(&mut self, file: &str, text: &str) {
        let text = text.split("\n#[cfg(test)]").next().unwrap_or_default();
        // What a line stands in: the indentation of an `impl`, `enum` or `trait`, and its types.
        let mut inside: Option<(usize, Vec<String>, bool)> = None;
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let words = line.trim_start();
            let indent = line.len() - words.len();
            if inside
                .as_ref()
                .is_some_and(|(at, ..)| indent <= *at && words.starts_with('}'))
            {
                inside = None;
            }
            if let Some(shown) = words.strip_prefix("pub use ") {
                let mut shown = shown.to_owned();
                while !shown.contains(';') {
                    shown.push_str(lines.next().expect("the use ends"));
                }
                let is_word = |c: char| c.is_alphanumeric() || c == '_';
                let named = shown.split(|c| !is_word(c)).map(str::to_owned);
                self.shown.extend(named);
                continue;
            }
            if let Some(block) = words.strip_prefix("impl") {
                if block.contains(" for ") || !line.contains('{') {
                    continue;
                }
                // `impl<T: Bound<A>> Type<T> {`: the type stands after the parameters.
                let mut depth = 0;
                let at = block.find(|c| {
                    depth += i32::from(c == '<') - i32::from(c == '>');
                    depth == 0 && c == ' '
                });
                let name = block[at.expect("a type") + 1..].trim_start();
                let types = if name.starts_with('$') {
                    let of = MADE.iter().find(|(made, _)| {
                        name.strip_prefix(made)
                            .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
                    });
                    let (_, types) = of.unwrap_or_else(|| panic!("`{name}` is in no table here"));
                    types.iter().map(|name| (*name).to_owned()).collect()
                } else {
                    vec![identifier(name).to_owned()]
                };
                inside = Some((indent, types, false));
                continue;
            }
            let Some(declared) = words.strip_prefix("pub ") else {
                if let Some((at, types, true)) = &inside
                    && indent == at + 4
                    && (words.starts_with(char::is_uppercase) || words.starts_with("fn "))
                {
                    let member = identifier(words.strip_prefix("fn ").unwrap_or(words));
                    for of in types {
                        self.members.insert((of.clone(), member.to_owned()));
                    }
                }
                continue;
            };
            let declared = declared
                .trim_start_matches("const ")
                .trim_start_matches("unsafe ");
            // `pub const PIPE: …` has lost its keyword.
            let (kind, name) = match declared.split_once(' ') {
                Some((kind @ ("fn" | "struct" | "enum" | "trait" | "type"), name)) => (kind, name),
                _ if words.starts_with("pub const ") => ("const", declared),
                _ => continue,
            };
            let name = identifier(name).to_owned();
            match &inside {
                Some((_, types, _)) => {
                    for of in types {
                        self.members.insert((of.clone(), name.clone()));
                    }
                }
                None => {
                    let files = self.items.entry(name.clone()).or_default();
                    files.insert(file.to_owned());
                    if matches!(kind, "enum" | "trait") && line.ends_with('{') {
                        inside = Some((indent, vec![name], true));
                    }
                }
            }
        }
    }

    /// Returns everything that a program can name: items that stand in a public file or are shown
    /// from a private one, and their members.
    fn names(&self) -> BTreeSet<String> {
        let modules =
            fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/runtime/mod.rs"))
                .expect("the room's page");
        let is_public = |file: &String| modules.contains(&format!("\npub mod {file};"));
        let mut names = BTreeSet::new();
        for (name, files) in &self.items {
            if self.shown.contains(name) || files.iter().any(is_public) {
                names.insert(name.clone());
            }
        }
        let members = self.members.iter().filter(|(of, _)| names.contains(of));
        let members: Vec<String> = members.map(|(of, name)| format!("{of}::{name}")).collect();
        names.extend(members);
        names.extend([
            "print".to_owned(),
            "println".to_owned(),
            "spawnable".to_owned(),
        ]);
        names
    }
}

/// Returns a path without the module that it begins with, arguments and a macro's mark.
fn plain(path: &str) -> String {
    let end = path.find(['(', '!', '<']).unwrap_or(path.len());
    let mut parts: Vec<&str> = path[..end].split("::").collect();
    if parts.len() > 1 && parts[0].starts_with(char::is_lowercase) {
        parts.remove(0);
    }
    parts.join("::")
}

#[test]
fn every_public_item_of_the_runtime_is_named() {
    let page = page();
    let named: BTreeSet<String> = code(&page).map(plain).collect();
    let names = Source::read().names();
    // The reading of the source is not blind.
    for known in [
        "Queue::put",
        "Lock::acquire",
        "Fork::Child",
        "PIPE",
        "run",
        "Array::slice",
    ] {
        assert!(names.contains(known), "{known} was not seen");
    }
    assert!(names.len() > 300, "only {} were seen", names.len());
    let missing: Vec<_> = names.difference(&named).collect();
    assert!(
        missing.is_empty(),
        "docs/python.md does not name {missing:?}"
    );
    assert!(named.contains(WITHOUT_A_TWIN));
}

#[test]
fn every_item_that_is_named_exists() {
    let page = page();
    let names = Source::read().names();
    let mut count = 0;
    for row in page.lines().filter(|line| line.starts_with("| ")) {
        let columns: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let [_, ours, _] = columns[..] else {
            continue;
        };
        let elsewhere = code(row).filter(|span| {
            // A path of ours in another column, such as `Redirect::Pipe`.
            span.split_once("::")
                .is_some_and(|(of, _)| names.contains(of))
        });
        for name in code(ours).chain(elsewhere).map(plain) {
            count += 1;
            assert!(
                names.contains(&name),
                "there is no `{name}`, which this row names:\n{row}"
            );
        }
    }
    assert!(count > 300, "only {count} names were seen");
}

/// A reader finds what is named: it is written with its module, where that is not the room itself.
#[test]
fn what_stands_in_a_module_is_written_with_it() {
    let page = page();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/runtime");
    let exports = fs::read_to_string(root.join("mod.rs")).expect("the room's page");
    let exports: String = exports.split("pub use").skip(1).collect();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let exported: BTreeSet<&str> = exports.split(|c| !is_word(c)).collect();
    let subprocess = fs::read_to_string(root.join("subprocess.rs")).expect("the module");
    let names = Source::read().names();
    let mut count = 0;
    for name in names.iter().filter(|name| !name.contains("::")) {
        let declared = [format!("pub fn {name}("), format!("pub struct {name}")];
        let of_subprocess = subprocess
            .lines()
            .filter(|line| line.starts_with("pub use"))
            .any(|line| line.split(|c| !is_word(c)).any(|word| word == name))
            || declared.iter().any(|words| subprocess.contains(words));
        if exported.contains(name.as_str()) || of_subprocess {
            continue;
        }
        count += 1;
        let qualified = format!("::{name}");
        let is_written = code(&page).any(|span| {
            let path = span.split('(').next().unwrap_or_default();
            path.ends_with(&qualified) && path.starts_with(char::is_lowercase)
        });
        assert!(is_written, "`{name}` is not written with its module");
    }
    assert!(count > 10, "only {count} stand in modules");
}

/// What Python calls public, as the page writes it: `Queue.put`, `subprocess.run`.
const LIST: &str = r"
import multiprocessing as m, subprocess
from multiprocessing import connection, pool, process, queues, sharedctypes, synchronize
def say(owner, names):
    for name in names:
        if not name.startswith('_') and name != 'with_traceback' and name != 'add_note':
            print(f'{owner}.{name}' if owner else name)
say('', m.__all__)
say('subprocess', subprocess.__all__)
say('connection', connection.__all__)
say('pool', pool.__all__)
say('sharedctypes', [n for n in sharedctypes.__all__ if n not in m.__all__])
for kind in (process.BaseProcess, connection.Connection, connection.Listener, pool.Pool,
        pool.AsyncResult, pool.IMapIterator, queues.Queue, queues.SimpleQueue, synchronize.Semaphore,
        synchronize.Condition, synchronize.Event, synchronize.Barrier, subprocess.Popen,
        subprocess.CompletedProcess):
    say({'BaseProcess': 'Process', 'ApplyResult': 'AsyncResult'}.get(kind.__name__, kind.__name__), dir(kind))
say('JoinableQueue', set(dir(queues.JoinableQueue)) - set(dir(queues.Queue)))
say('Value', dir(sharedctypes.Synchronized))
say('Array', dir(sharedctypes.SynchronizedArray))
for lock in (m.Lock(), m.RLock(), m.Semaphore(), m.BoundedSemaphore(), m.Condition()):
    say(type(lock).__name__, set(vars(lock)) | set(dir(type(lock))))
";

#[test]
fn every_public_name_of_python_is_in_the_page() {
    let page = page();
    let version = "import sys; print(sys.version_info >= (3, 15))";
    let python = |program| Command::new("python3").args(["-E", "-c", program]).output();
    match python(version) {
        Ok(newer) if newer.stdout.starts_with(b"True") => {
            println!("left out: the page speaks of Python up to 3.14");
            return;
        }
        Ok(_) => {}
        Err(error) => {
            let all = std::env::var_os("MPVIZ_TEST_ALL").is_some();
            assert!(!all, "python3: {error}");
            println!("left out: python3 is missing");
            return;
        }
    }
    let listed = python(LIST).expect("it was there a moment ago");
    assert!(
        listed.status.success(),
        "{}",
        String::from_utf8_lossy(&listed.stderr)
    );
    let names = String::from_utf8(listed.stdout).expect("text");
    assert!(names.lines().count() > 150, "{names}");
    let spans: Vec<&str> = code(&page).collect();
    // `Pool.apply` and `apply_async` are two: a name ends where its span does or a bracket begins.
    let is_named = |name: &str| {
        let names = |span: &&str| {
            let rest = span.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('('))
        };
        spans.iter().any(names)
    };
    let missing: Vec<&str> = names.lines().filter(|name| !is_named(name)).collect();
    assert!(
        missing.is_empty(),
        "docs/python.md does not name {missing:?}"
    );
}
