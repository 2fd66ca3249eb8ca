//! What is kept comes back, whoever else writes, and nothing depends on its being written.

use super::*;
use proptest::prelude::*;
use std::os::unix::fs::PermissionsExt;

fn places(folder: &Path) -> Places {
    Places::below(folder)
}

fn text_in(folder: &Path) -> String {
    fs::read_to_string(places(folder).state().unwrap()).unwrap()
}

#[test]
fn what_is_kept_is_there_the_next_time() {
    let folder = tempfile::tempdir().unwrap();
    let places = places(folder.path());
    let (mut keeper, wrong) = Keeper::open(&places);
    assert_eq!((&keeper.state, wrong), (&State::default(), None));
    keeper
        .keep(|state| state.theme = Some("light".to_owned()))
        .unwrap();
    keeper
        .keep(|state| {
            let kept = [("workers".to_owned(), "5".to_owned())];
            state.knobs.insert("pool".to_owned(), kept.into());
        })
        .unwrap();
    let (again, wrong) = Keeper::open(&places);
    assert_eq!((&again.state, wrong), (&keeper.state, None));
    assert_eq!(
        text_in(folder.path()),
        "# What was chosen on the screen. mpviz writes this file.\n\
         theme = \"light\"\n\n[knobs.\"pool\"]\n\"workers\" = \"5\"\n"
    );
    // Nothing else is left beside it.
    let beside = places.state().unwrap();
    let names = fs::read_dir(beside.parent().unwrap()).unwrap();
    assert_eq!(names.count(), 1);
}

#[test]
fn two_at_once_keep_what_each_has_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let places = places(folder.path());
    let ((mut one, _), (mut other, _)) = (Keeper::open(&places), Keeper::open(&places));
    one.keep(|state| state.theme = Some("light".to_owned()))
        .unwrap();
    other
        .keep(|state| state.layout = Some("zoom".to_owned()))
        .unwrap();
    let (both, _) = Keeper::open(&places);
    assert_eq!(both.state.theme.as_deref(), Some("light"));
    assert_eq!(both.state.layout.as_deref(), Some("zoom"));
}

#[test]
fn many_at_once_never_leave_half_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let places = places(folder.path());
    std::thread::scope(|scope| {
        for n in 0..4 {
            let places = &places;
            scope.spawn(move || {
                for round in 0..50 {
                    let (mut keeper, wrong) = Keeper::open(places);
                    assert_eq!(wrong, None);
                    keeper
                        .keep(|state| state.theme = Some(format!("{n}-{round}")))
                        .unwrap();
                }
            });
        }
    });
    assert_eq!(Keeper::open(&places).1, None);
}

#[test]
fn what_can_not_be_written_holds_for_the_session() {
    let nowhere = Places::default();
    let (mut keeper, wrong) = Keeper::open(&nowhere);
    // Without a home there is nothing to be told.
    let kept = keeper.keep(|state| state.theme = Some("light".to_owned()));
    assert!(kept.is_ok() && wrong.is_none());
    assert_eq!(keeper.state.theme.as_deref(), Some("light"));
    // A file stands where a folder is to be: even root can't write there.
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".local"), "").unwrap();
    let (mut keeper, wrong) = Keeper::open(&places(folder.path()));
    assert_eq!(wrong, None);
    let kept = keeper.keep(|state| state.theme = Some("light".to_owned()));
    let failure = crate::app::reasons(&kept.unwrap_err());
    assert!(
        failure.starts_with("what you chose is not kept: cannot write `"),
        "{failure}"
    );
    assert_eq!(keeper.state.theme.as_deref(), Some("light"));
}

#[test]
fn a_broken_file_is_one_message_and_is_written_anew() {
    let folder = tempfile::tempdir().unwrap();
    let places = places(folder.path());
    let path = places.state().unwrap();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    for (text, told) in [
        (
            "theme = 3\n",
            "line 1: `theme` is an integer, and must be a string",
        ),
        (
            "\nknobs = 3\n",
            "line 2: `knobs` is an integer, and must be a table",
        ),
        (
            "[knobs.pool]\nworkers = 5\n",
            "line 2: `workers` is an integer, and must be a string",
        ),
    ] {
        fs::write(&path, text).unwrap();
        let (keeper, wrong) = Keeper::open(&places);
        assert_eq!(keeper.state, State::default());
        assert_eq!(wrong.unwrap().fault.to_string(), told);
    }
    let (mut keeper, _) = Keeper::open(&places);
    keeper
        .keep(|state| state.theme = Some("light".to_owned()))
        .unwrap();
    assert_eq!(Keeper::open(&places).1, None);
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

proptest! {
    #[test]
    fn any_state_is_read_as_it_was_written(
        theme in proptest::option::of(".{0,20}"),
        layout in proptest::option::of(".{0,20}"),
        used: bool,
        knobs in proptest::collection::btree_map(
            ".{0,8}",
            proptest::collection::btree_map(".{0,8}", ".{0,8}", 1..3),
            0..3,
        ),
    ) {
        let state = State { theme, layout, used, knobs };
        prop_assert_eq!(State::parse(&state.text()), Ok(state));
    }
}
