//! Whether commands run as `bash -c` runs them (X1 to X4): in an empty directory, with a PATH of stubs that record
//! what they were given, once as written and once as the buildpack declares them.
//!
//! `tests/commands/list.txt` holds the commands, one a line (`\n` is an end of line); `tests/commands/declared.txt`
//! what is declared for each. `DIFFERENTIAL_CASES` is the number of generated ones (1,000 by default), `LAUNCHER_CASES`
//! that of generated templates for the launcher (500).

#![expect(unused_crate_dependencies, reason = "the library target uses them")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "commands/declared.rs"]
mod declared;
#[path = "commands/generator.rs"]
mod generator;
#[path = "commands/launcher.rs"]
mod launcher;
#[path = "commands/oracle.rs"]
mod oracle;
#[path = "commands/sandbox.rs"]
mod sandbox;
#[path = "commands/shells.rs"]
mod shells;
#[path = "commands/stub.rs"]
mod stub;

use declared::{Declared, declare};
use libtest_mimic::{Arguments, Failed, Trial};
use octopilot_procfile::shell::Dialect;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, FileFailurePersistence, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use sandbox::{GIVEN, Ran, Sandbox};
use snapbox::{Data, assert_data_eq};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    if stub::is_stub() {
        return stub::main();
    }
    let mut trials = vec![
        test("listed_commands_run_as_in_bash", || compare_all(&listed(), Shell::Bash)),
        test("listed_commands_run_as_in_dash", || compare_all(&listed(), Shell::Dash))
            .with_ignored_flag(!Shell::Dash.is_here()),
        test("listed_commands_run_as_in_busybox", || compare_all(&listed(), Shell::Busybox))
            .with_ignored_flag(!Shell::Busybox.is_here()),
        test("listed_commands_are_declared_as_reviewed", || {
            assert_data_eq!(reports(&listed()), Data::read_from(Path::new("tests/commands/declared.txt"), None).raw());
            Ok(())
        }),
        test("listed_programs_get_what_is_said_with_bash", || all_get_what_is_said(&listed(), Shell::Bash)),
        test("listed_programs_get_what_is_said_with_dash", || all_get_what_is_said(&listed(), Shell::Dash))
            .with_ignored_flag(!Shell::Dash.is_here()),
        test("listed_programs_get_what_is_said_with_busybox", || all_get_what_is_said(&listed(), Shell::Busybox))
            .with_ignored_flag(!Shell::Busybox.is_here()),
        test("shells_give_way_as_the_library_counts_on", || {
            let table = Path::new("tests/commands/shells.txt");
            assert_data_eq!(shells::that_give_way(), Data::read_from(table, None).raw());
            Ok(())
        })
        .with_ignored_flag(!Shell::Dash.is_here() || !Shell::Busybox.is_here()),
        test("listed_programs_behind_the_launcher_get_signals", || {
            let arrived = for_all(&listed(), |sandbox, command| oracle::behind_init(sandbox, command, Shell::Bash))?;
            let arrived: usize = arrived.iter().sum();
            if arrived >= 250 { Ok(()) } else { Err(format!("only {arrived} programs got SIGTERM").into()) }
        }),
        test("generated_programs_get_what_is_said", generated_programs_get_what_is_said),
        test("generated_templates_expand_as_in_shells", || Ok(launcher::expands_as_shells_do()?)),
        test("the_launcher_reports_as_a_shell_does", || Ok(launcher::reports_as_a_shell_does()?)),
        test("generated_commands_run_as_in_bash", generated_commands_run_as_in_bash),
    ];
    let corpus = std::env::var_os("PROCFILE_CORPUS").map(PathBuf::from);
    let of_corpus = |name: &'static str, run: fn(&Path) -> Result<(), Failed>| {
        let corpus = corpus.clone();
        let is_unset = corpus.is_none();
        let run = move || run(&corpus.expect("PROCFILE_CORPUS is not set"));
        test(name, run).with_ignored_flag(is_unset)
    };
    trials.push(of_corpus("corpus_commands_run_as_in_bash", |corpus| compare_all(&commands_of(corpus), Shell::Bash)));
    trials.push(of_corpus("corpus_programs_get_what_is_said", |corpus| {
        let commands = commands_of(corpus);
        let seen = for_all(&commands, |sandbox, command| oracle::compare(sandbox, command, Shell::Bash))?;
        assert_data_eq!(counts(&commands), Data::read_from(Path::new("tests/commands/corpus.txt"), None).raw());
        // How many background jobs come to run before their shell ends is not always the same.
        let arrived: usize = seen.iter().map(|seen| seen.arrived).sum();
        if arrived >= 450 { Ok(()) } else { Err(format!("only {arrived} programs got SIGTERM").into()) }
    }));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn test(name: &str, run: impl FnOnce() -> Result<(), Failed> + Send + 'static) -> Trial {
    Trial::test(name, run)
}

/// The shells that scripts are run by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shell {
    Bash,
    Dash,
    Busybox,
}

impl Shell {
    fn dialect(self) -> Dialect {
        if self == Self::Bash { Dialect::Bash } else { Dialect::Sh }
    }
}

fn listed() -> Vec<String> {
    let list = std::fs::read_to_string("tests/commands/list.txt").unwrap();
    let commands: Vec<String> =
        list.lines().filter(|line| !line.is_empty()).map(|line| line.replace("\\n", "\n")).collect();
    assert!(commands.len() >= 200, "{} commands", commands.len());
    commands
}

/// All commands of a directory of Procfiles.
fn commands_of(corpus: &Path) -> Vec<String> {
    use octopilot_procfile::diagnostics::Diagnostics;
    use octopilot_procfile::parse::Command;
    let mut paths: Vec<PathBuf> = std::fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut commands = Vec::new();
    for path in paths {
        let text = octopilot_procfile::text::decode(std::fs::read(&path).unwrap()).0;
        let mut problems = Diagnostics::default();
        let source = octopilot_procfile::text::Source::Procfile;
        for process in octopilot_procfile::parse::procfile::parse(&text, source, &mut problems) {
            if let Command::Line(line) = process.command.unwrap().value {
                commands.push(line.into_owned());
            }
        }
    }
    assert!(commands.len() >= 390, "{} commands", commands.len());
    commands
}

/// Tests every command on all cores, and reports all that differ at once.
fn for_all<C: Sync, T: Send>(
    commands: &[C],
    test: impl Fn(&Sandbox, &C) -> Result<T, String> + Sync,
) -> Result<Vec<T>, Failed> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let results = std::sync::Mutex::new((Vec::new(), Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                let sandbox = Sandbox::new();
                while let Some(command) = commands.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    let result = test(&sandbox, command);
                    let mut results = results.lock().unwrap();
                    match result {
                        Ok(result) => results.0.push(result),
                        Err(difference) => results.1.push(difference),
                    }
                }
            });
        }
    });
    let (results, failures) = results.into_inner().unwrap();
    if failures.is_empty() {
        return Ok(results);
    }
    Err(format!("{} of {} differ\n\n{}", failures.len(), commands.len(), failures.join("\n")).into())
}

/// Runs every command in all ways.
fn compare_all(commands: &[String], shell: Shell) -> Result<(), Failed> {
    for_all(commands, |sandbox, command| compare(sandbox, command, shell)).map(|_| ())
}

/// Stops every program of every command.
fn all_get_what_is_said(commands: &[String], shell: Shell) -> Result<(), Failed> {
    let seen = for_all(commands, |sandbox, command| oracle::compare(sandbox, command, shell))?;
    let arrived: usize = seen.iter().map(|seen| seen.arrived).sum();
    let lost: usize = seen.iter().map(|seen| seen.lost).sum();
    if arrived >= 100 && lost >= 50 { Ok(()) } else { Err(format!("only {arrived} and {lost} programs").into()) }
}

/// Compares a command as written with what is declared for it, without and with arguments.
fn compare(sandbox: &Sandbox, command: &str, shell: Shell) -> Result<(), String> {
    let declared = declare(sandbox, command, shell.dialect());
    if declared.words() == [shell.name(), "-c", command, "web"] {
        return Ok(());
    }
    // What runs at the same time may end in any order.
    let is_concurrent = command.replace("&&", "").replace("||", "").contains(['&', '|', '(']);
    let attempts = if is_concurrent { 10 } else { 1 };
    let mut difference = String::new();
    for _ in 0..attempts {
        difference.clear();
        let written = sandbox.run(&[shell.name(), "-c", command, "web"], command, shell, &[]);
        let ran = sandbox.run(&declared.words(), command, shell, &[]);
        if ran != written && !(is_concurrent && ran.clone().sorted() == written.clone().sorted()) {
            writeln!(difference, "{command}\n  declared {declared}\n  {shell:?} {written:?}\n  ours {ran:?}").unwrap();
            continue;
        }
        let given = sandbox.run(&declared.words(), command, shell, &GIVEN);
        if let Err(problem) = arguments_arrive(&declared, &ran, &given) {
            writeln!(difference, "{command}\n  declared {declared}\n  {problem}\n  {ran:?}\n  {given:?}").unwrap();
            continue;
        }
        return Ok(());
    }
    Err(difference)
}

/// (X3) With arguments, the last program ends with them and nothing else changes, or the log said otherwise.
fn arguments_arrive(declared: &Declared, ran: &Ran, given: &Ran) -> Result<(), &'static str> {
    use octopilot_procfile::shell::Arguments as A;
    let Some(arguments) = &declared.arguments else {
        // The program is a shell itself, which takes the arguments as its own.
        return if matches!(declared.words()[0], "sh" | "bash") { Ok(()) } else { ends_with_arguments(ran, given) };
    };
    match arguments {
        A::Used => Ok(()),
        _ if ran.records == given.records => Ok(()),
        A::Lost(_) => Err("arguments were said to be lost"),
        A::Passed | A::Partly { .. } => ends_with_arguments(ran, given),
    }
}

fn ends_with_arguments(ran: &Ran, given: &Ran) -> Result<(), &'static str> {
    let Some((last, before)) = given.records.split_last() else { return Ok(()) };
    let Some((last_without, before_without)) = ran.records.split_last() else { return Err("another program ran") };
    let mut expected = last_without.clone();
    expected.arguments.extend(GIVEN.map(String::from));
    if before == before_without && *last == expected { Ok(()) } else { Err("the arguments did not arrive") }
}

/// What the user is told of each command.
fn reports(commands: &[String]) -> String {
    let sandbox = Sandbox::new();
    let mut text = String::new();
    for command in commands {
        let declared = declare(&sandbox, command, Dialect::Bash);
        write!(text, "{}\n{}", command.replace('\n', "\\n"), declared.report()).unwrap();
    }
    text
}

/// How the commands of a corpus run, counted.
fn counts(commands: &[String]) -> String {
    let sandbox = Sandbox::new();
    let mut counts = std::collections::BTreeMap::new();
    let mut stays = String::new();
    for command in commands {
        let declared = declare(&sandbox, command, Dialect::Bash);
        *counts.entry(declared.kind()).or_insert(0) += 1;
        if declared.warns() {
            write!(stays, "\n{command}\n{}", declared.report()).unwrap();
        }
    }
    let counts = counts.into_iter().fold(String::new(), |all, (kind, count)| format!("{all}{count:4} {kind}\n"));
    format!("{:4} commands\n{counts}{stays}", commands.len())
}

/// Tests generated cases on all cores: always the same ones, unless a variable asks for another number of them. Cases
/// that failed once are in `regressions`.
pub(crate) fn generated<S: Strategy>(
    (variable, usual): (&str, u32),
    regressions: &'static str,
    strategy: impl Fn() -> S + Sync,
    sandbox: fn() -> Sandbox,
    test: impl Fn(&Sandbox, S::Value) -> Result<(), String> + Sync,
) -> Result<(), String> {
    let asked = std::env::var(variable).ok().map(|cases| cases.parse::<u32>().unwrap());
    let threads = u32::try_from(std::thread::available_parallelism().map_or(1, usize::from)).unwrap();
    let run = |thread: u32| {
        let config = Config {
            cases: asked.unwrap_or(usual) / threads,
            failure_persistence: Some(Box::new(FileFailurePersistence::Direct(regressions))),
            max_shrink_iters: 2000,
            ..Config::default()
        };
        let mut runner = if asked.is_some() {
            TestRunner::new(config)
        } else {
            let seed = [u8::try_from(thread).unwrap_or(u8::MAX); 32];
            TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
        };
        let sandbox = sandbox();
        let test = |case: S::Value| test(&sandbox, case).map_err(TestCaseError::fail);
        runner.run(&strategy(), test).map_err(|failure| failure.to_string())
    };
    let run = &run;
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..threads).map(|thread| scope.spawn(move || run(thread))).collect();
        runs.into_iter().try_for_each(|run| run.join().unwrap())
    })
}

/// (X3, X4, X4c) In the shells in turn. What fails belongs into the list.
fn generated_programs_get_what_is_said() -> Result<(), Failed> {
    let asked = std::env::var("SIGNAL_CASES").ok().map(|cases| cases.parse::<usize>().unwrap());
    let seed = std::env::var("SIGNAL_SEED").map_or(0, |seed| seed.parse::<u32>().unwrap());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed.to_le_bytes().repeat(8));
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let shells = [Shell::Bash, Shell::Dash, Shell::Bash, Shell::Busybox];
    let strategy = (generator::command(), proptest::sample::select(shells.to_vec()));
    let cases = std::iter::repeat_with(|| strategy.new_tree(&mut runner).unwrap().current());
    let cases: Vec<(String, Shell)> = cases.filter(|(_, shell)| shell.is_here()).take(asked.unwrap_or(150)).collect();
    for_all(&cases, |sandbox, (command, shell)| oracle::compare(sandbox, &oracle::with_names(command), *shell))
        .map(|_| ())
}

fn generated_commands_run_as_in_bash() -> Result<(), Failed> {
    let test = |sandbox: &Sandbox, command: String| compare(sandbox, &command, Shell::Bash);
    let number = ("DIFFERENTIAL_CASES", 1000);
    Ok(generated(number, "tests/commands/regressions.txt", generator::command, Sandbox::new, test)?)
}
