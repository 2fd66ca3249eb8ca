//! The shim's own files, as they are brought inside the program: packed by `build.rs`.

use std::sync::LazyLock;

/// A file of the shim: its path below the directory `shim`, and its text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ShimFile {
    /// The path.
    pub path: &'static str,
    /// The text.
    pub text: &'static str,
}

/// Of each file its path, NUL, its text, NUL.
const PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/shim.packed"));

static FILES: LazyLock<Vec<ShimFile>> = LazyLock::new(|| {
    let bytes = miniz_oxide::inflate::decompress_to_vec(PACKED).unwrap_or_default();
    let all: &'static str = String::from_utf8(bytes).unwrap_or_default().leak();
    let mut parts = all.split_terminator('\0');
    let file = || {
        let (path, text) = (parts.next()?, parts.next()?);
        Some(ShimFile { path, text })
    };
    std::iter::from_fn(file).collect()
});

/// Returns every file of `assets/shim`, in the order of their paths.
pub fn files() -> &'static [ShimFile] {
    &FILES
}

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
    fn what_is_brought_is_the_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/shim");
        let found = below(&folder);
        let mut found: Vec<_> = found
            .iter()
            .map(|path| {
                let name = path.strip_prefix(&folder).unwrap().to_str().unwrap();
                (name, std::fs::read_to_string(path).unwrap())
            })
            .collect();
        found.sort_unstable();
        assert!(!found.is_empty());
        let brought: Vec<_> = files()
            .iter()
            .map(|file| (file.path, file.text.to_owned()))
            .collect();
        assert_eq!(brought, found);
    }
}
