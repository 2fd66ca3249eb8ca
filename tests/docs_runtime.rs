//! The runtime's own pages: an example on each public type, and the errors of each operation that
//! can fail.

use std::fs;
use std::path::{Path, PathBuf};

/// Types that need no example: what others are made of, and what only the stage uses.
const WITHOUT: &[&str] = &["Bits", "Cell", "Place", "Result", "Sealed", "SemLock"];

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, into);
        } else {
            into.push(path);
        }
    }
}

/// Calls `check` with each public declaration, up to its body, and its docs.
fn each_public(mut check: impl FnMut(&str, &str)) {
    let mut paths = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/runtime");
    files(&root, &mut paths);
    for path in paths {
        let text = fs::read_to_string(&path).expect("a file");
        let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
        for (at, line) in lines.iter().enumerate() {
            if !line.starts_with("pub ") {
                continue;
            }
            let above = lines[..at].iter().rev();
            let docs: Vec<&str> = above
                .take_while(|line| line.starts_with("///") || line.starts_with("#["))
                .copied()
                .collect();
            let mut declared = String::new();
            for line in &lines[at..] {
                declared.push_str(line);
                declared.push(' ');
                if line.ends_with(['{', ';', '}']) {
                    break;
                }
            }
            check(&declared, &docs.join("\n"));
        }
    }
}

#[test]
fn each_public_type_has_an_example() {
    let (mut count, mut missing) = (0, Vec::new());
    each_public(|declared, docs| {
        let mut words = declared["pub ".len()..].split_whitespace();
        let kind = words.next().unwrap_or_default();
        let name = words.next().unwrap_or_default();
        let name = name
            .split(|c: char| !c.is_alphanumeric())
            .next()
            .unwrap_or_default();
        if ["struct", "enum", "trait"].contains(&kind) && !WITHOUT.contains(&name) {
            count += 1;
            if !docs.contains("```") {
                missing.push(name.to_owned());
            }
        }
    });
    assert!(missing.is_empty(), "no example: {missing:?}");
    assert!(count > 40, "only {count} types were seen");
}

#[test]
fn each_operation_that_can_fail_says_how() {
    let (mut count, mut missing) = (0, Vec::new());
    each_public(|declared, docs| {
        let Some((name, returned)) = declared
            .strip_prefix("pub fn ")
            .and_then(|rest| rest.rsplit_once(") -> "))
        else {
            return;
        };
        if returned.contains("Result<") {
            count += 1;
            if !docs.contains("# Errors") {
                missing.push(name.to_owned());
            }
        }
    });
    assert!(missing.is_empty(), "no `# Errors`: {missing:?}");
    assert!(count > 100, "only {count} operations were seen");
}
