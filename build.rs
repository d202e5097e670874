//! Packs the relocations of static binaries, which start at any address: 100 KB of addresses become 2 KB of bits. And packs
//! the pages of the diagnostics, which `--explain` prints: 250 KB of text become 50 KB.

use miniz_oxide::deflate::compress_to_vec;
use std::error::Error;
use std::path::Path;
use std::{env, fs};

/// The best and slowest compression there is.
const BEST: u8 = 10;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let features = env::var("CARGO_CFG_TARGET_FEATURE").unwrap_or_default();
    // A static binary relocates itself; for others, the loader would have to know the format (glibc 2.36).
    if features.split(',').any(|feature| feature == "crt-static") {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    pages()
}

/// All pages, each as its name and its text, which end in a NUL character.
fn pages() -> Result<(), Box<dyn Error>> {
    let directory = Path::new("docs/diagnostics");
    println!("cargo::rerun-if-changed={}", directory.display());
    let mut paths =
        fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, std::io::Error>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    paths.sort();
    let mut pages = String::new();
    for path in paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        pages = pages + &name + "\0" + &fs::read_to_string(&path)? + "\0";
    }
    let packed = compress_to_vec(pages.as_bytes(), BEST);
    Ok(fs::write(Path::new(&env::var("OUT_DIR")?).join("pages"), packed)?)
}
