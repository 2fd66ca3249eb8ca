//! Figures and how they are printed.

/// What a figure is held to.
pub(crate) enum Aim {
    /// At most so many times its peer.
    Ratio(f64),
    /// At most so much.
    Most(f64),
    /// At least so many times cheaper than its peer.
    Cheaper(f64),
    /// Nothing: it is there to be compared with.
    None,
}

/// Prints the head of the table.
pub(crate) fn print_head() {
    println!(
        "{:<44} {:>12}  {:<30} {:>12} {:>8}  {:<12}",
        "what", "figure", "beside", "peer", "ratio", "aim"
    );
}

/// Prints one line of the table.
pub(crate) fn print(name: &str, figure: f64, unit: &str, peer: Option<(&str, f64)>, aim: &Aim) {
    let (peer_name, peer_figure) = peer.unwrap_or(("–", f64::NAN));
    let ratio = figure / peer_figure;
    let (aim, holds) = match *aim {
        Aim::Ratio(most) => (format!("<= {most}x"), ratio <= most),
        Aim::Most(most) => (format!("<= {most} {unit}"), figure <= most),
        Aim::Cheaper(times) => (format!("<= 1/{times}"), ratio <= 1.0 / times),
        Aim::None => ("–".to_owned(), true),
    };
    let verdict = if holds { "ok" } else { "MISSED" };
    let (figure, peer_figure) = (format!("{figure:.1} {unit}"), number(peer_figure, unit));
    let ratio = number(ratio, "x");
    println!(
        "{name:<44} {figure:>12}  {peer_name:<30} {peer_figure:>12} {ratio:>8}  {aim:<12} {verdict}"
    );
}

fn number(n: f64, unit: &str) -> String {
    if n.is_nan() {
        return "–".to_owned();
    }
    let space = if unit == "x" { "" } else { " " };
    format!("{n:.2}{space}{unit}")
}

/// Returns the middle one.
pub(crate) fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of.get(of.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Returns the mean.
pub(crate) fn mean(of: &[f64]) -> f64 {
    of.iter().sum::<f64>() / of.len() as f64
}
