//! Packs what the program brings along, and tells it which commit it is built from, for
//! `mpviz --version`.
//!
//! The shim and the fonts are a third as large when packed (`deflate`).
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
    let root = env::var_os("CARGO_MANIFEST_DIR").map_or_else(PathBuf::new, PathBuf::from);
    let out = env::var_os("OUT_DIR").map_or_else(PathBuf::new, PathBuf::from);
    for path in pack(&root.join("assets"), &out)? {
        writeln!(cargo, "cargo::rerun-if-changed={}", path.display())?;
    }
    let mut version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    if env::var("PROFILE").is_ok_and(|profile| profile == "release") {
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

/// How hard it is tried to find what stands twice: as hard as can be.
const LEVEL: u8 = 10;

/// Packs the shim, as `path NUL text NUL` for each file by their paths, and the fonts. Returns what
/// was read.
fn pack(assets: &Path, out: &Path) -> io::Result<Vec<PathBuf>> {
    let shim = assets.join("shim");
    let mut read = vec![shim.clone()];
    let mut files = files_below(&shim, &mut read)?;
    files.sort();
    let mut all = Vec::new();
    for path in &files {
        let name = path.strip_prefix(&shim).unwrap_or(path);
        all.extend(name.as_os_str().as_encoded_bytes());
        all.push(0);
        all.extend(fs::read(path)?);
        all.push(0);
    }
    let packed = |bytes: &[u8]| miniz_oxide::deflate::compress_to_vec(bytes, LEVEL);
    fs::write(out.join("shim.packed"), packed(&all))?;
    for name in ["regular.ttf", "bold.ttf"] {
        let font = assets.join("fonts").join(name);
        fs::write(
            out.join(format!("{name}.packed")),
            packed(&fs::read(&font)?),
        )?;
        read.push(font);
    }
    read.extend(files);
    Ok(read)
}

/// Returns the Python files below a folder; the folders in it are added to those that were read.
fn files_below(folder: &Path, read: &mut Vec<PathBuf>) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("__pycache__") {
            read.push(path.clone());
            files.extend(files_below(&path, read)?);
        } else if path.extension().is_some_and(|ending| ending == "py") {
            files.push(path);
        }
    }
    Ok(files)
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
