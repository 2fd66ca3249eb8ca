//! The document around what is drawn: its size, title, colours and font.

use super::super::colour::{Rgb, of_paper};
use super::super::font::{BOLD, REGULAR, data_url};
use super::super::shot::{Paper, Told};
use super::look::Tint;
use super::pen::{Pen, class_name, css};
use super::{CELL, escaped};
use crate::event::Span;
use std::fmt::Write;

/// What is read where the font that is brought along is not.
const FONTS: &str = "\"JetBrains Mono\",\"DejaVu Sans Mono\",Menlo,Consolas,monospace";

/// Returns the ink of text that names none.
pub(super) fn ink(paper: Paper, light: Option<Paper>) -> Tint {
    let of = |paper: Paper| of_paper(paper).0;
    Tint(Some(of(paper)), Some(of(light.unwrap_or(paper))))
}

/// Returns a document; `style` is what it needs beside colours and fonts.
pub(super) fn document(told: &Told, pen: &Pen, style: &str, body: &str) -> String {
    let (width, height) = (
        i32::from(told.size.0) * CELL.0,
        i32::from(told.size.1) * CELL.1,
    );
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\" fill=\"currentColor\">\n<title>{}</title>\n",
        escaped(&told.title),
    );
    let desc = description(told);
    if !desc.is_empty() {
        let _ = writeln!(svg, "<desc>{}</desc>", escaped(&desc));
    }
    let _ = write!(
        svg,
        "<style>{}{style}</style>\n<rect class=\"P\" width=\"{width}\" height=\"{height}\"/>\n\
         {body}</svg>\n",
        styles(told, pen),
    );
    svg
}

/// Returns what is said in a film and where its marks are, in order.
fn description(told: &Told) -> String {
    let captions = told.captions.iter().map(|said| (said.at, &said.text));
    let marks = told.marks.iter().map(|mark| (mark.at, &mark.text));
    let mut lines: Vec<(Span, &String)> = captions.chain(marks).collect();
    lines.sort_by_key(|&(at, _)| at);
    let lines: Vec<String> = lines
        .iter()
        .map(|(at, text)| {
            format!(
                "{}.{} s: {text}",
                at.0 / 1_000_000_000,
                at.0 / 100_000_000 % 10
            )
        })
        .collect();
    lines.join("\n")
}

fn styles(told: &Told, pen: &Pen) -> String {
    let mut styles = String::new();
    let [regular, bold] = pen.characters();
    for (face, characters, weight) in [(REGULAR, regular, 400), (BOLD, bold, 700)] {
        if !characters.is_empty() {
            let url = data_url(&face.subset(characters.iter().copied()));
            let _ = writeln!(
                styles,
                "@font-face{{font-family:M;font-weight:{weight};src:url({url})}}"
            );
        }
    }
    let Tint(ink, light_ink) = ink(told.paper, told.light);
    let ground = |paper: Paper| css(of_paper(paper).1);
    let colour = |colour: Option<Rgb>| colour.map_or("transparent".to_owned(), css);
    let _ = writeln!(
        styles,
        "svg{{color:{}}}.P{{fill:{}}}text{{font:15px M,{FONTS};white-space:pre;\
         font-variant-ligatures:none;text-rendering:geometricPrecision}}.B,.D{{font-weight:700}}\
         .M{{text-anchor:middle}}",
        colour(ink),
        ground(told.paper),
    );
    let classes = |light: bool| {
        let rules = pen.tints().iter().enumerate().map(|(at, tint)| {
            let tint = if light { tint.1 } else { tint.0 };
            format!(".{}{{color:{}}}", class_name(at), colour(tint))
        });
        rules.collect::<String>()
    };
    styles.push_str(&classes(false));
    if let Some(paper) = told.light {
        let _ = write!(
            styles,
            "\n@media(prefers-color-scheme:light){{svg{{color:{}}}.P{{fill:{}}}.D{{font-weight:400}}\
             .L{{font-weight:700}}{}}}",
            colour(light_ink),
            ground(paper),
            classes(true),
        );
    }
    styles
}
