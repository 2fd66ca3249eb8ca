//! Films and moments of real runs as pixels: what decoders of others read is what was drawn.

use gif::{ColorOutput, DecodeOptions, Repeat};
use mpviz::event::Span;
use mpviz::record::film::{Film, Lines, Options};
use mpviz::record::raster::Scale;
use mpviz::record::shot::{Frames, Shot};
use mpviz::record::{gif as film_gif, png as still_png};
use mpviz::scenario::{PROGRAMS, TWINS, default_knobs};
use mpviz::trace::Reader;
use mpviz::ui::Ui;
use mpviz::view::{Charset, Depth, Ground, Theme};
use std::fmt::Write as _;
use std::io::Cursor;
use std::process::Command;

const FILMS: [(&str, Ground); 3] = [
    ("pool", Ground::Dark),
    ("trouble-backpressure", Ground::Light),
    ("found-crash", Ground::Dark),
];

/// Opens a film of a recorded run.
fn film(name: &str, ground: Ground) -> Film {
    let path = format!("{}/tests/traces/{name}.mpt", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(path).expect("a trace");
    let (lines, fault) = Lines::read(&mut Reader::new(bytes.as_slice()).expect("a trace"));
    assert!(fault.is_none());
    let mut ui = Ui::new(PROGRAMS).with_twins(TWINS);
    for (knobs, program) in ui.picker.knobs.iter_mut().zip(PROGRAMS) {
        *knobs = default_knobs(program);
    }
    let options = Options {
        size: Some((80, 24)),
        theme: Theme::new(ground, Depth::TrueColor, Charset::Unicode).with_paper(),
        light: None,
        fps: 2,
        speed: 2.0,
        hold: Span::millis(500),
        ..Options::default()
    };
    Film::open(lines, options, ui).expect("a film")
}

/// Returns the GIF of a film, and its frames with their times in hundredths of a second.
fn made(name: &str, ground: Ground) -> (Vec<u8>, Vec<Shot>, u64) {
    let mut file = Vec::new();
    film_gif::write(&mut film(name, ground), Scale::default(), &mut file).expect("memory");
    let mut again = film(name, ground);
    let mut shots = Vec::new();
    while let Some(shot) = again.next() {
        shots.push(shot.clone());
    }
    assert!(shots.len() > 1, "{name} stands still");
    (
        file,
        shots,
        (again.told().length.0 + 5_000_000) / 10_000_000,
    )
}

/// Returns a frame's pixels as a PNG's reader sees them.
fn pixels(film: &Film, shot: &Shot) -> Vec<u8> {
    let mut file = Vec::new();
    let paper = film.told().paper;
    still_png::write(&shot.frame, paper, "", Scale::default(), &mut file).expect("memory");
    let mut decoder = png::Decoder::new(Cursor::new(file));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    reader.next_frame(&mut pixels).expect("a whole PNG");
    pixels
}

#[test]
fn every_frame_of_a_film_is_its_pixels() {
    for (name, ground) in FILMS {
        let (file, shots, length) = made(name, ground);
        let film = film(name, ground);
        let mut options = DecodeOptions::new();
        options.set_color_output(ColorOutput::RGBA);
        let mut decoder = options.read_info(file.as_slice()).expect("a GIF");
        assert_eq!((decoder.width(), decoder.height()), (720, 432));
        assert_eq!(decoder.repeat(), Repeat::Infinite);
        let mut canvas = vec![0; 720 * 432 * 3];
        let (mut at, mut shots) = (0, shots.iter());
        while let Some(frame) = decoder.read_next_frame().expect("a whole GIF") {
            for (n, rgba) in frame.buffer.chunks_exact(4).enumerate() {
                let x = usize::from(frame.left) + n % usize::from(frame.width);
                let y = usize::from(frame.top) + n / usize::from(frame.width);
                if rgba[3] == 255 {
                    canvas[(y * 720 + x) * 3..][..3].copy_from_slice(&rgba[..3]);
                }
            }
            let shot = shots.next().expect("no more pictures than frames");
            assert_eq!(at, (shot.at.0 + 5_000_000) / 10_000_000, "{name}");
            assert!(canvas == pixels(&film, shot), "{name} {ground:?} at {at}");
            at += u64::from(frame.delay);
        }
        assert_eq!(at, length, "{name}");
        assert!(shots.next().is_none(), "{name}: a frame is missing");
    }
}

#[test]
fn the_same_film_is_the_same_bytes() {
    for (name, ground) in FILMS {
        assert!(made(name, ground).0 == made(name, ground).0);
    }
}

/// Prints a GIF's size, how often it repeats, and each picture's time and the sum of its pixels.
const READER: &str = "
import sys, zlib
from PIL import Image
image = Image.open(sys.argv[1])
print(*image.size, image.info['loop'])
for n in range(image.n_frames):
    image.seek(n)
    print(image.info['duration'], zlib.adler32(image.convert('RGB').tobytes()))
";

#[test]
#[ignore = "needs Pillow (Debian: python3-pil); `.ci/full` has it"]
fn pillow_reads_the_same_film() {
    for (name, ground) in FILMS {
        let (file, shots, length) = made(name, ground);
        let film = film(name, ground);
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("film.gif");
        std::fs::write(&path, file).expect("a file");
        let mut command = Command::new("python3");
        let read = command.arg("-c").arg(READER).arg(&path).output();
        let read = read.expect("python3 runs");
        let mut wanted = "720 432 0\n".to_owned();
        let times = shots
            .iter()
            .map(|shot| (shot.at.0 + 5_000_000) / 10_000_000);
        let ends = times.clone().skip(1).chain([length]);
        for ((shot, from), to) in shots.iter().zip(times).zip(ends) {
            let sum = adler(&pixels(&film, shot));
            writeln!(wanted, "{} {sum}", (to - from) * 10).expect("a text");
        }
        let errors = String::from_utf8_lossy(&read.stderr);
        assert_eq!(String::from_utf8_lossy(&read.stdout), wanted, "{errors}");
    }
}

/// Returns Adler's sum, as zlib has it.
fn adler(bytes: &[u8]) -> u32 {
    let (mut low, mut high) = (1_u32, 0_u32);
    for &byte in bytes {
        low = (low + u32::from(byte)) % 65_521;
        high = (high + low) % 65_521;
    }
    high << 16 | low
}
