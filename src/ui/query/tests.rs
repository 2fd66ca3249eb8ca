//! Queries, read and matched against rows that stand here as text.

use super::*;

/// A row: who, on, kind, task, sentence.
struct Row(
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

impl Facts for Row {
    fn who(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        test(self.0)
    }
    fn on(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        test(self.1)
    }
    fn kind(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        test(self.2)
    }
    fn task(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        test(self.3)
    }
    fn sentence(&self) -> &str {
        self.4
    }
}

const ROWS: [Row; 6] = [
    Row(
        "writer-1",
        "q",
        "MessagePut",
        "",
        "writer-1 puts url_1 into q",
    ),
    Row(
        "writer-10",
        "q",
        "MessagePut",
        "",
        "writer-10 puts url_10 into q",
    ),
    Row(
        "reader",
        "q",
        "Blocked",
        "",
        "reader blocked in get on q: empty",
    ),
    Row(
        "ForkPoolWorker-1",
        "inqueue",
        "TaskStarted",
        "3",
        "Worker-1 takes T3",
    ),
    Row(
        "ForkPoolWorker-2",
        "inqueue",
        "TaskStarted",
        "30",
        "Worker-2 takes T30",
    ),
    Row(
        "Zoë",
        "Q2",
        "Output",
        "",
        "Zoë Straße: 100% [done] a/b 汉字",
    ),
];

/// Checks which of [`ROWS`] a query finds, by their positions.
#[track_caller]
fn check(query: &str, expected: &str) {
    let found = match Query::parse(query) {
        Ok(Some(query)) => ROWS
            .iter()
            .enumerate()
            .filter(|(_, row)| query.finds(*row))
            .map(|(at, _)| at.to_string())
            .collect::<Vec<_>>()
            .join(" "),
        Ok(None) => "all".to_owned(),
        Err(error) => error.to_string(),
    };
    assert_eq!(found, expected, "{query:?}");
}

#[test]
fn words_are_looked_for_in_the_sentence() {
    check("", "all");
    check("  ", "all");
    check("puts", "0 1");
    check("PUTS q", "0 1");
    check("blocked puts", "");
    check("url_1", "0 1");
    check("\"get on\"", "2");
    check("\"get on", "2");
    check("\"\"", "all");
    check("zoË", "5");
    check("STRASSE", "");
    check("straße", "5");
    check("汉", "5");
    check("100%", "5");
    check("[done]", "5");
    check("http://x", "");
}

#[test]
fn a_dash_leaves_out() {
    check("-puts", "2 3 4 5");
    check("q -writer-1", "2");
    check("-", "0 1 3 4");
    check("-who:reader -kind:task", "0 1 5");
    check("-/./", "");
}

#[test]
fn fields_are_looked_for_where_they_stand() {
    check("who:writer", "0 1");
    check("who:writer-1", "0");
    check("WHO:Writer-1", "0");
    check("who:worker-1", "3");
    check("who:1", "0 3");
    check("who:\"zoë\"", "5");
    check("on:q", "0 1 2 3 4 5");
    check("on:q -on:inqueue", "0 1 2 5");
    check("kind:put", "0 1");
    check("kind:put kind:block", "");
    check("task:3", "3");
    check("task:T30", "4");
    check("who:reader get", "2");
    // What is no field is a word.
    check("wo:reader", "");
    check("empty on:q", "2");
}

#[test]
fn patterns_are_regular_expressions() {
    check("/T3\\b/", "3");
    check("/t3\\b/ takes", "3");
    check("/takes T.$", "3");
    check("re:puts url_1 into", "0");
    check("re:(reader|worker)", "2 3 4");
    check("/a\\/b/", "5");
    check("/", "all");
    check("//", "all");
    check("/[[:digit:]]{2} into/", "1");
}

#[test]
fn what_is_no_query_says_why() {
    check("/[a/", "no pattern: `[` without `]`");
    check("re:(", "no pattern: `(` without `)`");
    check("puts /*/", "no pattern: nothing before `*`, `+` or `?`");
    check("who:", "`who:` of what? a name or pid, as in who:reader");
    check(
        "re: ",
        "`re:` of what? a regular expression, as in re:T[0-4]",
    );
    check("-on:", "`on:` of what? a queue, pipe or lock, as in on:q");
    check("task:x", "`task:` wants a number, as in task:3");
    check("/(?:a{1000}){1000}/", "the pattern is too large");
}

#[test]
fn strangers_text_is_only_text() {
    let long = "x".repeat(10_000);
    check(&long, "");
    check(&format!("/{long}/"), "");
    check("\u{202e}\x1b[2J\0", "");
    check("e\u{301}", "");
    check("-\u{200b}", "0 1 2 3 4 5");
    check("who:\u{7}", "");
}
