//! The directory of a run: what is in it, where it comes to stand, and that nothing else is removed.

use super::*;
use std::os::unix::fs::symlink;
use std::process::Command;
use tempfile::TempDir;

const FILES: &[ShimFile] = &[
    ShimFile {
        path: "_shim/part.py",
        text: "PART = 1\n",
    },
    ShimFile {
        path: "sitecustomize.py",
        text: "import _shim.part\n",
    },
];

fn make(places: &[&Path]) -> Result<Home, HomeError> {
    let places: Vec<_> = places.iter().map(PathBuf::from).collect();
    Home::make_in(&places, FILES, &Options { values: true })
}

fn names(place: &TempDir) -> Vec<String> {
    let entries = std::fs::read_dir(place.path()).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Returns the name that a directory of a process has that has ended and was reaped.
fn name_of_dead() -> String {
    let mut child = Command::new("sleep").arg("60").spawn().unwrap();
    let owner = Owner::of_process(child.id()).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!owner.may_live());
    owner.name(0)
}

#[test]
fn a_directory_is_private_has_all_and_goes() {
    let place = tempfile::tempdir().unwrap();
    let home = make(&[place.path()]).unwrap();
    let mode = |path: &Path| path.metadata().unwrap().mode() & 0o777;
    for folder in [home.path(), &home.shim(), &home.rings()] {
        assert_eq!(mode(folder), 0o700, "{}", folder.display());
    }
    for file in FILES {
        let path = home.shim().join(file.path);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), file.text);
        assert_eq!(mode(&path), 0o600);
    }
    let options = std::fs::read_to_string(home.path().join("options")).unwrap();
    assert_eq!(options, r#"{"values":true}"#);
    let lesson = home.put_lesson("one.py", "print()\n").unwrap();
    assert!(lesson.starts_with(home.path()));
    let other = make(&[place.path()]).unwrap();
    assert_eq!(names(&place).len(), 2, "one for each run");
    drop((home, other));
    assert_eq!(names(&place), [""; 0]);
}

#[test]
fn where_one_place_refuses_another_is_taken() {
    let place = tempfile::tempdir().unwrap();
    let missing = place.path().join("missing");
    let file = place.path().join("file");
    std::fs::write(&file, "").unwrap();
    let home = make(&[&missing, &file, place.path()]).unwrap();
    assert_eq!(home.path().parent(), Some(place.path()));
    let error = make(&[&missing, &file]).unwrap_err();
    // That has room, and was tried first.
    assert!(matches!(error, HomeError::Make { place, .. } if place == file));
    assert!(matches!(make(&[]), Err(HomeError::NoPlace)));
}

#[test]
fn a_place_without_room_is_the_last() {
    // Nothing can be made there, and it says that it has no room.
    assert!(!has_room(Path::new("/proc")));
    let place = tempfile::tempdir().unwrap();
    let home = make(&[Path::new("/proc"), place.path()]).unwrap();
    assert_eq!(home.path().parent(), Some(place.path()));
}

#[test]
fn a_taken_name_is_left_to_its_owner() {
    let place = tempfile::tempdir().unwrap();
    let own = Owner::of_process(std::process::id()).unwrap();
    std::fs::write(place.path().join(own.name(0)), "a stranger's").unwrap();
    let home = make(&[place.path()]).unwrap();
    assert_eq!(home.path(), place.path().join(own.name(1)));
    drop(home);
    assert_eq!(names(&place), [own.name(0)]);
}

#[test]
fn what_the_dead_have_left_is_swept() {
    let place = tempfile::tempdir().unwrap();
    let left = place.path().join(name_of_dead());
    std::fs::create_dir_all(left.join("rings")).unwrap();
    std::fs::write(left.join("lock"), "").unwrap();
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("kept"), "").unwrap();
    // What the program has put there leads nowhere else.
    symlink(outside.path(), left.join("rings/link")).unwrap();
    sweep(place.path());
    assert_eq!(names(&place), [""; 0]);
    assert_eq!(names(&outside), ["kept"]);
}

#[test]
fn what_is_held_or_not_ours_is_not_swept() {
    let place = tempfile::tempdir().unwrap();
    let held = place.path().join(name_of_dead());
    std::fs::create_dir(&held).unwrap();
    std::fs::write(held.join("lock"), "").unwrap();
    // As the supervisor does.
    let lock = hold(&held).unwrap();
    let own = Owner::of_process(std::process::id()).unwrap();
    let dead = name_of_dead();
    for folder in [
        own.name(7),
        format!("{dead}x"),
        format!("{dead}-1"),
        "mpviz-1".into(),
        "mpviz-+1-2-3".into(),
        "other-999999-1-0".into(),
    ] {
        std::fs::create_dir(place.path().join(folder)).unwrap();
    }
    std::fs::write(place.path().join(&dead), "a file").unwrap();
    let outside = tempfile::tempdir().unwrap();
    symlink(outside.path(), place.path().join(name_of_dead())).unwrap();
    let before = names(&place);
    sweep(place.path());
    assert_eq!(names(&place), before);
    drop(lock);
    sweep(place.path());
    assert!(!held.exists());
    assert_eq!(names(&place).len() + 1, before.len());
    assert!(outside.path().exists());
}

#[test]
fn the_search_path_has_the_shim_first_and_all_else_after() {
    let with = |before: Option<&str>| {
        let value = search_path_with(Path::new("/d"), before.map(OsString::from));
        value.into_string().unwrap()
    };
    assert_eq!(with(None), "/d/shim");
    assert_eq!(with(Some("")), "/d/shim");
    assert_eq!(with(Some("/a:/b")), "/d/shim:/a:/b");
}

#[test]
fn a_python_compiles_the_shim_and_says_where_it_is() {
    let place = tempfile::tempdir().unwrap();
    let places = [place.path().to_owned()];
    let home = Home::make_in(&places, shim::files(), &Options::default()).unwrap();
    home.compile_for(OsStr::new("no-such-python3"));
    assert_eq!(home.python(), None);
    if interpreter::find(OsStr::new("python3"), &interpreter::search_path()).is_err() {
        return;
    }
    home.compile_for(OsStr::new("python3"));
    let python = home.python().expect("it is found");
    assert!(python.is_absolute() && interpreter::line_of(python).is_none());
    let mut compiled = 0;
    for folder in ["__pycache__", "_mpviz_shim/__pycache__"] {
        let files = std::fs::read_dir(home.shim().join(folder)).unwrap();
        compiled += files.count();
    }
    assert_eq!(compiled, shim::files().len());
}
