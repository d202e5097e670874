//! Packs the relocations of static binaries, which start at any address: 100 KB of addresses become 2 KB of bits.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let features = std::env::var("CARGO_CFG_TARGET_FEATURE").unwrap_or_default();
    // A static binary relocates itself; for others, the loader would have to know the format (glibc 2.36).
    if features.split(',').any(|feature| feature == "crt-static") {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}
