//! A file that a person wrote, read whole or not at all.

use super::places::Places;
use crate::ui::written::Fault;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// More than this no such file needs, and nobody is to wait for more.
const BYTES_MAX: u64 = 256 * 1024;

/// A file that is not as it must be. Its text is what a person is told, on one line.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{told}`{}", after(fault))]
pub struct Wrong {
    /// The file.
    pub path: PathBuf,
    /// The file, as a person writes it.
    pub told: String,
    /// What is wrong with it.
    pub fault: Fault,
}

fn after(fault: &Fault) -> String {
    match fault.line {
        Some(_) => format!(", {fault}"),
        None => format!(": {fault}"),
    }
}

impl Wrong {
    pub(super) fn of(path: &Path, places: &Places, fault: Fault) -> Wrong {
        Wrong {
            path: path.to_owned(),
            told: places.told(path),
            fault,
        }
    }
}

/// Reads a file and what is written in it. `None` where there is none.
pub(super) fn read<T>(
    path: Option<PathBuf>,
    places: &Places,
    parse: impl FnOnce(&str) -> Result<T, Fault>,
) -> Result<Option<T>, Wrong> {
    let Some(path) = path else { return Ok(None) };
    let parsed = match text_of(&path) {
        Ok(None) => return Ok(None),
        Ok(Some(text)) => parse(&text),
        Err(fault) => Err(fault),
    };
    parsed
        .map(Some)
        .map_err(|fault| Wrong::of(&path, places, fault))
}

/// Returns the text of a file; `None` where there is none.
pub(super) fn text_of(path: &Path) -> Result<Option<String>, Fault> {
    let fault = |what: String, hint: Option<&str>| Fault {
        line: None,
        what,
        hint: hint.map(str::to_owned),
    };
    let refused = |error: io::Error| {
        let error = crate::app::reasons(&Refused(error));
        fault(error, None)
    };
    // What is no file could block, or never end.
    let kind = match std::fs::metadata(path) {
        // A folder on the way that is a file is no file of ours either.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(refused(error)),
        Ok(about) => about.file_type(),
    };
    if kind.is_dir() {
        let hint = "mpviz reads a file of this name; `mpviz config` prints one";
        return Err(fault("it is a directory".to_owned(), Some(hint)));
    }
    if !kind.is_file() {
        return Err(fault("it is no file".to_owned(), None));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(refused)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > BYTES_MAX {
        let size = std::fs::metadata(path).map_or(BYTES_MAX, |about| about.len());
        let size = crate::view::words::bytes(size);
        let most = crate::view::words::bytes(BYTES_MAX);
        return Err(fault(
            format!("it has {size}, at most {most} are read"),
            None,
        ));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let bytes = error.as_bytes();
            let line = 1 + bytes[..good].iter().filter(|&&byte| byte == b'\n').count();
            Err(Fault {
                line: Some(line),
                what: format!("its byte {:#04x} is no UTF-8", bytes[good]),
                hint: Some("save it as UTF-8".to_owned()),
            })
        }
    }
}

/// Why a file can't be read.
#[derive(Debug, thiserror::Error)]
#[error("it can't be read")]
struct Refused(#[source] io::Error);

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[track_caller]
    fn check(path: &Path, line: Option<usize>, what: &str) {
        let fault = text_of(path).unwrap_err();
        assert_eq!(fault.line, line);
        assert!(fault.what.contains(what), "{fault}");
    }

    #[test]
    fn a_file_that_can_not_be_read_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        assert_eq!(text_of(&file), Ok(None));
        assert_eq!(text_of(&folder.path().join("a/b")), Ok(None));
        check(folder.path(), None, "it is a directory");
        check(Path::new("/dev/zero"), None, "it is no file");
        fs::write(&file, b"a = 1\n\n# caf\xe9\n").unwrap();
        check(&file, Some(3), "its byte 0xe9 is no UTF-8");
        let large = File::create(&file).unwrap();
        large.set_len(100_000_000).unwrap();
        check(&file, None, "at most 256 KiB are read");
        fs::write(&file, "a = 1\n").unwrap();
        assert_eq!(text_of(&file), Ok(Some("a = 1\n".to_owned())));
        assert_eq!(text_of(&file.join("b")), Ok(None));
    }
}
