//! The documents agree with the code that they describe.
//!
//! `MPVIZ_REWRITE=1 cargo test --test docs` writes the generated part anew.
#![cfg(feature = "tui")]

#[path = "common/vocabulary.rs"]
mod vocabulary;

use mpviz::event::json;
use mpviz::event::kind::{FieldInfo, KINDS, KindInfo};
use mpviz::trace::Header;
use std::fmt::Write;
use std::path::Path;
use vocabulary::{sentence, words};

const BEGIN: &str = "<!-- generated from src/event by tests/docs.rs -->\n";
const END: &str = "<!-- end of what is generated -->\n";

#[test]
fn events_md_describes_every_kind() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/events.md");
    let page = std::fs::read_to_string(&path).expect("docs/events.md is there");
    let (before, rest) = page
        .split_once(BEGIN)
        .expect("the page has the mark of the beginning");
    let (_, after) = rest
        .split_once(END)
        .expect("the page has the mark of the end");
    let expected = format!("{before}{BEGIN}{}{END}{after}", reference());
    if std::env::var_os("MPVIZ_REWRITE").is_some() {
        std::fs::write(&path, expected).expect("docs/events.md is written");
        return;
    }
    let different = page
        .lines()
        .zip(expected.lines())
        .find(|(page, code)| page != code);
    if let Some((page, code)) = different {
        panic!("docs/events.md says\n  {page}\nand the code\n  {code}");
    }
    assert_eq!(page.len(), expected.len(), "docs/events.md ends elsewhere");
}

/// The lines of JSON that the page shows are such as it describes.
#[test]
fn the_lines_that_events_md_shows_can_be_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/events.md");
    let page = std::fs::read_to_string(&path).expect("docs/events.md is there");
    let lines: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("    {"))
        .collect();
    assert_eq!(lines.len(), 2, "a header and an event");
    Header::parse(&format!("{{{}", lines[0])).expect("the header");
    let event = json::parse(&format!("{{{}", lines[1])).expect("the event");
    assert!(event.kind.info().is_some(), "the event is of a known kind");
}

fn reference() -> String {
    let mut text = String::from("\n## Kinds\n");
    for kind in KINDS {
        text.push_str(&section(kind));
    }
    text.push_str("\n## Words\n\n| type | words |\n| --- | --- |\n");
    for (name, words) in words() {
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        let _ = writeln!(text, "| {name} | {} |", words.join(", "));
    }
    text.push('\n');
    text
}

fn section(kind: &KindInfo) -> String {
    let mut text = format!(
        "\n### {}\n\n{} *{}*\n",
        kind.name,
        sentence(kind.doc),
        kind.nature.text()
    );
    if kind.fields.is_empty() {
        return text;
    }
    text.push_str("\n| field | type | meaning |\n| --- | --- | --- |\n");
    for field in kind.fields {
        let _ = writeln!(
            text,
            "| `{}` | {} | {} |",
            field.name,
            json_type(field),
            sentence(field.doc)
        );
    }
    text
}

/// Returns a field's type as it stands in a trace.
fn json_type(field: &FieldInfo) -> String {
    let ty: String = field.ty.split_whitespace().collect();
    match ty
        .strip_prefix("Option<")
        .and_then(|ty| ty.strip_suffix('>'))
    {
        Some(ty) => format!("{}, or absent", plain_type(ty)),
        None => plain_type(&ty),
    }
}

fn plain_type(ty: &str) -> String {
    match ty {
        "Text" | "Box<Text>" => "text".into(),
        "bool" => "`true` or `false`".into(),
        "u32" | "u64" | "i32" | "f64" => "number".into(),
        "Time" => "time in ns since the run's start".into(),
        "Span" => "span in ns".into(),
        "ActorId" => "actor".into(),
        "ObjectId" => "object".into(),
        "TaskId" => "task".into(),
        "FileId" => "file".into(),
        "MessageId" => "message: `[sender, number]`".into(),
        "Vec<Text>" => "list of texts".into(),
        "Vec<ObjectId>" => "list of objects".into(),
        "Vec<ActorId>" => "list of actors".into(),
        "Vec<(Text,Text)>" => "list of `[text, text]`".into(),
        "Vec<(ActorId,End)>" => "list of `[actor, End]`".into(),
        word => {
            assert!(
                words().iter().any(|(name, _)| *name == word),
                "the type `{word}` has no words for the page"
            );
            format!("[{word}](#words)")
        }
    }
}
