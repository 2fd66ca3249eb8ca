//! The log: what processes tell once, as lines of JSON at the end of one file.
//!
//! Each line comes by one write, so it is whole, unless somebody else writes there: what is no such
//! line is passed over. A line that has not ended yet is left for the next time.

use serde::Deserialize;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Beyond this length the log is not read: a program that writes it full tells nothing.
const LOG_MAX: u64 = 64 << 20;
/// So much is read at a time.
const CHUNK: usize = 64 << 10;

/// A line.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(tag = "k", rename_all = "lowercase")]
pub(super) enum Line {
    /// An interpreter has started with the shim.
    Hello {
        pid: u32,
        #[serde(default)]
        ppid: u32,
        #[serde(default)]
        t: u64,
        #[serde(default)]
        version: Vec<u32>,
        #[serde(default, rename = "impl")]
        implementation: String,
        #[serde(default)]
        argv: Vec<String>,
    },
    /// A file that slots name by `id`.
    File { id: u32, path: String },
    /// The shim of a process has fallen silent.
    Off {
        pid: u32,
        #[serde(default)]
        t: u64,
        #[serde(default)]
        why: String,
    },
}

/// The log, from where it was read last.
pub(super) struct Log {
    path: PathBuf,
    file: Option<File>,
    at: u64,
    rest: Vec<u8>,
}

impl Log {
    pub(super) fn new(path: &Path) -> Log {
        Log {
            path: path.to_owned(),
            file: None,
            at: 0,
            rest: Vec::new(),
        }
    }

    /// Returns the lines that are new.
    pub(super) fn read(&mut self) -> Vec<Line> {
        if self.file.is_none() {
            let is_plain = self
                .path
                .symlink_metadata()
                .is_ok_and(|metadata| metadata.is_file());
            self.file = is_plain.then(|| File::open(&self.path).ok()).flatten();
        }
        let Some(file) = &self.file else {
            return Vec::new();
        };
        let mut lines = Vec::new();
        let mut chunk = vec![0; CHUNK];
        while self.at < LOG_MAX {
            let len = file.read_at(&mut chunk, self.at).unwrap_or(0);
            if len == 0 {
                break;
            }
            self.at += len as u64;
            self.rest.extend_from_slice(&chunk[..len]);
            while let Some(end) = self.rest.iter().position(|&byte| byte == b'\n') {
                let line: Vec<u8> = self.rest.drain(..=end).collect();
                lines.extend(serde_json::from_slice::<Line>(&line).ok());
            }
            if self.rest.len() > CHUNK {
                // No line of ours is so long.
                self.rest.clear();
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn lines_are_read_once_and_whole_and_others_are_passed_over() {
        let folder = std::env::temp_dir().join(format!("mpviz-log-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("log");
        let mut log = Log::new(&path);
        assert_eq!(log.read(), []);
        let mut file = File::create(&path).expect("a file");
        let hello = r#"{"k":"hello","pid":7,"ppid":1,"t":5,"version":[3,11,7],"impl":"cpython","argv":["a.py"]}"#;
        write!(file, "{hello}\nrubbish\n{{\"k\":\"file\",\"id\":3,").expect("written");
        let lines = log.read();
        assert!(
            matches!(&lines[..], [Line::Hello { pid: 7, version, .. }] if *version == [3, 11, 7])
        );
        write!(
            file,
            "\"path\":\"/a.py\"}}\n{{\"k\":\"off\",\"pid\":7,\"t\":1,\"why\":\"full\"}}\n"
        )
        .expect("written");
        let path = "/a.py".to_owned();
        let off = Line::Off {
            pid: 7,
            t: 1,
            why: "full".to_owned(),
        };
        assert_eq!(log.read(), [Line::File { id: 3, path }, off]);
        assert_eq!(log.read(), []);
        std::fs::remove_dir_all(folder).expect("removed");
    }

    proptest::proptest! {
        #[test]
        fn rubbish_is_no_line(bytes: Vec<u8>) {
            let _ = serde_json::from_slice::<Line>(&bytes);
        }
    }
}
