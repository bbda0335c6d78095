//! Prints the tree of files, or with `--time` how fast they are read: `tree [--time] FILE…`.
#![allow(clippy::print_stdout)]

use std::time::Instant;

use bartizan_syntax::{Language, parse};

fn main() {
    let (flags, files): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|word| word == "--time");
    let (mut bytes, mut nodes, mut seconds) = (0, 0, 0.0);
    for file in &files {
        let Some(language) = Language::of_path(file) else {
            continue;
        };
        let Ok(content) = std::fs::read(file) else {
            continue;
        };
        let text = String::from_utf8_lossy(&content);
        let start = Instant::now();
        let parsed = parse(&text, language);
        seconds += start.elapsed().as_secs_f64();
        bytes += text.len();
        nodes += parsed.ast.len();
        for problem in &parsed.problems {
            let line = text
                .get(..problem.span.start as usize)
                .map_or(0, |before| before.matches('\n').count() + 1);
            println!("{file}:{line}: {:?}: {}", problem.span, problem.what);
        }
        if flags.is_empty() {
            print!("{}", parsed.ast.dump());
        }
    }
    let megabytes = bytes as f64 / 1e6;
    println!(
        "{} files, {megabytes:.1} MB, {nodes} nodes, {seconds:.2} s, {:.1} MB/s",
        files.len(),
        megabytes / seconds
    );
}
