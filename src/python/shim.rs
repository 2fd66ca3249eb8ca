//! The shim's own files, as they are brought inside the program.

/// A file of the shim: its path below the directory `shim`, and its text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ShimFile {
    /// The path.
    pub path: &'static str,
    /// The text.
    pub text: &'static str,
}

macro_rules! files {
    ($($path:literal)*) => {
        &[$(ShimFile {
            path: $path,
            text: include_str!(concat!("../../assets/shim/", $path)),
        }),*]
    };
}

/// Every file of `assets/shim`, in the order of their paths.
pub const FILES: &[ShimFile] = files! {
    "_mpviz_shim/__init__.py"
    "_mpviz_shim/begin.py"
    "_mpviz_shim/billiard.py"
    "_mpviz_shim/conditions.py"
    "_mpviz_shim/connection.py"
    "_mpviz_shim/forks.py"
    "_mpviz_shim/futures.py"
    "_mpviz_shim/guard.py"
    "_mpviz_shim/helpers.py"
    "_mpviz_shim/kinds.py"
    "_mpviz_shim/log.py"
    "_mpviz_shim/loky.py"
    "_mpviz_shim/mapped.py"
    "_mpviz_shim/old.py"
    "_mpviz_shim/pool.py"
    "_mpviz_shim/popen.py"
    "_mpviz_shim/process.py"
    "_mpviz_shim/process_util.py"
    "_mpviz_shim/queues.py"
    "_mpviz_shim/ring.py"
    "_mpviz_shim/settings.py"
    "_mpviz_shim/sockets.py"
    "_mpviz_shim/spawned.py"
    "_mpviz_shim/synchronize.py"
    "_mpviz_shim/waits.py"
    "_mpviz_shim/where.py"
    "sitecustomize.py"
};

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::{Path, PathBuf};

    /// Returns every Python file below a folder.
    fn below(folder: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "py") {
                    found.push(path);
                }
            }
        }
        found
    }

    #[test]
    fn the_list_is_the_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/shim");
        let found = below(&folder);
        let mut found: Vec<_> = found
            .iter()
            .map(|path| path.strip_prefix(&folder).unwrap().to_str().unwrap())
            .collect();
        found.sort_unstable();
        let listed: Vec<_> = FILES.iter().map(|file| file.path).collect();
        assert_eq!(listed, found);
    }
}
