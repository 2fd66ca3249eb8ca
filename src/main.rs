//! The program `mpviz`: reads its arguments and does what they say.

fn main() -> std::process::ExitCode {
    mpviz::cli::main()
}
