//! A film's length and what it shows when, in milliseconds.

use super::*;

const MS: u64 = 1_000_000;

fn plan(shown: &[(u64, u64)], beats: &[u64]) -> Plan {
    Plan {
        shown: shown
            .iter()
            .map(|&(a, b)| (Time(a * MS), Time(b * MS)))
            .collect(),
        beats: beats.iter().map(|&t| Time(t * MS)).collect(),
        speeds: Vec::new(),
        speed: 1.0,
        longest_pause: None,
        dwell: Span::ZERO,
    }
}

/// Checks how long the film is, and what it shows every 100 ms, all in milliseconds.
#[track_caller]
fn check(plan: &Plan, length: u64, shows: &[u64]) {
    let timeline = Timeline::of(plan);
    assert_eq!(timeline.length().0 / MS, length);
    let found: Vec<u64> = (0..shows.len() as u64)
        .map(|step| timeline.viewer(Span::millis(100 * step)).0 / MS)
        .collect();
    assert_eq!(found, shows);
}

#[test]
fn a_run_is_shown_as_it_went() {
    check(&plan(&[(0, 300)], &[]), 300, &[0, 100, 200, 300, 300]);
    check(&plan(&[(0, 0)], &[]), 0, &[0, 0]);
}

#[test]
fn what_is_cut_is_not_shown() {
    check(
        &plan(&[(50, 150), (500, 700)], &[]),
        300,
        &[50, 500, 600, 700],
    );
}

#[test]
fn speeds_multiply() {
    let mut fast = plan(&[(0, 1200)], &[400]);
    fast.speeds = vec![(Time(400 * MS), 4.0)];
    check(&fast, 600, &[0, 100, 200, 300, 400, 800, 1200]);
    fast.speed = 0.5;
    assert_eq!(Timeline::of(&fast).length(), Span::millis(1200));
}

#[test]
fn a_pause_is_as_long_as_it_may_be() {
    let mut short = plan(&[(0, 1400)], &[100, 1300]);
    short.longest_pause = Some(Span::millis(300));
    check(&short, 500, &[0, 100, 500, 900, 1300, 1400]);
}

#[test]
fn it_dwells_where_things_happen() {
    let mut slow = plan(&[(0, 220)], &[100, 110, 120]);
    slow.dwell = Span::millis(200);
    check(&slow, 600, &[0, 100, 105, 110, 115, 120, 220]);
}

#[test]
fn dwelling_ends_where_the_film_would_be_twice_as_long() {
    let mut slow = plan(
        &[(0, 30_000)],
        &(1..=1001).map(|n| 10_000 + n).collect::<Vec<_>>(),
    );
    slow.dwell = Span::millis(250);
    // A thousand gaps of 1 ms have 30 s more.
    let timeline = Timeline::of(&slow);
    assert_eq!(timeline.length(), Span::millis(60_000));
    let film = |t: u64| timeline.film(Time(t * MS)).unwrap().0 / MS;
    assert_eq!(film(10_002) - film(10_001), 31);
}

#[test]
fn a_moment_of_the_clock_has_its_moment_of_the_film() {
    let timeline = Timeline::of(&plan(&[(50, 150), (500, 700)], &[]));
    let film = |t: u64| timeline.film(Time(t * MS)).map(|film| film.0 / MS);
    assert_eq!(film(0), Some(0));
    assert_eq!(film(100), Some(50));
    assert_eq!(film(300), Some(100));
    assert_eq!(film(600), Some(200));
    assert_eq!(film(700), Some(300));
    assert_eq!(film(701), None);
}
