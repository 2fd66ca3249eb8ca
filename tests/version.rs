//! Which commit a program is built from, as `build.rs` reads it of what git, or nobody, left there.

#[path = "../build.rs"]
#[expect(dead_code, reason = "its `main` tells cargo")]
mod build;

use build::commit;
use std::fs;
use std::path::Path;

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

fn write(root: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        fs::write(path, text).expect("it can be written");
    }
}

#[track_caller]
fn check(files: &[(&str, &str)], at: &str, told: Option<&str>) {
    let root = tempfile::tempdir().expect("a folder");
    write(root.path(), files);
    let (found, read) = commit(&root.path().join(at));
    assert_eq!(found.as_deref(), told);
    assert!(read.iter().all(|path| path.is_file()), "{read:?}");
}

#[test]
fn a_clone_names_its_commit() {
    let packed = format!(
        "# pack-refs with: peeled\n{COMMIT} refs/heads/other\n^{COMMIT}\n{COMMIT} refs/heads/main\n"
    );
    let line = format!("{COMMIT}\n");
    let head = (".git/HEAD", "ref: refs/heads/main\n");
    check(
        &[head, (".git/refs/heads/main", &line)],
        "",
        Some("0123456789"),
    );
    check(
        &[head, (".git/packed-refs", &packed)],
        "",
        Some("0123456789"),
    );
    check(&[(".git/HEAD", &line)], "", Some("0123456789"));
}

#[test]
fn a_worktree_names_its_own_commit() {
    let line = format!("{COMMIT}\n");
    let files: &[(&str, &str)] = &[
        ("here/.git", "gitdir: ../there/.git/worktrees/here\n"),
        ("there/.git/worktrees/here/commondir", "../..\n"),
        ("there/.git/worktrees/here/HEAD", "ref: refs/heads/here\n"),
        ("there/.git/refs/heads/here", &line),
        ("there/.git/HEAD", "ref: refs/heads/none\n"),
    ];
    check(files, "here", Some("0123456789"));
    check(files, "there", None);
}

#[test]
fn a_packed_crate_names_the_commit_that_it_was_packed_of() {
    let info = format!(
        "{{\n  \"git\": {{\n    \"sha1\": \"{COMMIT}\"\n  }},\n  \"path_in_vcs\": \"\"\n}}"
    );
    check(&[(".cargo_vcs_info.json", &info)], "", Some("0123456789"));
}

#[test]
fn what_names_none_is_no_reason_to_fail() {
    check(&[], "", None);
    check(&[("other/.git/HEAD", COMMIT)], "", None);
    check(&[(".git", "nothing of git's")], "", None);
    check(&[(".git/HEAD", "ref: refs/heads/unborn\n")], "", None);
    check(&[(".git/HEAD", "deadbeef")], "", None);
    check(&[(".cargo_vcs_info.json", "{\"sha1\": 7}")], "", None);
}

#[test]
fn this_program_tells_its_version() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_mpviz"));
    let output = { output }.arg("--version").output().expect("mpviz runs");
    let told = String::from_utf8(output.stdout).expect("text");
    assert!(
        told.starts_with(&format!("mpviz {}", env!("CARGO_PKG_VERSION"))),
        "{told}"
    );
}
