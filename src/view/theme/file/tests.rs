//! What a file says, and what is said of one that is wrong.

use super::*;
use crate::view::theme::{Charset, Ground, Mark, Role, Theme};

fn parsed(text: &str) -> Scheme {
    Scheme::parse("own", text).unwrap_or_else(|fault| panic!("{fault}"))
}

fn style(scheme: &Scheme, depth: Depth, role: Role) -> Style {
    Theme::of(scheme, depth, Charset::Unicode).style(role)
}

#[test]
fn what_mpviz_brings_can_be_read_and_says_everything() {
    for name in Scheme::BROUGHT {
        let scheme = Scheme::brought(name).unwrap();
        assert_eq!(scheme.name(), name);
        assert_eq!(scheme.ground() == Ground::Light, name.ends_with("light"));
        assert_ne!(*scheme, Scheme::bare());
    }
    // The first inherits from nobody: it has every part in every table.
    let text = include_str!("../../../../assets/themes/dark.toml");
    for entry in written::read(text).unwrap() {
        let DeValue::Table(table) = entry.value else {
            panic!("{} is no table", entry.key);
        };
        for part in Part::all() {
            assert!(
                table.contains_key(part.word()),
                "{}: {}",
                entry.key,
                part.word()
            );
        }
    }
    assert!(Scheme::brought("darker").is_none());
}

#[test]
fn what_a_file_does_not_say_is_inherited() {
    let light = Scheme::brought("light").unwrap();
    let own = parsed("inherits = \"light\"\n[true]\ndim = \"#123456\"\n");
    assert_eq!(own.name(), "own");
    assert_eq!(own.ground(), Ground::Light);
    let expected = Style::new().fg(Color::Rgb(0x12, 0x34, 0x56));
    assert_eq!(style(&own, Depth::TrueColor, Role::Dim), expected);
    // The nearest of 256; the sixteen are inherited.
    let expected = Style::new().fg(Color::Indexed(23));
    assert_eq!(style(&own, Depth::Indexed, Role::Dim), expected);
    for depth in [Depth::Sixteen, Depth::None] {
        assert_eq!(own.sets[depth as usize], light.sets[depth as usize]);
    }
    assert_eq!(
        style(&own, Depth::TrueColor, Role::Text),
        style(light, Depth::TrueColor, Role::Text)
    );
    assert_eq!(parsed("").sets, Scheme::brought("dark").unwrap().sets);
}

#[test]
fn a_look_is_colours_and_attributes() {
    let own = parsed(
        "[256]\nchip = \"bold 16 on 215 underline\"\n\
         [true]\nchip = \"#102030 on white bold\"\nrunning = \"42\"\n\
         [16]\nchip = \"reverse bright-red\"\nselection = \"on default\"\n\
         [none]\nlit = \"bold reverse\"\nalarm = \"\"\n",
    );
    let bold = Style::new().add_modifier(Modifier::BOLD);
    let rgb = Color::Rgb(0x10, 0x20, 0x30);
    let chip = |depth| style(&own, depth, Role::Chip);
    assert_eq!(chip(Depth::TrueColor), bold.fg(rgb).bg(Color::Gray));
    // Said above the table that it would follow from.
    let indexed = bold.add_modifier(Modifier::UNDERLINED);
    let indexed = indexed.fg(Color::Indexed(16)).bg(Color::Indexed(215));
    assert_eq!(chip(Depth::Indexed), indexed);
    let reversed = Style::new()
        .fg(Color::LightRed)
        .add_modifier(Modifier::REVERSED);
    assert_eq!(chip(Depth::Sixteen), reversed);
    assert_eq!(style(&own, Depth::None, Role::Alarm), Style::new());
    let running = Theme::of(&own, Depth::Indexed, Charset::Unicode).mark(Mark::Running);
    assert_eq!(running.fg, Some(Color::Indexed(42)));
}

#[track_caller]
fn check(text: &str, told: &str, hint: Option<&str>) {
    let fault = Scheme::parse("own", text).unwrap_err();
    assert_eq!(fault.to_string(), told);
    // Of several that are near, the nearest.
    let told = fault.hint.as_deref();
    assert_eq!(told.is_some(), hint.is_some(), "{told:?}");
    assert!(
        told.unwrap_or("").starts_with(hint.unwrap_or("")),
        "{told:?}"
    );
}

#[test]
fn what_can_not_be_so_is_told_with_its_line_and_what_would_be() {
    let rgb = Some("a colour is `#RRGGBB`, by its parts of red, green and blue");
    let look = Some("a look is a colour, `on` and a colour for its ground, and attributes");
    let few = Some("a colour is such as `red`, `bright-red` or `default`");
    check(
        "\n[true]\nruning = \"#102030\"",
        "line 3: there is no part of a theme `runing`",
        Some("near to it: `running`"),
    );
    check(
        "[16]\n\n[true]\ntext = 3",
        "line 4: `text` is an integer, and must be a look such as \"#102030 on #FFFFFF bold\"",
        None,
    );
    for (text, what) in [
        (
            "[true]\ntext = \"#12345\"",
            "line 2: `#12345` is no colour of `[true]`",
        ),
        (
            "[true]\ntext = \"#+12345\"",
            "line 2: `#+12345` is no colour of `[true]`",
        ),
        (
            "[true]\ntext = \"gren\"",
            "line 2: `gren` is no colour of `[true]`",
        ),
        (
            "[true]\ntext = \"256\"",
            "line 2: `256` is no colour of `[true]`",
        ),
    ] {
        check(text, what, rgb);
    }
    check(
        "[256]\ntext = \"#123456\"",
        "line 2: `#123456` is no colour of `[256]`",
        Some("a colour is a number from 0 to 255"),
    );
    check(
        "[16]\ntext = \"17\"",
        "line 2: `17` is no colour of `[16]`",
        few,
    );
    check(
        "[16]\ntext = \"bright-gren\"",
        "line 2: `bright-gren` is no colour of `[16]`",
        Some("near to it: `bright-green`"),
    );
    check(
        "[none]\ntext = \"red\"",
        "line 2: `red` is no colour of `[none]`",
        Some("there are `bold`, `dim`, `underline`, `reverse`"),
    );
    check(
        "[true]\ntext = \"#102030 #405060\"",
        "line 2: `#405060` is a second colour",
        look,
    );
    check(
        "[true]\nstrip = \"#102030 on\"",
        "line 2: a colour must follow `on`",
        None,
    );
    check(
        "[true]\nrunning = \"#102030 on #405060\"",
        "line 2: `running` has a ground, and is drawn on others'",
        None,
    );
    check(
        "[128]\n",
        "line 1: there is no table `128`",
        Some("there are `inherits`, `true`"),
    );
    check(
        "# own\ninherits = \"drak\"",
        "line 2: mpviz brings no theme `drak`",
        Some("near to it: `dark`"),
    );
    check(
        "inherits = [\"dark\"]",
        "line 1: `inherits` is an array, and must be the name of a theme that mpviz brings",
        None,
    );
    check(
        "true = 3",
        "line 1: `true` is an integer, and must be a table",
        None,
    );
    check(
        "[true]\ntext = \"\"\ntext = \"\"",
        "line 3: `text` stands there twice",
        Some("one of the two lines must go"),
    );
    check("[true\n", "line 1: unclosed table, expected `]`", None);
}

/// The page that explains the format has every part, and none that there is not.
#[test]
fn the_page_of_themes_has_every_part() {
    let page = include_str!("../../../../docs/themes.md");
    let told: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with("| `"))
        .filter_map(|line| line.split('|').nth(1))
        .flat_map(|cell| cell.split(','))
        .map(|word| word.trim().trim_matches('`'))
        .collect();
    let parts: Vec<&str> = Part::all().map(Part::word).collect();
    for part in &parts {
        assert!(told.contains(part), "docs/themes.md lacks `{part}`");
    }
    for word in told {
        assert!(
            parts.contains(&word),
            "docs/themes.md has `{word}`, which is no part"
        );
    }
    for name in Scheme::BROUGHT {
        assert!(page.contains(&format!("`{name}`")), "{name}");
    }
}

/// The theme that the page shows is one, and says what the page says of it.
#[test]
fn the_theme_that_the_page_shows_can_be_read() {
    let page = include_str!("../../../../docs/themes.md");
    let lines: Vec<&str> = page
        .lines()
        .skip_while(|line| !line.starts_with("    inherits"))
        .take_while(|line| line.is_empty() || line.starts_with("    "))
        .map(|line| line.strip_prefix("    ").unwrap_or(line))
        .collect();
    let scheme = parsed(&lines.join("\n"));
    assert_eq!(scheme.ground(), Ground::Light);
    let theme = |scheme, depth| Theme::of(scheme, depth, Charset::Unicode);
    let paper = theme(&scheme, Depth::TrueColor).with_paper().paper();
    assert_eq!(paper.fg, Some(Color::Rgb(0x2B, 0x30, 0x36)));
    assert_eq!(paper.bg, Some(Color::Rgb(0xF5, 0xEF, 0xE0)));
    let chip = style(&scheme, Depth::TrueColor, Role::Chip);
    assert!(chip.add_modifier.contains(Modifier::BOLD));
    let running = |depth| theme(&scheme, depth).mark(Mark::Running).fg;
    assert_eq!(
        running(Depth::TrueColor),
        Some(Color::Rgb(0x33, 0x66, 0x00))
    );
    assert_eq!(running(Depth::Sixteen), Some(Color::LightGreen));
    // What is not said is inherited; of 256 colours it is the nearest of what is said of all.
    let light = Scheme::brought("light").unwrap();
    let dim = |scheme| style(scheme, Depth::TrueColor, Role::Dim);
    assert_eq!(dim(&scheme), dim(light));
    assert!(matches!(running(Depth::Indexed), Some(Color::Indexed(_))));
}
