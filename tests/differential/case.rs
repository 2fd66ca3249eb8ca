//! What a case is, and an area's table of them.

use mpviz::runtime::Result;

/// Cases about one thing, in two files of this name.
#[derive(Debug)]
pub(crate) struct Area {
    /// Its files' name.
    pub(crate) name: &'static str,
    /// Its table.
    pub(crate) cases: &'static [Case],
}

impl Area {
    /// Returns an area.
    pub(crate) const fn new(name: &'static str, cases: &'static [Case]) -> Area {
        Area { name, cases }
    }
}

/// A case: what it is called on both sides, and its Rust side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    /// Its function's name in both files.
    pub(crate) name: &'static str,
    /// Its Rust side, which runs as MainProcess.
    pub(crate) run: fn() -> Result<()>,
    since: (u32, u32),
    before: (u32, u32),
}

/// Returns a case of the function with this name.
macro_rules! case {
    ($name:ident) => {
        $crate::case::Case::new(stringify!($name), $name)
    };
}
pub(crate) use case;

impl Case {
    /// Returns a case that holds for every version.
    pub(crate) const fn new(name: &'static str, run: fn() -> Result<()>) -> Case {
        Case {
            name,
            run,
            since: (3, 11),
            before: (u32::MAX, 0),
        }
    }

    /// The case holds from this version of Python on.
    #[expect(dead_code, reason = "areas use it that know of such a case")]
    pub(crate) const fn since(mut self, major: u32, minor: u32) -> Case {
        self.since = (major, minor);
        self
    }

    /// The case holds for versions of Python before this one.
    #[expect(dead_code, reason = "areas use it that know of such a case")]
    pub(crate) const fn before(mut self, major: u32, minor: u32) -> Case {
        self.before = (major, minor);
        self
    }

    /// Returns whether the case holds for a version of Python.
    pub(crate) fn holds_for(&self, version: (u32, u32)) -> bool {
        self.since <= version && version < self.before
    }
}
