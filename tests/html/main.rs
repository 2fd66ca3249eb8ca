//! Films as pages.

mod film;

use film::Wanted;
use mpviz::record::html::page;
use std::fs;

const POOL: Wanted = Wanted {
    trace: "view/plays/pool.mpt",
    size: (120, 36),
    fps: 30,
    seconds: 12,
    has_light: true,
};

#[test]
fn scratch() {
    let mut film = POOL.film();
    let mut out = Vec::new();
    page(&mut film, &mut out).unwrap();
    println!("{} bytes, {} shots", out.len(), film.shots.len());
    fs::write("/tmp/html/pool.html", out).unwrap();
    let mut film = Wanted {
        size: (100, 30),
        fps: 10,
        seconds: 30,
        ..POOL
    }
    .film();
    let mut out = Vec::new();
    page(film.again(), &mut out).unwrap();
    println!("{} bytes, {} shots", out.len(), film.shots.len());
    fs::write("/tmp/html/pool30.html", out).unwrap();
}
