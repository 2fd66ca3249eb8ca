//! `docs/events.schema.json`, made of the vocabulary: what a line of `--json` may be.
//!
//! `MPVIZ_REWRITE=1 cargo test --test docs_schema` writes it anew. What mpviz really prints is held
//! against it by another's hand, Python's `jsonschema`: tightened there, so that no field can come that
//! the schema does not know. As it is published it lets newer fields and kinds pass, as the format does.
#![cfg(feature = "tui")]

mod common;
#[path = "common/vocabulary.rs"]
mod vocabulary;

use mpviz::event::kind::{FieldInfo, KINDS, KindInfo};
use mpviz::scenario::PROGRAMS;
use serde_json::{Map, Value, json};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use vocabulary::{sentence, words};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

#[test]
fn the_schema_describes_every_kind() {
    let path = path("docs/events.schema.json");
    let text = serde_json::to_string_pretty(&schema()).expect("JSON") + "\n";
    if std::env::var_os("MPVIZ_REWRITE").is_some() {
        std::fs::write(&path, &text).expect("it is written");
    }
    let stands = std::fs::read_to_string(&path).expect("the schema is there");
    let different = stands.lines().zip(text.lines()).find(|(a, b)| a != b);
    assert_eq!(different, None, "what stands there, and what the code says");
    assert_eq!(stands.len(), text.len(), "it ends elsewhere");
}

#[test]
fn what_every_scenario_prints_is_as_the_schema_has_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = Vec::new();
    let mut add = |name: &str, line: &[&str]| {
        let output = common::output(line);
        assert!(output.stdout.starts_with(b"{\"mpviz\":"), "{line:?}");
        let path = folder.path().join(name);
        std::fs::write(&path, output.stdout).expect("it can be written");
        files.push(path);
    };
    for program in PROGRAMS {
        // What hangs is ended, and the trace tells it.
        add(
            program.name,
            &[program.name, "--json", "--pace", "0", "--limit", "0.5"],
        );
    }
    add(
        "pool-python",
        &["pool", "--python", "--json", "--tasks", "2"],
    );
    add(
        "foreign",
        &["run", "--json", "--", "sh", "-c", "seq 9 | sort -R; exit 3"],
    );
    let recorded = folder.path().join("recorded.mpt");
    let script = folder.path().join("script");
    let steps = "caption \"here\" 1s\nmark a\npress Space\nwait end\n";
    std::fs::write(&script, steps).expect("it can be written");
    let paths = [&recorded, &script].map(|path| path.display().to_string());
    let line = ["record", "process", "-o", &paths[0], "--script", &paths[1]];
    let output = common::output(&line);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    files.push(recorded);
    validate(&files, true);
}

#[test]
fn what_is_not_as_the_schema_has_it_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let header = r#"{"mpviz":"0.1.0","format":1,"program":"x"}"#;
    for line in [
        r#"{"t":1,"actor":1,"seq":1,"kind":"Exited"}"#,
        r#"{"t":-1,"actor":1,"seq":1,"kind":"Horizon"}"#,
        r#"{"t":1,"actor":1,"seq":1,"kind":"Horizon","more":1}"#,
        r#"{"t":1,"actor":1,"seq":1,"kind":"Unheard"}"#,
        r#"{"t":1,"actor":1,"seq":1,"kind":"Blocked","operation":"wish"}"#,
        r#"{"format":1}"#,
        "7",
    ] {
        let path = folder.path().join("wrong");
        std::fs::write(&path, format!("{header}\n{line}\n")).expect("it can be written");
        validate(&[path], false);
    }
}

/// Holds every line of the files against the tightened schema.
#[track_caller]
fn validate(files: &[PathBuf], is_valid: bool) {
    let Some(python) = python_with_jsonschema() else {
        assert!(
            std::env::var_os("MPVIZ_TEST_ALL").is_none(),
            "python3-jsonschema is missing"
        );
        let said = writeln!(
            io::stderr(),
            "python3-jsonschema is missing: nothing is held against the schema"
        );
        return said.expect("stderr is there");
    };
    let output = Command::new(python)
        .arg(path("tests/common/validate.py"))
        .arg(path("docs/events.schema.json"))
        .args(files)
        .output()
        .expect("python3 runs");
    let told = String::from_utf8_lossy(&output.stderr);
    let expected = if is_valid { 0 } else { 1 };
    assert_eq!(output.status.code(), Some(expected), "{told}");
}

/// Returns a Python that can validate: the first one found, or the system's, which has its packages.
fn python_with_jsonschema() -> Option<&'static str> {
    let can = |python: &&str| {
        let tried = Command::new(python)
            .args(["-c", "import jsonschema"])
            .output();
        tried.is_ok_and(|output| output.status.success())
    };
    ["python3", "/usr/bin/python3"].into_iter().find(can)
}

fn schema() -> Value {
    let mut definitions = Map::new();
    definitions.insert("header".to_owned(), header());
    definitions.insert("event".to_owned(), event());
    for kind in KINDS {
        definitions.insert(kind.name.to_owned(), of_kind(kind));
    }
    let count = |about: &str, max: u64| json!({ "description": about, "type": "integer", "minimum": 0, "maximum": max });
    let id = u64::from(u32::MAX);
    for (name, value) in [
        (
            "time",
            count("Nanoseconds since the run's start.", u64::MAX),
        ),
        ("span", count("A length of time in nanoseconds.", u64::MAX)),
        (
            "actor",
            count("A process or a thread, from 1; 0 is mpviz.", id),
        ),
        (
            "object",
            count("A queue, pipe, lock, pool or a part of one, from 1.", id),
        ),
        ("task", count("A task, from 0.", id)),
        ("file", count("A file of source, from 0.", id)),
    ] {
        definitions.insert(name.to_owned(), value);
    }
    let message = json!({
        "description": "Who put it, and that one's own count.",
        "type": "array",
        "prefixItems": [reference("actor"), { "type": "integer", "minimum": 0 }],
        "items": false,
        "minItems": 2,
    });
    definitions.insert("message".to_owned(), message);
    for (name, words) in words() {
        definitions.insert(name.to_owned(), json!({ "enum": words }));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:mpviz:trace:1",
        "title": "A line of a trace of mpviz",
        "description": "What `--json` prints and an unpacked `.mpt` has: the first line is a header, each \
                        other one an event. There may be newer kinds and fields. Made of src/event by \
                        tests/docs_schema.rs; docs/events.md says more.",
        "type": "object",
        "if": { "required": ["kind"] },
        "then": reference("event"),
        "else": reference("header"),
        "$defs": definitions,
    })
}

fn header() -> Value {
    let text = json!({ "type": "string" });
    let cells = json!({ "type": "integer", "minimum": 0, "maximum": u16::MAX });
    json!({
        "description": "The first line.",
        "required": ["mpviz", "format"],
        "properties": {
            "mpviz": { "description": "The version that wrote it.", "type": "string" },
            "format": { "description": "The format of the lines that follow.", "const": 1 },
            "program": { "description": "The program's name.", "type": "string" },
            "knobs": {
                "description": "Each knob's name and value.",
                "type": "array",
                "items": { "type": "array", "prefixItems": [text, text], "items": false, "minItems": 2 },
            },
            "seed": { "description": "What random sleeps come from.", "type": "integer", "minimum": 0 },
            "machine": { "description": "Kernel and architecture.", "type": "string" },
            "size": {
                "description": "Columns and rows of the screen, where there was one.",
                "type": "array",
                "prefixItems": [cells, cells],
                "items": false,
                "minItems": 2,
            },
        },
    })
}

fn event() -> Value {
    let each = KINDS.iter().map(|kind| {
        json!({
            "if": { "properties": { "kind": { "const": kind.name } } },
            "then": reference(kind.name),
        })
    });
    json!({
        "description": "An event; its kind says which fields it has beside these.",
        "required": ["t", "actor", "seq", "kind"],
        "properties": {
            "t": reference("time"),
            "actor": { "description": "Whom it is about.", "$ref": "#/$defs/actor" },
            "by": { "description": "Who says so, where that is another.", "$ref": "#/$defs/actor" },
            "seq": { "description": "The sayer's own count.", "type": "integer", "minimum": 0 },
            "kind": { "description": "What happened.", "type": "string" },
            "line": { "description": "The line of source that led to it, from 1.", "type": "integer", "minimum": 1 },
            "file": { "description": "The file of `line`, where it is not the first.", "$ref": "#/$defs/file" },
        },
        "allOf": each.collect::<Vec<Value>>(),
    })
}

fn of_kind(kind: &KindInfo) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in kind.fields {
        let (ty, is_optional) = type_of(field);
        let mut about = Map::new();
        about.insert("description".to_owned(), sentence(field.doc).into());
        about.extend(ty);
        properties.insert(field.name.to_owned(), about.into());
        if !is_optional {
            required.push(field.name);
        }
    }
    json!({ "description": sentence(kind.doc), "required": required, "properties": properties })
}

/// Returns a field's type, and whether it may be absent.
fn type_of(field: &FieldInfo) -> (Map<String, Value>, bool) {
    let ty: String = field.ty.split_whitespace().collect();
    let inner = ty
        .strip_prefix("Option<")
        .and_then(|ty| ty.strip_suffix('>'));
    let Value::Object(schema) = plain_type(inner.unwrap_or(&ty)) else {
        panic!("a type is an object");
    };
    (schema, inner.is_some())
}

fn plain_type(ty: &str) -> Value {
    let list = |of: Value| json!({ "type": "array", "items": of });
    let pair = |a: Value, b: Value| {
        list(json!({ "type": "array", "prefixItems": [a, b], "items": false, "minItems": 2 }))
    };
    let text = json!({ "type": "string" });
    match ty {
        "Text" | "Box<Text>" => text,
        "bool" => json!({ "type": "boolean" }),
        "u32" => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
        "u64" => json!({ "type": "integer", "minimum": 0 }),
        "i32" => json!({ "type": "integer", "minimum": i32::MIN, "maximum": i32::MAX }),
        "f64" => json!({ "type": "number" }),
        "Time" => reference("time"),
        "Span" => reference("span"),
        "ActorId" => reference("actor"),
        "ObjectId" => reference("object"),
        "TaskId" => reference("task"),
        "FileId" => reference("file"),
        "MessageId" => reference("message"),
        "Vec<Text>" => list(text),
        "Vec<ObjectId>" => list(reference("object")),
        "Vec<ActorId>" => list(reference("actor")),
        "Vec<(Text,Text)>" => pair(text.clone(), text),
        "Vec<(ActorId,End)>" => pair(reference("actor"), reference("End")),
        word => {
            let is_word = words().iter().any(|(name, _)| *name == word);
            assert!(is_word, "the type `{word}` has no schema");
            reference(word)
        }
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}
