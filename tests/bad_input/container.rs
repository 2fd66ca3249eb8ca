//! A pid namespace, as a container has it: nobody in it leads the session and group that mpviz is
//! in, so their numbers are 0.

use super::common::left_out;
use super::{stderr, stdout};
use std::process::Command;

/// Runs what follows as the first process of a pid namespace of its own.
const CONTAINER: &[&str] = &[
    "--user",
    "--map-root-user",
    "--pid",
    "--fork",
    "--mount-proc",
];

#[test]
fn a_session_led_from_outside_the_pid_namespace_changes_nothing() {
    let inside = |argv: &[&str]| Command::new("unshare").args(CONTAINER).args(argv).output();
    if !inside(&["true"]).is_ok_and(|ran| ran.status.success()) {
        left_out("this machine lets nobody make a pid namespace (unshare)");
        return;
    }
    for form in ["--plain", "--json"] {
        let argv = [env!("CARGO_BIN_EXE_mpviz"), "fork", "--pace", "0", form];
        let ran = inside(&argv).expect("it ran a moment ago");
        assert_eq!(stderr(&ran), "", "{form}");
        assert_eq!(ran.status.code(), Some(0), "{form}: {}", stdout(&ran));
        assert!(stdout(&ran).contains("created a child"), "{}", stdout(&ran));
    }
}
