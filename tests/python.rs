//! What Python programs tell, and that they are not changed, for each interpreter that is found.

mod common;

use common::{is_installed, left_out};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The minor versions that the shim is written for, and the next.
const MINORS: std::ops::RangeInclusive<u32> = 9..=14;

/// Returns python3 with nothing in the environment that changes what it does.
fn python(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"PYTHON") {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

/// Returns an interpreter's version and its own file, if it is a CPython that runs.
fn told(name: &Path) -> Option<((u32, u32), PathBuf)> {
    const ASK: &str =
        "import sys; print(sys.implementation.name, *sys.version_info[:2], sys.executable)";
    let told = python(name).args(["-c", ASK]).output().ok()?;
    let told = String::from_utf8(told.stdout).ok()?;
    let mut words = told.trim().splitn(4, ' ');
    let is_known = words.next()? == "cpython";
    let version = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    (is_known && version >= (3, 9)).then(|| words.next().map(|path| (version, path.into())))?
}

/// Returns an interpreter of each version that is found: on PATH, and where pyenv keeps its own.
fn interpreters() -> BTreeMap<(u32, u32), PathBuf> {
    let mut names = vec![PathBuf::from("python3")];
    names.extend(MINORS.map(|minor| PathBuf::from(format!("python3.{minor}"))));
    let root = Command::new("pyenv").arg("root").output();
    let root = root
        .ok()
        .and_then(|told| String::from_utf8(told.stdout).ok());
    if let Some(Ok(versions)) = root.map(|root| Path::new(root.trim()).join("versions").read_dir())
    {
        names.extend(
            versions
                .flatten()
                .map(|version| version.path().join("bin/python3")),
        );
    }
    names.iter().filter_map(|name| told(name)).collect()
}

/// Runs the checks of one file with each interpreter.
fn check(file: &str) {
    if !is_installed("python3", "python3") {
        return;
    }
    let mut found = interpreters();
    for minor in MINORS.filter(|minor| !found.contains_key(&(3, *minor))) {
        left_out(&format!("`python3.{minor}` is not here"));
    }
    let is_short = std::env::var_os("MPVIZ_TEST_ALL").is_none();
    if is_short {
        let ends = [found.keys().next().copied(), found.keys().last().copied()];
        found.retain(|version, _| ends.contains(&Some(*version)));
        left_out(
            "only the oldest and the newest python3, a start method each; MPVIZ_TEST_ALL: all",
        );
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/python")
        .join(file);
    let wrong: Vec<_> = found
        .iter()
        .filter_map(|((major, minor), program)| {
            let ran = python(program)
                .arg("-B")
                .arg(&file)
                .args(is_short.then_some("--short"))
                .output()
                .expect("python3 runs");
            let complaints = String::from_utf8_lossy(&ran.stderr).into_owned();
            (!ran.status.success()).then(|| format!("Python {major}.{minor}:\n{complaints}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_traced_program_is_the_same_and_tells_all() {
    check("shim_test.py");
}
