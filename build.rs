//! Tells the program which commit it is built from, for `mpviz --version`.
//!
//! Git's own files are read, so git need not be installed: `.git` (a folder, or a file that names
//! one, as in a worktree), `HEAD`, the reference that it names, `packed-refs`. In a packed crate
//! `.cargo_vcs_info.json` tells it. Without any of these, as in an archive, there is the version alone.
//! The same commit makes the same program: no time, path or state of files gets into it.
//!
//! A debug build names none: every commit would have everything built again.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// So many digits of a commit are told.
const DIGITS: usize = 10;

fn main() -> io::Result<()> {
    let mut cargo = io::stdout().lock();
    writeln!(cargo, "cargo::rerun-if-changed=build.rs")?;
    let mut version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    if env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        let root = env::var_os("CARGO_MANIFEST_DIR").map_or_else(PathBuf::new, PathBuf::from);
        let (commit, read) = commit(&root);
        for path in read {
            writeln!(cargo, "cargo::rerun-if-changed={}", path.display())?;
        }
        if let Some(commit) = commit {
            version = format!("{version} ({commit})");
        }
    }
    writeln!(cargo, "cargo::rustc-env=MPVIZ_VERSION={version}")
}

/// Returns the commit that a folder was checked out from, if it tells, and the files that told it.
pub(crate) fn commit(root: &Path) -> (Option<String>, Vec<PathBuf>) {
    let mut read = Vec::new();
    let commit = of_git(&root.join(".git"), &mut read)
        .or_else(|| of_crate(&root.join(".cargo_vcs_info.json"), &mut read));
    (commit.as_deref().and_then(short), read)
}

/// Reads a file that may be there, and remembers it.
fn text(path: PathBuf, read: &mut Vec<PathBuf>) -> Option<String> {
    let text = fs::read_to_string(&path).ok()?;
    read.push(path);
    Some(text)
}

fn of_git(git: &Path, read: &mut Vec<PathBuf>) -> Option<String> {
    let own = match text(git.to_owned(), read) {
        // A worktree's, or a submodule's: the file names the folder.
        Some(link) => git.parent()?.join(link.strip_prefix("gitdir:")?.trim()),
        None => git.to_owned(),
    };
    // References are where the worktree was made from.
    let common = match text(own.join("commondir"), read) {
        Some(common) => own.join(common.trim()),
        None => own.clone(),
    };
    let head = text(own.join("HEAD"), read)?;
    // It grows by each commit, also where that makes a file of a packed reference.
    text(own.join("logs/HEAD"), read);
    let Some(name) = head.strip_prefix("ref:").map(str::trim) else {
        return Some(head);
    };
    let loose = [own, common.clone()].map(|folder| folder.join(name));
    if let Some(commit) = loose.into_iter().find_map(|path| text(path, read)) {
        return Some(commit);
    }
    let packed = text(common.join("packed-refs"), read)?;
    let commit = |line: &str| Some(line.strip_suffix(name)?.strip_suffix(' ')?.to_owned());
    packed.lines().find_map(commit)
}

fn of_crate(info: &Path, read: &mut Vec<PathBuf>) -> Option<String> {
    let info = text(info.to_owned(), read)?;
    let (_, value) = info.split_once("\"sha1\"")?;
    value.split('"').nth(1).map(str::to_owned)
}

/// Returns the first digits of a commit; `None` if it is none.
fn short(commit: &str) -> Option<String> {
    let commit = commit.trim();
    let is_one = commit.len() >= 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_one.then(|| commit[..DIGITS].to_owned())
}
