//! Pythons that say nothing although the shim is there for them: why.
//!
//! A Python finds the shim by its environment, and says hello within milliseconds of its start. One
//! that has not after half a second was kept from it: its arguments or its environment say how.

use super::Member;
use crate::channel::Arena;
use crate::event::words::Sight;
use crate::event::{ActorId, Kind, Text};
use crate::python::home;
use crate::stage::teller::Teller;
use std::os::unix::fs::MetadataExt;

/// So long a Python has to say hello, in ns.
const HELLO_WITHIN: u64 = 500_000_000;

impl Member {
    /// Returns whether it may have a shim that has not been heard so far.
    pub(super) fn may_speak(&self, pid: u32) -> bool {
        !self.was_asked && is_python(pid, &self.argv)
    }

    /// Says why a Python is silent, once, when it had time to speak.
    pub(super) fn ask(&mut self, tell: &mut Teller, arena: &Arena, pid: u32, now: u64) {
        let is_due = now.saturating_sub(self.became) >= HELLO_WITHIN;
        if self.was_asked || !is_due || self.speaks || self.actor == ActorId::MPVIZ {
            return;
        }
        self.was_asked = true;
        let is_told = arena.is_voiced(self.actor);
        // A fork of one that speaks has nothing to say so far.
        let is_fork = self.execs == 0 && arena.is_voiced(self.parent) && self.is_found;
        if is_told || is_fork || !is_python(pid, &self.argv) {
            return;
        }
        let kind = Kind::Unseen {
            what: Sight::Messages,
            why: Text::from(reason(pid, &self.argv)),
        };
        tell.say(self.actor, Some(ActorId::MPVIZ), kind);
    }
}

/// Returns whether a process runs a Python: by its file, else by its first argument.
fn is_python(pid: u32, argv: &[String]) -> bool {
    let file = std::fs::read_link(format!("/proc/{pid}/exe")).ok();
    let file = file.as_ref().and_then(|file| file.file_name()?.to_str());
    let first = argv.first().map(String::as_str);
    let named = first.and_then(|first| first.rsplit('/').next());
    file.or(named).is_some_and(is_pythons_name)
}

/// Returns whether a file is called as Pythons are: `python3.13`, `pypy3`.
fn is_pythons_name(name: &str) -> bool {
    let rest = name
        .strip_prefix("python")
        .or_else(|| name.strip_prefix("pypy"));
    rest.is_some_and(|rest| {
        rest.chars()
            .all(|c| c.is_ascii_digit() || c == '.' || c == 't')
    })
}

/// Returns why a Python has not found the shim, as far as that can be told.
fn reason(pid: u32, argv: &[String]) -> String {
    if let Some(option) = keeping_option(argv) {
        return format!("option -{option} keeps the shim out");
    }
    let owner = std::fs::metadata(format!("/proc/{pid}"));
    if owner.is_ok_and(|owner| owner.uid() != rustix::process::geteuid().as_raw()) {
        return "it runs as another user".to_owned();
    }
    let namespace = |of: &str| std::fs::read_link(format!("/proc/{of}/ns/pid")).ok();
    let its = namespace(&pid.to_string());
    if its.is_some() && its != namespace("self") {
        return "it is in a pid namespace of its own".to_owned();
    }
    match std::fs::read(format!("/proc/{pid}/environ")) {
        Ok(environment) if !has_shim(&environment) => {
            format!("{} was taken out of its environment", home::VARIABLE)
        }
        Ok(_) => "its shim has not spoken".to_owned(),
        Err(_) => "its environment can't be read".to_owned(),
    }
}

/// Returns the option by which a Python leaves its environment, or `site`, alone.
fn keeping_option(argv: &[String]) -> Option<char> {
    for argument in argv.iter().skip(1) {
        let options = argument.strip_prefix('-')?;
        if options.starts_with('-') || options.is_empty() {
            return None;
        }
        for option in options.chars() {
            match option {
                'I' | 'E' | 'S' => return Some(option),
                // What follows is the program, or belongs to the option.
                'c' | 'm' => return None,
                'W' | 'X' => break,
                _ => {}
            }
        }
    }
    None
}

/// Returns whether an environment names a directory of ours for the shim.
fn has_shim(environment: &[u8]) -> bool {
    let mut variables = environment.split(|&byte| byte == 0);
    variables.any(|variable| {
        let variable = String::from_utf8_lossy(variable);
        let value = variable
            .strip_prefix(home::VARIABLE)
            .and_then(|rest| rest.strip_prefix('='));
        value.is_some_and(|value| value.split(':').any(|path| path.ends_with("/shim")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(argv: &str, expected: Option<char>) {
        let argv: Vec<String> = argv.split(' ').map(str::to_owned).collect();
        assert_eq!(keeping_option(&argv), expected, "{argv:?}");
    }

    #[test]
    fn an_option_that_keeps_the_shim_out_is_seen() {
        check("python3 a.py", None);
        check("python3 -I a.py", Some('I'));
        check("python3 -uE a.py", Some('E'));
        check("python3 -u -S a.py", Some('S'));
        check("python3 a.py -I", None);
        check("python3 -c -I", None);
        check("python3 -mI", None);
        check("python3 -X importtime -I", None);
        check("python3 -Ximporttime -I", Some('I'));
    }

    #[test]
    fn a_python_is_known_by_its_name() {
        for name in ["python", "python3", "python3.13", "python3.13t", "pypy3.10"] {
            assert!(is_pythons_name(name), "{name}");
        }
        for name in ["pythonw-config", "bash", "python3-config", "ipython"] {
            assert!(!is_pythons_name(name), "{name}");
        }
    }

    #[test]
    fn the_shims_directory_is_looked_for() {
        assert!(has_shim(b"A=1\0PYTHONPATH=/dev/shm/x/shim:/lib\0"));
        assert!(!has_shim(b"A=1\0PYTHONPATH=/lib\0"));
        assert!(!has_shim(b"XPYTHONPATH=/x/shim\0"));
    }
}
