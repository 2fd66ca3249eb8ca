//! What bytes mean, in one piece and in any pieces.

use super::*;
use proptest::prelude::*;

/// Returns what bytes mean, each slice with all that can be told of it before the next.
fn tokens(slices: &[&[u8]]) -> Vec<Token> {
    let mut parser = Parser::default();
    let mut tokens = Vec::new();
    for slice in slices {
        parser.feed(slice);
        tokens.extend(std::iter::from_fn(|| parser.next(false)));
    }
    tokens.extend(std::iter::from_fn(|| parser.next(true)));
    assert_eq!(parser.is_within(), None, "{slices:?}");
    tokens
}

/// Returns a token as a word.
fn word(token: &Token) -> String {
    let held = |modifiers: KeyModifiers| {
        let names = [
            (KeyModifiers::CONTROL, "C-"),
            (KeyModifiers::ALT, "A-"),
            (KeyModifiers::SHIFT, "S-"),
        ];
        let held = names.iter().filter(|(one, _)| modifiers.contains(*one));
        held.map(|(_, name)| *name).collect::<String>()
    };
    match token {
        Token::Answer => "answer".into(),
        Token::Said(answer) => format!("{answer:?}"),
        Token::Event(Event::Key(key)) => {
            let code = match key.code {
                KeyCode::Char(c) => c.to_string(),
                code => format!("{code:?}"),
            };
            format!("{}{code}", held(key.modifiers))
        }
        Token::Event(Event::Mouse(mouse)) => format!(
            "{}{:?}@{},{}",
            held(mouse.modifiers),
            mouse.kind,
            mouse.column,
            mouse.row
        ),
        Token::Event(Event::Paste(text)) => format!("paste:{text}"),
        Token::Event(event) => format!("{event:?}"),
    }
}

#[track_caller]
fn check(bytes: &[u8], expected: &str) {
    let words: Vec<_> = tokens(&[bytes]).iter().map(word).collect();
    assert_eq!(words.join(" "), expected, "{}", bytes.escape_ascii());
}

#[test]
fn keys() {
    check(b"q?\r\t\x7f", "q ? Enter Tab Backspace");
    check(b"\x03\x1a\0", "C-c C-z C- ");
    check("é☃".as_bytes(), "é ☃");
    check(b"\x1b", "Esc");
    check(b"\x1b\x1b[A", "Esc Up");
    check(b"\x1bq", "A-q");
    check(
        b"\x1b[A\x1b[B\x1bOC\x1bOD\x1b[H\x1bOF",
        "Up Down Right Left Home End",
    );
    check(b"\x1b[5~\x1b[6~\x1b[1~\x1b[8~", "PageUp PageDown Home End");
    check(b"\x1b[1;5C\x1b[1;2B\x1b[Z", "C-Right S-Down BackTab");
    check(b"\x1bOP\x1b[[B\x1b[15~\x1b[24~", "F(1) F(2) F(5) F(12)");
    check(b"\x1bOj\x1bOk\x1bOq\x1bOy", "* + 1 9");
    check(b"\x1b[113;5u\x1b[27u", "C-q Esc");
}

#[test]
fn answers_are_none_of_the_keys() {
    check(b"a\x1b[0nb", "a answer b");
    // What a terminal says of itself, its modes, its cursor, its colours and its name.
    check(b"a\x1b[?62;4cb\x1b[?2026;2$yc\x1b[24;80Rd", "a Last b c d");
    check(
        b"a\x1b]11;rgb:0000/0000/0000\x1b\\b\x1b]10;?\x07c",
        "a Ground(0) b c",
    );
    check(
        b"a\x1b]11;rgb:0/0/f\x07b\x1b]11;red\x07c",
        "a Ground(255) b c",
    );
    check(b"a\x1b[2;6Rb\x1b[1;6Rc", "a Column(6) b C-S-F(3) c");
    check(b"a\x1bP>|xterm(390)\x1b\\b", "a b");
}

#[test]
fn the_mouse() {
    check(b"\x1b[<0;5;3M\x1b[<0;5;3m", "Down(Left)@4,2 Up(Left)@4,2");
    check(b"\x1b[<64;1;1M\x1b[<65;1;1M", "ScrollUp@0,0 ScrollDown@0,0");
    check(
        b"\x1b[<32;300;200M\x1b[<35;1;1M",
        "Drag(Left)@299,199 Moved@0,0",
    );
    check(b"\x1b[<18;2;2M", "C-Down(Right)@1,1");
    check(b"\x1b[M !!\x1b[M#!!", "Down(Left)@0,0 Up(Left)@0,0");
    check(b"\x1b[<0;0;1M\x1b[<0;1M\x1b[<;;M\x1b[<0;99999;1Mq", "q");
}

#[test]
fn what_is_pasted_is_one_text() {
    check(b"\x1b[200~q\r\x1b[A\x1b[201~q", "paste:q\r\x1b[A q");
    check(b"\x1b[200~never ended", "paste:never ended");
    check(b"\x1b[201~q", "q");
    let mut much = b"\x1b[200~".to_vec();
    much.extend(std::iter::repeat_n(b'x', 3 * PASTE_MAX));
    much.extend_from_slice(b"\x1b[201~q");
    let slices: Vec<_> = much.chunks(4096).collect();
    let pasted = tokens(&slices);
    let [Token::Event(Event::Paste(text)), rest] = &pasted[..] else {
        panic!("{} tokens", pasted.len());
    };
    assert_eq!((text.len(), word(rest).as_str()), (PASTE_MAX, "q"));
}

#[test]
fn nonsense_ends() {
    check(b"\x1b[12\x1b[Aq", "Up q");
    check(b"\xff\xfe\x80q", "q");
    check(b"\xe2\x98", "");
    let endless = [b"\x1b[".as_slice(), &[b'1'; 200]].concat();
    // So much of it is waited for, the rest is typed.
    assert!(tokens(&[&endless]).len() < 200);
}

proptest! {
    #[test]
    fn any_bytes_in_any_pieces_mean_the_same_and_come_to_an_end(
        bytes in proptest::collection::vec(
            prop_oneof![
                4 => Just(b"\x1b[".to_vec()),
                1 => Just(b"\x1b[200~".to_vec()),
                1 => Just(b"\x1b[201~".to_vec()),
                1 => Just(b"\x1b[<0;1;1M".to_vec()),
                4 => proptest::collection::vec(any::<u8>(), 1..4),
                4 => proptest::collection::vec(b' '..b'\x7f', 1..4),
            ],
            0..20
        ),
        cuts in proptest::collection::vec(1usize..9, 1..20),
    ) {
        let bytes = bytes.concat();
        let whole = tokens(&[&bytes]);
        let (mut slices, mut rest) = (Vec::new(), &bytes[..]);
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (slice, behind) = rest.split_at((*cut).min(rest.len()));
            slices.push(slice);
            rest = behind;
        }
        prop_assert_eq!(tokens(&slices), whole);
    }
}
