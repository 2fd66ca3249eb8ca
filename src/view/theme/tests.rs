//! Whether every theme can be read, and its states be told apart, by everybody and at every depth of colour.

use super::sight::Sight;
use super::*;
use std::collections::BTreeSet;

const DEPTHS: [Depth; 4] = [
    Depth::TrueColor,
    Depth::Indexed,
    Depth::Sixteen,
    Depth::None,
];

/// The themes whose colours are known: those of all colours and of 256.
fn themes() -> impl Iterator<Item = (String, Theme)> {
    Scheme::BROUGHT.into_iter().flat_map(|name| {
        let scheme = Scheme::brought(name).unwrap();
        [Depth::TrueColor, Depth::Indexed].map(|depth| {
            let theme = Theme::of(scheme, depth, Charset::Unicode).with_paper();
            (format!("{name} {depth:?}"), theme)
        })
    })
}

fn ink(style: Style) -> Option<u32> {
    style
        .fg
        .map(|fg| rgb_of(fg).expect("a colour that is known"))
}

fn ground(style: Style) -> Option<u32> {
    style
        .bg
        .map(|bg| rgb_of(bg).expect("a colour that is known"))
}

/// The roles that are words wherever they stand, on any of the quiet grounds.
const WORDS_ANYWHERE: [Role; 8] = [
    Role::Text,
    Role::Strong,
    Role::Dim,
    Role::Keyword,
    Role::Literal,
    Role::Comment,
    Role::Finding,
    Role::Lit,
];

/// The roles that have a ground of their own and words on it.
const WORDS_ON_GROUNDS: [Role; 11] = [
    Role::Band,
    Role::BandText,
    Role::Chip,
    Role::ChipSelected,
    Role::Vessel,
    Role::VesselFill,
    Role::Strip,
    Role::Cursor,
    Role::Raised,
    Role::Caption,
    Role::Title,
];

/// The roles that are no words: rules, edges, textures, grounds.
const NO_WORDS: [Role; 5] = [
    Role::Faint,
    Role::BandDots,
    Role::BandEdge,
    Role::Selection,
    Role::CaptionEdge,
];

#[track_caller]
fn stands_out(who: &str, what: &str, ink: u32, ground: u32, least: f64) {
    let found = contrast(ink, ground);
    assert!(
        found >= least,
        "{who}: {what} {ink:06X} on {ground:06X} is {found:.2}, and must be {least}"
    );
}

fn least(name: &str, usual: f64, high: f64) -> f64 {
    if name.starts_with("high-contrast") {
        high
    } else {
        usual
    }
}

#[test]
fn words_stand_out_from_their_ground() {
    for (name, theme) in themes() {
        let paper = ground(theme.paper()).unwrap();
        let quiet = [Role::Selection, Role::Strip].map(|role| ground(theme.style(role)).unwrap());
        let words = least(&name, WORDS, 7.0);
        for role in WORDS_ANYWHERE {
            let style = theme.style(role);
            assert_eq!(style.bg, None, "{name} {role:?}");
            stands_out(&name, role.word(), ink(style).unwrap(), paper, words);
            for ground in quiet {
                stands_out(&name, role.word(), ink(style).unwrap(), ground, WORDS);
            }
        }
        // Said on the plain ground alone.
        let alarm = ink(theme.style(Role::Alarm)).unwrap();
        stands_out(&name, "alarm", alarm, paper, words);
        stands_out(&name, "paper", ink(theme.paper()).unwrap(), paper, words);
        for role in WORDS_ON_GROUNDS.into_iter().chain([Role::KeyCap]) {
            let style = theme.style(role);
            let (ink, ground) = (ink(style).unwrap(), ground(style).unwrap());
            stands_out(&name, role.word(), ink, ground, WORDS);
        }
    }
}

#[test]
fn every_role_is_words_or_is_none() {
    for &role in Role::ALL {
        let lists = [
            WORDS_ANYWHERE.contains(&role),
            WORDS_ON_GROUNDS.contains(&role),
            NO_WORDS.contains(&role),
            matches!(role, Role::Alarm | Role::KeyCap),
        ];
        let found = lists.iter().filter(|&&is_in| is_in).count();
        assert_eq!(found, 1, "{role:?}");
    }
}

#[test]
fn bars_stand_out_from_every_ground_that_they_are_drawn_on() {
    for (name, theme) in themes() {
        let paper = ground(theme.paper()).unwrap();
        let bars = least(&name, BARS, 4.5);
        for &mark in Mark::ALL {
            let word = mark.look().word;
            let ink = ink(theme.mark(mark)).unwrap();
            stands_out(&name, word, ink, paper, bars);
            for role in [Role::Selection, Role::Strip, Role::Band] {
                let ground = ground(theme.style(role)).unwrap();
                stands_out(&name, word, ink, ground, BARS);
            }
        }
        for role in [Role::BandDots, Role::CaptionEdge] {
            let style = theme.style(role);
            let (ink, ground) = (ink(style).unwrap(), ground(style).unwrap());
            stands_out(&name, role.word(), ink, ground, BARS);
        }
        let dots = ink(theme.style(Role::BandDots)).unwrap();
        stands_out(&name, "band-dots", dots, paper, BARS);
        let edge = ink(theme.style(Role::BandEdge));
        assert_eq!(
            edge,
            ground(theme.style(Role::Band)),
            "{name}: the edge is the ground"
        );
    }
}

#[test]
fn what_came_later_is_weaker_and_still_seen() {
    for (name, theme) in themes() {
        let paper = ground(theme.paper()).unwrap();
        for &mark in Mark::ALL {
            let style = theme.mark(mark);
            let (full, half) = (ink(style).unwrap(), ink(theme.half(style)).unwrap());
            stands_out(&name, mark.look().word, half, paper, BARS);
            assert!(
                contrast(half, paper) <= contrast(full, paper),
                "{name} {mark:?}"
            );
        }
    }
    let half = Theme::default().half(Style::new().fg(Color::Rgb(0xFF, 0xFF, 0xFF)));
    assert_eq!(half.fg, Some(Color::Rgb(0x8B, 0x8C, 0x8E)));
}

#[test]
fn different_states_are_different_to_everybody() {
    for (name, theme) in themes() {
        let colours: BTreeSet<u32> = Mark::ALL
            .iter()
            .map(|&mark| ink(theme.mark(mark)).unwrap())
            .collect();
        assert!(colours.len() >= 7, "{name}");
        for &a in &colours {
            for &b in colours.range(a + 1..) {
                for sight in Sight::ALL {
                    let found = sight.difference(a, b);
                    assert!(
                        found >= 10.0,
                        "{name} {sight:?}: {a:06X} {b:06X} is {found:.1}"
                    );
                }
            }
        }
    }
}

/// Which marks share a colour, in every theme: kinds of one thing. No other two do.
const FAMILIES: [&[Mark]; 7] = [
    &[Mark::Running, Mark::Runnable],
    &[Mark::Put, Mark::Killed, Mark::LockLost],
    &[Mark::Get, Mark::Lock],
    &[Mark::Join],
    &[Mark::Asleep, Mark::Stopped, Mark::Exited, Mark::LockFree],
    &[Mark::Zombie],
    &[Mark::Message, Mark::Result],
];

#[test]
fn only_kinds_of_one_thing_share_a_colour() {
    let family = |mark| FAMILIES.iter().position(|family| family.contains(&mark));
    let none: Vec<_> = Mark::ALL.iter().filter(|&&m| family(m).is_none()).collect();
    assert_eq!(none, [&Mark::LockHeld], "it stands out from all");
    for (name, theme) in themes() {
        for (at, &a) in Mark::ALL.iter().enumerate() {
            for &b in &Mark::ALL[at + 1..] {
                let both = [a, b].map(|mark| ink(theme.mark(mark)).unwrap());
                let is_one = family(a).is_some() && family(a) == family(b);
                assert_eq!(both[0] == both[1], is_one, "{name}: {a:?}, {b:?}");
            }
        }
    }
}

#[test]
fn a_state_is_never_told_by_its_colour_alone() {
    let states = [
        Mark::Running,
        Mark::Runnable,
        Mark::Put,
        Mark::Get,
        Mark::Lock,
        Mark::Join,
        Mark::Asleep,
        Mark::Stopped,
        Mark::Zombie,
        Mark::Exited,
        Mark::Killed,
    ];
    let locks = [Mark::LockFree, Mark::LockHeld, Mark::LockLost];
    let travellers = [Mark::Message, Mark::Result];
    for charset in [Charset::Unicode, Charset::Narrow, Charset::Ascii] {
        let theme = Theme::new(Ground::Dark, Depth::None, charset);
        for kind in [&states[..], &locks, &travellers] {
            let glyphs: BTreeSet<_> = kind.iter().map(|&mark| theme.glyph(mark)).collect();
            assert_eq!(glyphs.len(), kind.len(), "{charset:?} {glyphs:?}");
            let lives: BTreeSet<_> = kind.iter().map(|&mark| theme.life(mark)).collect();
            assert_eq!(lives.len(), kind.len(), "{charset:?} {lives:?}");
        }
        let all = states.len() + locks.len() + travellers.len();
        assert_eq!(all, Mark::ALL.len());
    }
}

/// Schemes of sixteen as terminals bring them, with the grounds that they are used on: the sixteen
/// from black to bright white.
const SIXTEEN: [(&str, &str, &[u32]); 6] = [
    (
        "xterm",
        "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 \
         7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff",
        &[0x000000, 0xFFFFFF],
    ),
    (
        "Linux console",
        "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa \
         555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff",
        &[0x000000],
    ),
    (
        "GNOME",
        "171421 c01c28 26a269 a2734c 12488b a347ba 2aa1b3 d0cfcc \
         5e5c64 f66151 33da7a e9ad0c 2a7bde c061cb 33c7de ffffff",
        &[0x171421, 0xFFFFFF],
    ),
    (
        "Windows Terminal",
        "0c0c0c c50f1f 13a10e c19c00 0037da 881798 3a96dd cccccc \
         767676 e74856 16c60c f9f1a5 3b78ff b4009e 61d6d6 f2f2f2",
        &[0x0C0C0C],
    ),
    (
        "VS Code, dark",
        "000000 cd3131 0dbc79 e5e510 2472c8 bc3fbc 11a8cd e5e5e5 \
         666666 f14c4c 23d18b f5f543 3b8eea d670d6 29b8db e5e5e5",
        &[0x1E1E1E],
    ),
    (
        "VS Code, light",
        "000000 cd3131 107c10 949800 0451a5 bc05bc 0598bc 555555 \
         666666 cd3131 14ce14 b5ba00 0451a5 bc05bc 0598bc a5a5a5",
        &[0xFFFFFF],
    ),
];

/// Returns a colour of the sixteen, by a palette.
fn sixteen(colours: &str, colour: Color, own: u32) -> u32 {
    let order = [
        Color::Black,
        Color::Red,
        Color::Green,
        Color::Yellow,
        Color::Blue,
        Color::Magenta,
        Color::Cyan,
        Color::Gray,
        Color::DarkGray,
        Color::LightRed,
        Color::LightGreen,
        Color::LightYellow,
        Color::LightBlue,
        Color::LightMagenta,
        Color::LightCyan,
        Color::White,
    ];
    let Some(at) = order.iter().position(|&known| known == colour) else {
        assert_eq!(colour, Color::Reset);
        return own;
    };
    let hex = colours.split_whitespace().nth(at).unwrap();
    u32::from_str_radix(hex, 16).unwrap()
}

#[test]
fn of_the_users_sixteen_only_those_are_used_that_are_seen_on_both_grounds() {
    for name in Scheme::BROUGHT {
        let scheme = Scheme::brought(name).unwrap();
        let theme = Theme::of(scheme, Depth::Sixteen, Charset::Unicode);
        assert_eq!(theme.clone().with_paper().paper(), Style::new(), "{name}");
        for (whose, colours, grounds) in SIXTEEN {
            for &paper in grounds {
                // Which theme a terminal gets goes by its ground; where that is not known, it is the
                // dark one.
                if scheme.ground() == Ground::Light && Ground::of_colour(paper) == Ground::Dark {
                    continue;
                }
                // Green alone is too light on xterm's white, whose ground is known.
                let is_exempt = |colour| {
                    colour == Color::Green
                        && scheme.ground() == Ground::Dark
                        && Ground::of_colour(paper) == Ground::Light
                };
                let who = format!("{name}, {whose} on {paper:06X}");
                for &mark in Mark::ALL {
                    let fg = theme.mark(mark).fg.unwrap();
                    if fg != Color::Reset && !is_exempt(fg) {
                        let ink = sixteen(colours, fg, paper);
                        stands_out(&who, mark.look().word, ink, paper, BARS);
                    }
                }
                for &role in Role::ALL {
                    let style = theme.style(role);
                    let is_quiet = matches!(role, Role::BandEdge);
                    match (style.fg, style.bg) {
                        (Some(Color::Reset) | None, None) => {}
                        (Some(_), None) if is_quiet => {}
                        (Some(fg), None) => {
                            let ink = sixteen(colours, fg, paper);
                            stands_out(&who, role.word(), ink, paper, BARS);
                        }
                        (Some(fg), Some(bg)) => {
                            let both = [fg, bg].map(|one| sixteen(colours, one, paper));
                            stands_out(&who, role.word(), both[0], both[1], 4.0);
                        }
                        (None, Some(bg)) => panic!("{who}: {role:?} is on {bg}"),
                    }
                }
            }
        }
    }
}

/// What the sixteen are is the user's choice, so how they differ can be held to for the usual ones
/// alone, and to those who see all colours: glyphs and words tell the rest.
#[test]
fn of_the_usual_sixteen_different_states_are_different() {
    for name in Scheme::BROUGHT {
        let scheme = Scheme::brought(name).unwrap();
        let theme = Theme::of(scheme, Depth::Sixteen, Charset::Unicode);
        for (whose, colours, grounds) in SIXTEEN {
            for &paper in grounds {
                let own = match Ground::of_colour(paper) {
                    Ground::Dark => 0xE5E5E5,
                    Ground::Light => 0x000000,
                };
                let seen = |mark: &Mark| sixteen(colours, theme.mark(*mark).fg.unwrap(), own);
                let inks: BTreeSet<u32> = Mark::ALL.iter().map(seen).collect();
                for &a in &inks {
                    for &b in inks.range(a + 1..) {
                        let found = Sight::Usual.difference(a, b);
                        assert!(
                            found >= 10.0,
                            "{name}, {whose} on {paper:06X}: {a:06X} {b:06X} is {found:.1}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn every_mark_has_a_look_in_every_theme() {
    for name in Scheme::BROUGHT {
        for depth in DEPTHS {
            let theme = Theme::of(Scheme::brought(name).unwrap(), depth, Charset::Ascii);
            for &mark in Mark::ALL {
                assert_eq!(theme.mark(mark).fg.is_some(), depth != Depth::None);
                assert!(theme.glyph(mark).is_ascii(), "{mark:?}");
                assert_eq!(theme.mark(mark).bg, None, "a mark has no ground of its own");
            }
        }
    }
}

#[test]
fn source_is_nearly_grey() {
    for name in ["dark", "light"] {
        let theme = Theme::of(
            Scheme::brought(name).unwrap(),
            Depth::TrueColor,
            Charset::Unicode,
        );
        for role in [Role::Dim, Role::Keyword, Role::Literal, Role::Comment] {
            let Some(Color::Rgb(r, g, b)) = theme.style(role).fg else {
                panic!("no true colour");
            };
            let span = r.max(g).max(b) - r.min(g).min(b);
            assert!(span < 64, "{name} {role:?} is coloured like a state");
        }
    }
}

#[test]
fn without_colour_nothing_has_a_colour() {
    for name in Scheme::BROUGHT {
        let theme = Theme::of(
            Scheme::brought(name).unwrap(),
            Depth::None,
            Charset::Unicode,
        );
        for style in theme.roles.iter().chain(&theme.marks) {
            assert_eq!((style.fg, style.bg), (None, None));
        }
    }
}

#[test]
fn a_terminals_own_ground_stays_where_words_can_be_read_on_it() {
    let theme = |name| {
        let scheme = Scheme::brought(name).unwrap();
        Theme::of(scheme, Depth::TrueColor, Charset::Unicode)
    };
    // Black, and the grounds of Solarized, Dracula, Gruvbox and One Dark.
    for ground in [0x000000, 0x002B36, 0x282A36, 0x282828, 0x282C34] {
        assert_eq!(Ground::of_colour(ground), Ground::Dark);
        assert!(theme("dark").is_read_on(ground), "{ground:06X}");
    }
    for ground in [0xFFFFFF, 0xFDF6E3, 0xFAFAFA] {
        assert_eq!(Ground::of_colour(ground), Ground::Light);
        assert!(theme("light").is_read_on(ground), "{ground:06X}");
    }
    for ground in [0x300A24, 0x808080, 0x4040A0, 0xFFFFFF] {
        let is_readable = theme("dark").is_read_on(ground);
        assert_eq!(is_readable, ground == 0x300A24, "{ground:06X}");
    }
}
