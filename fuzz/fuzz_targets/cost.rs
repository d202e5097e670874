//! Whatever commands a Procfile repeats, a build pays for its time and its memory: out of the budget for reading them, or
//! by the length of the file. The input chooses pieces of shell syntax, a form, and a shell.

#![no_main]

use libfuzzer_sys::fuzz_target;
use octopilot_procfile::buildpack::planned;
use octopilot_procfile::diagnostics::{Diagnostics, render};
use octopilot_procfile::find::Earlier;
use octopilot_procfile::plan::Image;
use octopilot_procfile::shell::Budget;
use octopilot_procfile::tell::log;
use octopilot_procfile::text::{Source, Sources, Text, Variable};
use octopilot_procfile::write::launch::launch;
use octopilot_procfile_fuzz::surroundings::Nowhere;
use octopilot_procfile_fuzz::text::PIECES;
use std::alloc::{GlobalAlloc, Layout, System};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

/// How long the commands of a file are together, in bytes.
const LENGTH: usize = 128 << 10;

/// The share of the budget for reading that such a file may use without one: three files of 1 MiB can have as much.
const SHARE: f64 = LENGTH as f64 / (3 << 20) as f64;

/// What a build may take that uses all of its budget: three times what it takes at most without the counters of the fuzzer,
/// and that twice, because the machine does other work too.
const TIME: Duration = Duration::from_millis(4800);
const MEMORY: usize = 60 << 20;

/// What it may take in any case, which a short time is not measured well without.
const START: Duration = Duration::from_millis(30);

/// What a command of 128 KiB takes while it is read.
const BASE: usize = 16 << 20;

/// Counts what is allocated.
struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// What malloc adds to a piece.
fn taken(size: usize) -> usize {
    (size + 8).next_multiple_of(16).max(32)
}

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(taken(layout.size()), Relaxed) + taken(layout.size());
        PEAK.fetch_max(now, Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        NOW.fetch_sub(taken(layout.size()), Relaxed);
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// The commands: some pieces at the start, some that are repeated up to a length, some at the end.
fn procfile(bytes: &[u8]) -> Option<(&'static str, String)> {
    let (&form, pieces) = bytes.split_first()?;
    let text = |bytes: &[u8]| -> String {
        bytes.iter().map(|byte| PIECES[usize::from(*byte) % PIECES.len()]).collect::<String>().replace('\n', " ")
    };
    let shell = ["bash", "sh", "none"][usize::from(form) % 3];
    let length = [LENGTH - 100, 16_000, 2000, 100][usize::from(form) / 3 % 4];
    let third = pieces.len() / 3;
    let (start, unit, end) = match form / 12 % 4 {
        0 => (String::new(), text(pieces), String::new()),
        1 => (String::new(), text(&pieces[third..]), text(&pieces[..third])),
        2 => (text(&pieces[..third]), text(&pieces[third..]), String::new()),
        _ => (text(&pieces[..third]), text(&pieces[third..2 * third]), text(&pieces[2 * third..])),
    };
    let count = length / unit.len().max(1);
    let command = start + &unit.repeat(count) + &end;
    let line = |number: usize| format!("w{number}: {command}\n");
    let lines = LENGTH / line(1000).len();
    (!unit.is_empty() && lines > 0).then(|| (shell, (0..lines).map(line).collect()))
}

/// The CPU time of this thread.
fn now() -> Duration {
    let times = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux says it");
    Duration::from_nanos(times.split(' ').next().and_then(|time| time.parse().ok()).expect("a number"))
}

/// The CPU time and the memory of a build, and the share of its budget that it uses.
fn cost(shell: &str, procfile: &str) -> (Duration, usize, f64) {
    let before = NOW.load(Relaxed);
    PEAK.store(before, Relaxed);
    let start = now();
    let budget = Budget::default();
    let all = budget.left();
    let mut problems = Diagnostics::default();
    let mut sources = Sources::default();
    sources.add(Source::Procfile, Text::new("Procfile", procfile.to_string()));
    sources.add(Source::Variable(Variable::Shell), Text::new("BP_PROCFILE_SHELL", shell.to_string()));
    let (app, launcher) = (Path::new("/workspace"), Path::new("/launcher"));
    let image = Image { app, launcher, surroundings: &Nowhere, budget: &budget };
    let earlier = Earlier::default();
    let plan = planned(&sources, &earlier, &image, &mut problems);
    let _ = render(&problems, &sources, false);
    let mut out = Vec::new();
    log::write(&mut out, &plan, &earlier, &sources, false).expect("memory takes all");
    let _ = launch(&plan).expect("TOML has strings");
    let used = (all - budget.left()) as f64 / all as f64;
    (now() - start, PEAK.load(Relaxed) - before, used.max(SHARE))
}

fuzz_target!(|bytes: &[u8]| {
    let Some((shell, procfile)) = procfile(bytes) else { return };
    let is_slow = |(time, _, share): &(Duration, usize, f64)| *time > START + TIME.mul_f64(*share);
    let mut found = cost(shell, &procfile);
    // Another program may have been in the way.
    for _ in 0..3 {
        if is_slow(&found) {
            found = cost(shell, &procfile);
        }
    }
    let (time, memory, share) = found;
    let line = procfile.lines().next().unwrap_or_default();
    let shown: String = line.chars().take(300).collect();
    assert!(!is_slow(&found), "{time:?} for {share:.3} of the budget, {shell}: {shown}");
    assert!(memory <= BASE + (MEMORY as f64 * share) as usize, "{memory} bytes for {share:.3}, {shell}: {shown}");
});
