//! The program that `call` and `communicate` run: `nslookup`, or a stand-in that mpviz brings, so
//! that the lessons work on every machine and offline.
//!
//! The stand-in is mpviz itself, run again. It answers two questions from example data of its own
//! and says so: the address of www.python.org, and the mail exchangers of python.org.

use crate::runtime::subprocess::Program;
use crate::runtime::{Error, Result};
use std::io::{BufRead, Write};
use std::time::Duration;

/// The values of the knob `program`.
pub(super) const CHOICES: &[&str] = &["nslookup", "stand-in"];

/// The hidden first argument that makes mpviz the stand-in.
pub const ARGUMENT: &str = "__stand-in";

/// How long the stand-in takes for an answer.
const LOOK_UP: Duration = Duration::from_millis(100);

/// Returns whether `nslookup` is found where programs are looked for.
pub(super) fn is_nslookup_installed() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join("nslookup").is_file())
}

/// Returns the program that the knob names.
pub(super) fn choose(choice: &str) -> Result<Program> {
    if choice == "nslookup" {
        return Ok(Program::new(["nslookup"]));
    }
    let me = std::env::current_exe()
        .map_err(|error| Error::system("cannot find mpviz's own file", error))?;
    let me = me.to_string_lossy();
    Ok(Program::new([&me, ARGUMENT]).named("nslookup stand-in"))
}

/// Answers as the stand-in; returns the exit code: 0 if every question had an answer, else 1.
pub fn main(arguments: &[String], input: impl BufRead, mut output: impl Write) -> u8 {
    let answered = match arguments {
        [] => answer_questions(input, &mut output),
        [host] => answer(host, Query::Address, &mut output),
        _ => Ok(false),
    };
    // With nobody to read the answer, it was none.
    u8::from(!answered.unwrap_or(false))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Query {
    Address,
    MailExchanger,
}

fn answer_questions(input: impl BufRead, output: &mut impl Write) -> std::io::Result<bool> {
    let mut query = Query::Address;
    let mut all = true;
    for line in input.lines() {
        match line?.trim() {
            "" => {}
            "exit" => break,
            "set q=mx" => query = Query::MailExchanger,
            "set q=a" => query = Query::Address,
            host => all &= answer(host, query, output)?,
        }
    }
    Ok(all)
}

fn answer(host: &str, query: Query, output: &mut impl Write) -> std::io::Result<bool> {
    let lines: &[&str] = match (host, query) {
        ("www.python.org", Query::Address) => &[
            "www.python.org\tcanonical name = dualstack.python.example.",
            "Address: 192.0.2.223",
        ],
        ("python.org", Query::MailExchanger) => {
            &["python.org\tmail exchanger = 50 mail.python.example."]
        }
        _ => &[],
    };
    // A real look-up takes its time, too, and the lesson is about waiting for it.
    std::thread::sleep(LOOK_UP);
    writeln!(output, "Server:\t\tstand-in (example data, no network)\n")?;
    for line in lines {
        writeln!(output, "{line}")?;
    }
    if lines.is_empty() {
        writeln!(output, "** the stand-in knows no answer for {host}")?;
    }
    writeln!(output)?;
    output.flush()?;
    Ok(!lines.is_empty())
}

#[cfg(test)]
mod tests {
    use super::main;

    fn check(arguments: &[&str], input: &str, code: u8, says: &str) {
        let arguments: Vec<_> = arguments.iter().map(|&arg| arg.to_owned()).collect();
        let mut output = Vec::new();
        assert_eq!(main(&arguments, input.as_bytes(), &mut output), code);
        let output = String::from_utf8(output).unwrap();
        assert!(output.contains(says), "{output}");
    }

    #[test]
    fn two_questions_have_answers() {
        check(&["www.python.org"], "", 0, "192.0.2.223");
        check(&[], "set q=mx\npython.org\nexit\n", 0, "mail exchanger");
    }

    #[test]
    fn anything_else_ends_with_1() {
        check(&["example.org"], "", 1, "no answer for example.org");
        check(&[], "python.org\n", 1, "no answer for python.org");
        check(&["a", "b"], "", 1, "");
    }
}
