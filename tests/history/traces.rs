//! Traces as data: each `tests/traces/*.mpt` has its questions and answers beside it.
//!
//! A `.expect` file opens with `# what the case is about`; then each line is `question = answer`.
//! Those of `trouble-*` were recorded, by `tests/trouble/recorded.rs`, those of `found-*` by
//! `cargo test --test findings -- --record tests/traces`; the others are written by hand.
//! `MPVIZ_REWRITE=1 cargo test --test history` writes the answers as they are now, to be read.

use super::answers::answer;
use mpviz::history::History;
use mpviz::trace::Reader;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traces")
}

fn fold(path: &Path) -> History {
    let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut history = History::default();
    let read = || -> Result<(), mpviz::trace::TraceError> {
        let mut reader = Reader::new(BufReader::new(file))?;
        while let Some(chunk) = reader.chunk()? {
            chunk.events.iter().for_each(|event| history.apply(event));
            history.advance(chunk.horizon);
        }
        Ok(())
    };
    read().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    history
}

#[test]
fn every_trace_gives_its_answers() {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder())
        .expect("the folder of traces")
        .map(|entry| entry.expect("an entry of it").path())
        .collect();
    paths.sort();
    let traces: Vec<&PathBuf> = paths
        .iter()
        .filter(|path| path.extension().is_some_and(|ext| ext == "mpt"))
        .collect();
    assert!(!traces.is_empty(), "no traces in {}", folder().display());
    assert_eq!(
        traces.len() * 2,
        paths.len(),
        "a trace or its answers are alone"
    );
    let wrong: Vec<String> = traces.into_iter().filter_map(|path| check(path)).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Compares all answers of a trace at once; `Some` tells those that are different.
fn check(path: &Path) -> Option<String> {
    let history = fold(path);
    let expect_path = path.with_extension("expect");
    let expected = fs::read_to_string(&expect_path)
        .unwrap_or_else(|error| panic!("{}: {error}", expect_path.display()));
    assert!(
        expected.starts_with("# "),
        "{} does not say what it is about",
        path.display()
    );
    let actual: String = expected
        .lines()
        .map(|line| match line.split_once('=') {
            Some((question, _)) if !line.starts_with('#') => {
                let question = question.trim();
                format!("{question} = {}\n", answer(&history, question))
            }
            _ => format!("{line}\n"),
        })
        .collect();
    if std::env::var_os("MPVIZ_REWRITE").is_some() {
        fs::write(&expect_path, &actual).expect("the answers are written");
        return None;
    }
    if actual == expected {
        return None;
    }
    let different: Vec<String> = expected
        .lines()
        .zip(actual.lines())
        .filter(|(expected, actual)| expected != actual)
        .map(|(expected, actual)| format!("  expected  {expected}\n  is        {actual}"))
        .collect();
    let name = path.file_name().unwrap_or_default().display();
    Some(format!("{name}:\n{}", different.join("\n")))
}
