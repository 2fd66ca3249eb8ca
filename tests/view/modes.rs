//! One view in every mode: each theme in each depth of colour, and each set of characters. It holds
//! all that has a look of its own: bands, bars, chips, a selection, the cursor and what came later.

use crate::look::{Look, POOL, told};
use mpviz::view::{Charset, Depth, Scheme, Theme};
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};
use std::collections::BTreeSet;

const SIZE: (u16, u16) = (80, 24);

/// A pool, frozen in its middle, with a worker selected.
const VIEW: Look = Look {
    frozen: Some(1250.0),
    ..POOL
};

const DEPTHS: [(&str, Depth); 4] = [
    ("true", Depth::TrueColor),
    ("256", Depth::Indexed),
    ("16", Depth::Sixteen),
    ("none", Depth::None),
];

fn view(name: &str, depth: Depth, charset: Charset) -> Buffer {
    let scheme = Scheme::brought(name).expect("mpviz brings it");
    VIEW.with(SIZE, &Theme::of(scheme, depth, charset).with_paper())
}

/// Returns the characters of a screen.
fn rows(buffer: &Buffer) -> Vec<String> {
    let width = usize::from(buffer.area.width);
    let rows = buffer.content().chunks(width);
    rows.map(|row| row.iter().map(|cell| cell.symbol()).collect())
        .collect()
}

#[test]
fn every_theme_in_every_depth() {
    for name in Scheme::BROUGHT {
        for (word, depth) in DEPTHS {
            // Without colour there is one look for every ground.
            if depth == Depth::None && name != "dark" {
                continue;
            }
            let view = view(name, depth, Charset::Unicode);
            insta::assert_snapshot!(format!("mode-{name}-{word}"), told(&view));
        }
    }
}

#[test]
fn every_set_of_characters() {
    for (word, charset) in [("narrow", Charset::Narrow), ("ascii", Charset::Ascii)] {
        for (colour, depth) in [("true", Depth::TrueColor), ("none", Depth::None)] {
            let view = view("dark", depth, charset);
            insta::assert_snapshot!(format!("mode-{word}-{colour}"), told(&view));
        }
    }
}

/// Depth by depth a look of its own: no colours but those that the depth has, and all that stands in
/// colours alone elsewhere stands in bold, dim or reverse where there are none.
#[test]
fn a_depth_has_its_own_colours_alone() {
    for name in Scheme::BROUGHT {
        for (word, depth) in DEPTHS {
            let view = view(name, depth, Charset::Unicode);
            let mut colours = BTreeSet::new();
            let mut attributes = Modifier::empty();
            for cell in view.content() {
                attributes |= cell.modifier;
                for colour in [cell.fg, cell.bg] {
                    let is_own = match (depth, colour) {
                        (_, Color::Reset) => true,
                        (Depth::TrueColor, colour) => matches!(colour, Color::Rgb(..)),
                        (Depth::Indexed, colour) => matches!(colour, Color::Indexed(16..)),
                        (Depth::Sixteen, colour) => {
                            !matches!(colour, Color::Rgb(..) | Color::Indexed(_))
                        }
                        (Depth::None, _) => false,
                    };
                    assert!(is_own, "{name} {word}: {colour}");
                    colours.insert(colour.to_string());
                }
            }
            // The terminal's own is one of them; in high contrast it is the only one until something
            // calls.
            let least = match depth {
                Depth::TrueColor | Depth::Indexed => 10,
                Depth::Sixteen if name.starts_with("high-contrast") => 1,
                Depth::Sixteen => 5,
                Depth::None => 1,
            };
            assert!(colours.len() >= least, "{name} {word}: {colours:?}");
            if depth == Depth::None {
                let all = [Modifier::BOLD, Modifier::DIM, Modifier::REVERSED];
                let missing = all.into_iter().find(|&one| !attributes.contains(one));
                assert_eq!(missing, None, "{name}");
            }
        }
    }
}

/// Returns which cells look alike, without what they look like.
fn pattern(buffer: &Buffer) -> Vec<usize> {
    let mut styles = Vec::new();
    let cells = buffer.content().iter().map(|cell| {
        let style = cell.style();
        let known = styles.iter().position(|&known| known == style);
        known.unwrap_or_else(|| {
            styles.push(style);
            styles.len() - 1
        })
    });
    cells.collect()
}

#[test]
fn modes_differ_where_they_must() {
    // By ground and contrast: whoever changes the theme sees another one.
    for (word, depth) in &DEPTHS[..2] {
        for (at, a) in Scheme::BROUGHT.iter().enumerate() {
            for b in &Scheme::BROUGHT[at + 1..] {
                let both = [a, b].map(|name| view(name, *depth, Charset::Unicode));
                assert_ne!(told(&both[0]), told(&both[1]), "{a} and {b} in {word}");
            }
        }
    }
    // Of sixteen, light and dark have the same but for the green of who runs, as in a fork.
    let fork = Look {
        play: Some("fork"),
        ..Look::default()
    };
    let sixteen = |name| {
        let scheme = Scheme::brought(name).expect("mpviz brings it");
        let theme = Theme::of(scheme, Depth::Sixteen, Charset::Unicode);
        told(&fork.with(SIZE, &theme))
    };
    assert_ne!(sixteen("dark"), sixteen("light"));
    assert_ne!(sixteen("dark"), sixteen("high-contrast-dark"));
    // Few colours are no picture of many: what is parted by a shade there is parted otherwise.
    for name in Scheme::BROUGHT {
        let many = pattern(&view(name, Depth::TrueColor, Charset::Unicode));
        for depth in [Depth::Sixteen, Depth::None] {
            let few = pattern(&view(name, depth, Charset::Unicode));
            assert_ne!(many, few, "{name} {depth:?}");
        }
    }
    let charsets = [Charset::Unicode, Charset::Narrow, Charset::Ascii];
    let signs = charsets.map(|charset| rows(&view("dark", Depth::TrueColor, charset)));
    let different: BTreeSet<_> = signs.iter().collect();
    assert_eq!(different.len(), charsets.len());
}

/// The characters are the same at every depth, but for the sign of what is selected and the edges of
/// chips.
#[test]
fn no_fact_is_told_by_colour_alone() {
    let all = rows(&view("dark", Depth::TrueColor, Charset::Unicode));
    for name in Scheme::BROUGHT {
        for (word, depth) in DEPTHS {
            let found = rows(&view(name, depth, Charset::Unicode));
            assert_eq!(found, all, "{name} {word}");
        }
    }
}

/// A ground that is not painted is the terminal's own: nothing depends on it but the blank cells.
#[test]
fn paper_is_painted_or_is_the_terminals() {
    for name in Scheme::BROUGHT {
        let scheme = Scheme::brought(name).expect("mpviz brings it");
        for (word, depth) in &DEPTHS[..2] {
            let theme = Theme::of(scheme, *depth, Charset::Unicode);
            let bare = VIEW.with(SIZE, &theme);
            let painted = VIEW.with(SIZE, &theme.with_paper());
            assert_eq!(rows(&bare), rows(&painted), "{name} {word}");
            let is_own = |cell: &&ratatui::buffer::Cell| cell.bg == Color::Reset;
            assert!(bare.content().iter().any(|cell| is_own(&cell)));
            assert_eq!(painted.content().iter().find(is_own), None, "{name} {word}");
        }
    }
}
