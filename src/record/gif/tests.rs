//! GIFs are decoded and put together again: they must show the rasteriser's own pixels.

use super::super::raster::Raster;
use super::super::shot::{Frames, Paper, Shot, Told};
use super::*;
use gif::{ColorOutput, DecodeOptions, DisposalMethod, MemoryLimit};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

const PAPER: Paper = Paper {
    text: Color::Rgb(201, 206, 212),
    ground: Color::Rgb(22, 24, 28),
};

/// A film of given frames.
struct Reel {
    told: Told,
    shots: Vec<Shot>,
    next: usize,
}

impl Reel {
    /// Frames with their times in milliseconds, and the length.
    fn new(size: (u16, u16), frames: Vec<(u64, Buffer)>, length: u64) -> Reel {
        Reel {
            told: Told {
                title: String::new(),
                size,
                length: Span::millis(length),
                fps: 10,
                paper: PAPER,
                light: None,
                marks: Vec::new(),
                captions: Vec::new(),
                transcript: Vec::new(),
            },
            shots: frames
                .into_iter()
                .map(|(at, frame)| Shot {
                    at: Span::millis(at),
                    frame,
                    light: None,
                })
                .collect(),
            next: 0,
        }
    }

    fn texts(texts: &[(u64, &str)], length: u64) -> Reel {
        let frames = texts
            .iter()
            .map(|&(at, text)| (at, text_frame(text, Style::new())))
            .collect();
        Reel::new((12, 2), frames, length)
    }
}

fn text_frame(text: &str, style: Style) -> Buffer {
    let mut frame = Buffer::empty(Rect::new(0, 0, 12, 2));
    frame.set_string(0, 0, text, style);
    frame
}

impl Frames for Reel {
    fn told(&self) -> &Told {
        &self.told
    }

    fn next(&mut self) -> Option<&Shot> {
        self.next += 1;
        self.shots.get(self.next - 1)
    }
}

/// A GIF as a viewer shows it: each picture's colours and time.
struct Seen {
    size: (u16, u16),
    repeat: Repeat,
    pictures: Vec<(Vec<[u8; 3]>, u16)>,
    bytes: usize,
}

fn made(mut reel: Reel) -> Seen {
    let mut file = Vec::new();
    write(&mut reel, Scale::default(), &mut file).expect("memory takes everything");
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::RGBA);
    options.set_memory_limit(MemoryLimit::Unlimited);
    let mut decoder = options.read_info(file.as_slice()).expect("a GIF");
    let width = usize::from(decoder.width());
    let mut canvas = vec![None; width * usize::from(decoder.height())];
    let mut pictures = Vec::new();
    while let Some(frame) = decoder.read_next_frame().expect("a whole GIF") {
        assert_eq!(frame.dispose, DisposalMethod::Keep);
        for (at, rgba) in frame.buffer.chunks_exact(4).enumerate() {
            let (across, down) = (at % usize::from(frame.width), at / usize::from(frame.width));
            let (x, y) = (
                usize::from(frame.left) + across,
                usize::from(frame.top) + down,
            );
            if let &[r, g, b, 255] = rgba {
                canvas[y * width + x] = Some([r, g, b]);
            }
        }
        let whole = canvas
            .iter()
            .map(|pixel| pixel.expect("every pixel has a colour"));
        pictures.push((whole.collect(), frame.delay));
    }
    Seen {
        size: (decoder.width(), decoder.height()),
        repeat: decoder.repeat(),
        pictures,
        bytes: file.len(),
    }
}

/// Returns the pixels of a frame, drawn at once.
fn pixels(size: (u16, u16), frame: &Buffer) -> Vec<[u8; 3]> {
    let mut raster = Raster::new(size, PAPER, Scale::default());
    raster.draw(frame);
    let colours = raster.inks().colours();
    raster
        .pixels()
        .iter()
        .map(|ink| colours[ink.index()])
        .collect()
}

fn times(seen: &Seen) -> Vec<u16> {
    seen.pictures.iter().map(|(_, time)| *time).collect()
}

#[test]
fn every_picture_is_the_frame_and_the_film_repeats() {
    let texts = ["a film", "a film.", "", "█▒░╌字", "a film"];
    let reel: Vec<(u64, &str)> = (0..).step_by(100).zip(texts).collect();
    let seen = made(Reel::texts(&reel, 1500));
    assert_eq!(seen.size, (12 * 9, 2 * 18));
    assert_eq!(seen.repeat, Repeat::Infinite);
    assert_eq!(times(&seen), [10, 10, 10, 10, 110]);
    for ((picture, _), text) in seen.pictures.iter().zip(texts) {
        assert_eq!(
            *picture,
            pixels((12, 2), &text_frame(text, Style::new())),
            "{text}"
        );
    }
}

#[test]
fn times_do_not_drift() {
    let texts = ["a", "b"];
    let at = |n: usize| 1000 * n as u64 / 30;
    let frames: Vec<(u64, &str)> = (0..90).map(|n| (at(n), texts[n % 2])).collect();
    let seen = made(Reel::texts(&frames, 3000));
    assert_eq!(seen.pictures.len(), 90);
    assert!(times(&seen).iter().all(|time| (3..=4).contains(time)));
    assert_eq!(times(&seen).iter().sum::<u16>(), 300);
}

#[test]
fn frames_that_come_too_fast_are_shown_with_the_one_before() {
    let texts = ["a", "b", "c"];
    let frames: Vec<(u64, &str)> = (0..)
        .step_by(10)
        .zip(texts.into_iter().cycle().take(100))
        .collect();
    let seen = made(Reel::texts(&frames, 1000));
    assert_eq!(seen.pictures.len(), 50);
    assert!(times(&seen).iter().all(|&time| time == 2));
    let last = pixels((12, 2), &text_frame(texts[99 % 3], Style::new()));
    assert!(
        seen.pictures
            .last()
            .is_some_and(|(picture, _)| *picture == last)
    );
}

#[test]
fn a_film_without_frames_is_paper_and_one_frame_is_a_film() {
    let seen = made(Reel::new((4, 2), Vec::new(), 1000));
    assert_eq!(times(&seen), [100]);
    assert!(
        seen.pictures[0]
            .0
            .iter()
            .all(|&pixel| pixel == [22, 24, 28])
    );
    let seen = made(Reel::texts(&[(0, "x")], 0));
    assert_eq!(times(&seen), [2], "there is no picture for no time");
    let seen = made(Reel::texts(&[(500, "x")], 1000));
    assert_eq!(times(&seen), [50, 50], "paper until it comes");
}

#[test]
fn a_long_hold_is_told_in_parts() {
    let seen = made(Reel::texts(&[(0, "x")], 1_500_000));
    assert_eq!(times(&seen), [65_535, 65_535, 18_930]);
    assert!(
        seen.pictures
            .iter()
            .all(|(picture, _)| *picture == seen.pictures[0].0)
    );
}

#[test]
fn every_size_is_a_film() {
    for size in [(0, 0), (1, 1), (500, 200)] {
        let mut frame = Buffer::empty(Rect::new(0, 0, size.0, size.1));
        let blank = frame.clone();
        frame.set_style(*blank.area(), Style::new().bg(Color::Rgb(200, 0, 0)));
        let of = pixels(size, &frame);
        let seen = made(Reel::new(size, vec![(0, blank), (100, frame)], 200));
        assert!(seen.pictures[1].0 == of, "{size:?}");
    }
}

#[test]
fn what_a_stranger_writes_is_drawn() {
    let hostile = "\u{7}\u{1b}[31mé\u{301}\u{202e}\u{0}\u{fffd}👩‍👩‍👧字";
    let modifiers = Style::new().add_modifier(Modifier::all());
    let mut frames = vec![(0, text_frame("", Style::new()))];
    for (n, style) in (1..).zip([Style::new(), modifiers]) {
        let mut frame = text_frame(hostile, style);
        // What no view makes: whole texts in one cell.
        for x in 0..12 {
            frame[(x, 1)].set_symbol(&hostile.repeat(usize::from(x)));
        }
        frames.push((n * 100, frame));
    }
    let frames_again: Vec<Buffer> = frames.iter().map(|(_, frame)| frame.clone()).collect();
    let seen = made(Reel::new((12, 2), frames, 1000));
    for ((picture, _), frame) in seen.pictures.iter().zip(&frames_again) {
        assert_eq!(*picture, pixels((12, 2), frame));
    }
}

/// Returns a frame of many colours: the first is that of 300 whole cells, the others of one each.
fn colourful(first: u8) -> Buffer {
    let mut frame = Buffer::empty(Rect::new(0, 0, 40, 20));
    for (n, cell) in (0_u32..).zip(&mut frame.content) {
        let n = n.saturating_sub(299);
        let [.., high, low] = n.to_be_bytes();
        cell.set_bg(Color::Rgb(first, high.wrapping_mul(40), low));
    }
    frame
}

#[test]
fn colours_of_many_pixels_stay_exact_when_there_are_too_many() {
    let frames = vec![(0, colourful(1)), (100, colourful(2))];
    let seen = made(Reel::new((40, 20), frames, 200));
    for ((picture, _), first) in seen.pictures.iter().zip([1, 2]) {
        let wanted = pixels((40, 20), &colourful(first));
        let apart = picture.iter().zip(&wanted).map(|(a, b)| {
            let parts = a.iter().zip(b).map(|(a, b)| a.abs_diff(*b));
            parts.max().unwrap_or(0)
        });
        assert!(
            apart.max().is_some_and(|most| most > 0),
            "501 colours don't fit"
        );
        assert_eq!(picture[0], wanted[0], "that of the most pixels does");
    }
}

#[test]
fn what_does_not_change_costs_next_to_nothing() {
    let texts: Vec<(u64, String)> = (0..50).map(|n| (n * 100, format!("{n:>3}"))).collect();
    let texts: Vec<(u64, &str)> = texts
        .iter()
        .map(|(at, text)| (*at, text.as_str()))
        .collect();
    let (one, all) = (Reel::texts(&texts[..1], 5000), Reel::texts(&texts, 5000));
    let (one, all) = (made(one).bytes, made(all).bytes);
    assert!(all - one < 49 * 150, "{all} - {one}");
}

/// A disk with room for so many bytes.
struct Disk(usize);

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self
            .0
            .checked_sub(bytes.len())
            .ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_told_wherever_it_fills_up() {
    let reel = || Reel::texts(&[(0, "a"), (100, "b")], 200);
    let needed = {
        let mut file = Vec::new();
        write(&mut reel(), Scale::default(), &mut file).expect("memory takes everything");
        file.len()
    };
    for room in 0..needed {
        let ended = write(&mut reel(), Scale::default(), &mut Disk(room));
        assert_eq!(
            ended.map_err(|error| error.kind()),
            Err(io::ErrorKind::StorageFull),
            "{room}"
        );
    }
    assert!(write(&mut reel(), Scale::default(), &mut Disk(needed)).is_ok());
}
