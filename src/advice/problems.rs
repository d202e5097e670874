//! The advice that there is on commands.

use crate::advice::misuse::Reason;
use crate::diagnostics::{Message, problems};
use crate::text::quote::{code, is_plain_line, list, shell_word, shown, toml_elements, whole};

problems! {
    /// What a command does that cannot be right in a container.
    enum Advice {
        /// A web server with a fixed port (O4).
        Warning "hardcoded-port" HardcodedPort { port: String, instead: String, in_array: bool },
        /// A port that is no number, or too large.
        Warning "invalid-port" InvalidPort { port: String, instead: String },
        /// `$PORT` in quotes, so that nothing expands it.
        Warning "unexpanded-port" UnexpandedPort { found: String, instead: String },
        /// A web server whose port is a `$PORT` that only some platforms set (O6).
        Note "unset-port" UnsetPort { instead: String, assigned: Option<String> },
        /// A placeholder for the port that only another tool replaces (O6).
        Warning "foreign-placeholder" ForeignPlaceholder { found: String, instead: String, is_expansion: bool, in_array: bool, is_safe: bool },
        /// A web server that only its own container can reach (O4).
        Warning "loopback-bind" LoopbackBind { program: String, address: String, by_default: bool, instead: String },
        /// A file of the app that does not exist where it is looked for, or that cannot be executed (O4).
        Warning "missing-program" MissingProgram { program: String, why: Missing },
        /// A directory that does not exist, to which a command changes (O4).
        Warning "missing-directory" MissingDirectory { directory: String, why: NoDirectory },
        /// A script that `package.json` does not declare.
        Warning "missing-script" MissingScript {
            script: String,
            package: String,
            nearest: Option<String>,
            scripts: Vec<String>,
        },
        /// A program, or an option of one, that is for development.
        Warning "development-only" DevelopmentOnly { shown_by: &'static str, reason: Reason, instead: &'static str },
        /// A program that leaves its process, so that the container ends.
        Warning "background-program" BackgroundProgram { program: String, keep: String },
        /// A program whose log goes to a file, where no platform finds it.
        Warning "logs-to-file" LogsToFile { file: String },
        /// An option that a program does not have, or that has another `meaning` than the port.
        Warning "refused-option" RefusedOption {
            program: String,
            option: &'static str,
            meaning: Option<&'static str>,
            instead: String,
        },
        /// An option and its value that quotes turn into one word.
        Warning "quoted-option" QuotedOption { program: String, option: String, in_array: bool },
        /// An option that does not get to the program that has it.
        Warning "misplaced-option" MisplacedOption { option: String, instead: String, keeper: Keeper },
        /// A path where a server of Python needs the name of a module, or a module without the name of the app.
        /// `is_guess`: whether that name is not known.
        Warning "module-path" ModulePath { program: String, found: String, instead: String, is_path: bool, is_guess: bool },
        /// A tool that manages processes, containers or services, as the platform does. `instead` is empty if it runs in a
        /// container.
        Warning "process-manager" ProcessManager { manager: &'static str, instead: &'static str },
        /// A URL as the address on which a server listens, or an address with a port as its host.
        Warning "url-bind" UrlBind { program: String, url: String, instead: String, is_url: bool },
        /// What installs or builds the app whenever the container starts.
        Warning "install-at-start" InstallAtStart {
            command: String,
            is_build: bool,
            delete: Option<String>,
            instead: &'static str,
        },
        /// A program whose name contains a blank: a whole command line in quotes.
        Warning "quoted-command" QuotedCommand { program: String, quotes: Quotes },
        /// A `.profile`, which nothing reads (O3).
        Warning "unused-profile" UnusedProfile,
        /// `sudo`, which run images do not have.
        Warning "needless-sudo" NeedlessSudo,
    }
}

/// Why a file is not found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// The app does not have it.
    File,
    /// It is there, and not executable.
    Mode,
    /// It is in the app, and its name is looked for only in PATH.
    OnPath { instead: String, is_executable: bool },
    /// It is in the app, and the path is that of Heroku.
    OnHeroku { instead: String },
    /// It would activate a virtual environment of Python.
    Activate { delete: String },
}

/// What gets an option instead of the program that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keeper {
    /// The program in a JAR file, instead of the JVM.
    Java,
    /// `npm`, instead of the script.
    Npm,
}

/// Why a directory is not found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoDirectory {
    /// The app does not have it.
    InApp,
    /// The path is that of Heroku. `instead`: the directory in the app, empty for the app itself.
    OnHeroku { instead: String },
}

/// What makes a command line one word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Quotes {
    /// The quotes of a shell.
    Shell,
    /// Backticks, in which a shell runs a command for its output.
    Backticks,
    /// The quotes of a shell inside those of TOML.
    Toml,
    /// An array with a single string.
    Array,
    /// An array of command lines. `instead`: all of them as one string.
    Lines { instead: String },
    /// Those around a path of Windows. `instead`: the command line to write.
    Windows { instead: String },
}

fn message(advice: &Advice) -> Message {
    match advice {
        Advice::HardcodedPort { port, instead, in_array } => hardcoded_port(port, instead, *in_array),
        Advice::InvalidPort { port, instead } => {
            Message::new(format!("{} is not a port", code(port))).label("a port is a number up to 65535").write(instead)
        }
        Advice::UnexpandedPort { found, instead } => {
            Message::new(format!("the program gets the text {}, not the value of the variable", code(found)))
                .label("not expanded")
                .help(format!("write `{}`, without quotes or in double quotes", whole(instead)))
        }
        Advice::UnsetPort { instead, assigned } => unset_port(instead, assigned.as_deref()),
        Advice::ForeignPlaceholder { found, instead, is_expansion, in_array, is_safe } => {
            foreign_placeholder(found, instead, *is_expansion, *in_array, *is_safe)
        }
        Advice::LoopbackBind { program, address, by_default, instead } => {
            loopback_bind(program, address, *by_default, instead)
        }
        Advice::MissingProgram { program, why } => missing_program(program, why),
        Advice::MissingDirectory { directory, why } => missing_directory(directory, why),
        Advice::MissingScript { script, package, nearest, scripts } => {
            missing_script(script, package, nearest.as_deref(), scripts)
        }
        Advice::DevelopmentOnly { shown_by, reason, instead } => development_only(shown_by, *reason, instead),
        Advice::BackgroundProgram { program, keep } => background_program(program, keep),
        Advice::LogsToFile { file } => logs_to_file(file),
        Advice::RefusedOption { program, option, meaning, instead } => {
            refused_option(program, option, *meaning, instead)
        }
        Advice::QuotedOption { program, option, in_array } => quoted_option(program, option, *in_array),
        Advice::MisplacedOption { option, instead, keeper } => misplaced_option(option, instead, *keeper),
        Advice::ModulePath { program, found, instead, is_path, is_guess } => {
            module_path(program, found, instead, *is_path, *is_guess)
        }
        Advice::ProcessManager { manager, instead } => process_manager(manager, instead),
        Advice::UrlBind { program, url, instead, is_url } => url_bind(program, url, instead, *is_url),
        Advice::InstallAtStart { command, is_build, delete, instead } => {
            install_at_start(command, *is_build, delete.as_deref(), instead)
        }
        Advice::QuotedCommand { program, quotes } => quoted_command(program, quotes),
        Advice::UnusedProfile => unused_profile(),
        Advice::NeedlessSudo => Message::new("images have no `sudo`, and processes run as an ordinary user")
            .label("not found at run time")
            .help("delete `sudo`, and do anything that needs root when you build the run image"),
    }
}

fn unused_profile() -> Message {
    Message::new("this file is ignored, because processes start without a login shell").help(
        "set the variables in `env` of the process in a project.toml, or use `. ./.profile && exec PROGRAM` as the command",
    )
}

fn development_only(shown_by: &str, reason: Reason, instead: &str) -> Message {
    Message::new(format!("{} is for development{}", code(shown_by), reason.text()))
        .label("for development")
        .help(format!("run {instead}"))
}

fn background_program(program: &str, keep: &str) -> Message {
    Message::new(format!("{} runs in the background, so the container ends right away", code(program)))
        .label("this starts a background process")
        .help(keep)
}

fn logs_to_file(file: &str) -> Message {
    Message::new(format!("the log of this process goes to {}, where the platform cannot collect it", code(file)))
        .label("standard output and error go to a file")
        .help("delete the redirection: the platform collects the log from standard output and error")
}

fn refused_option(program: &str, option: &str, meaning: Option<&str>, instead: &str) -> Message {
    let (program, option) = (code(program), code(option));
    let message = match meaning {
        Some(meaning) => {
            Message::new(format!("{option} of {program} is {meaning}, not the port")).label("not the port")
        }
        None => Message::new(format!("{program} has no option {option}, and ends right away")).label("unknown option"),
    };
    message.write(instead)
}

fn url_bind(program: &str, url: &str, instead: &str, is_url: bool) -> Message {
    let (what, label) =
        if is_url { ("is a URL", "a URL, not an address") } else { ("contains a port", "a host and a port") };
    Message::new(format!("{} cannot listen on {}, which {what}", code(program), code(url))).label(label).write(instead)
}

fn hardcoded_port(port: &str, instead: &str, in_array: bool) -> Message {
    let instead = whole(instead);
    Message::new(format!("the port {} is fixed, so the platform cannot change it with `PORT`", shown(port)))
        .label("fixed here")
        .help(if in_array {
            format!(
                "write the whole command as a string, with `{instead}`: nothing is expanded in an array or in `args`"
            )
        } else {
            format!("write `{instead}`")
        })
}

fn foreign_placeholder(found: &str, instead: &str, is_expansion: bool, in_array: bool, is_safe: bool) -> Message {
    let who = if in_array { "nothing replaces" } else { "a shell does not replace" };
    let message = if is_expansion && !in_array {
        Message::new(format!("a shell does not read {} as the port with a default", code(found)))
            .label("the default must follow `:-`")
    } else {
        Message::new(format!("{who} {} with the port", code(found))).label("a placeholder of another tool")
    };
    if in_array {
        return message.help(format!(
            "write the whole command as a string, with `{instead}`: nothing is expanded in an array or in `args`"
        ));
    }
    message.write(instead).safe_if(is_safe)
}

fn loopback_bind(program: &str, address: &str, by_default: bool, instead: &str) -> Message {
    let (program, address) = (code(program), shown(address));
    let message =
        Message::new(format!("{program} listens on {address}, which cannot be reached from outside the container"));
    if by_default {
        message.label("the default, without an option for it").help(format!("add {}", code(instead)))
    } else {
        message.label("only reachable inside the container").write(instead)
    }
}

fn unset_port(instead: &str, assigned: Option<&str>) -> Message {
    Message::new("the port is empty where the platform does not set `PORT`, as in Docker and Kubernetes")
        .label(match assigned {
            Some(assigned) => format!("expanded before {} takes effect", code(assigned)),
            None => "no default".to_string(),
        })
        .write(instead)
}

fn quoted_option(program: &str, option: &str, in_array: bool) -> Message {
    let words: Vec<&str> = option.split(' ').collect();
    Message::new(format!("{} gets {} as one word, which is not an option", code(program), code(option)))
        .label("an option and its value in the same quotes")
        .help(if in_array {
            format!("write `{}`, because each string is one word", whole(&toml_elements(&words)))
        } else {
            format!("write `{}`, without quotes around it", whole(option))
        })
}

fn misplaced_option(option: &str, instead: &str, keeper: Keeper) -> Message {
    let option = code(option);
    let message = match keeper {
        Keeper::Java => {
            Message::new(format!("{option} has no effect behind `-jar`: the program gets it as an argument"))
                .label("an option of `java` behind the file")
        }
        Keeper::Npm => Message::new(format!("`npm` takes {option} as its own option, and the script does not get it"))
            .label("no `--` before it"),
    };
    message.write(instead)
}

fn module_path(program: &str, found: &str, instead: &str, is_path: bool, is_guess: bool) -> Message {
    let name = if is_guess { ", with the name that the app has in the module" } else { "" };
    Message::new(format!("{} cannot import {}", code(program), code(found)))
        .label(if is_path { "a path, not the name of a module" } else { "no `:` and name of the app" })
        .help(format!("write `{}`{name}", whole(instead)))
}

fn process_manager(manager: &str, instead: &'static str) -> Message {
    if instead.is_empty() {
        return Message::new(format!("{} starts several programs in one container", code(manager)))
            .label("a process manager")
            .help("give each program its own process type, so that the platform starts and stops each one separately");
    }
    Message::new(format!("{} works only outside of containers", code(manager)))
        .label("not found at run time")
        .help(instead)
}

fn install_at_start(command: &str, is_build: bool, delete: Option<&str>, instead: &str) -> Message {
    let what = if is_build { "builds the app" } else { "installs dependencies" };
    let delete = delete.map_or("delete it".to_string(), |text| format!("delete `{}`", whole(text)));
    let message =
        Message::new(format!("{} {what} when the container starts, not when the image is built", code(command)))
            .label("at every start");
    match (is_build, instead) {
        (true, "") => message.help(format!("{delete}, and build the app when the image is built")),
        (true, instead) => message.help(format!("run {instead}")),
        (false, instead) => message.help(format!("{delete}: {instead}")),
    }
}

fn missing_program(program: &str, why: &Missing) -> Message {
    let name = code(program);
    let no_file = || Message::new(format!("{name} does not exist in the app")).label("no such file");
    let chmod = |program: &str| {
        let path = whole(&shell_word(program));
        format!("run `chmod +x {path}`, and in a git repository `git update-index --chmod=+x {path}`")
    };
    match why {
        Missing::File => no_file().help(
            "correct the path, which is relative to the working directory of the process, or add the file to the app",
        ),
        Missing::Mode => {
            Message::new(format!("{name} is not executable")).label("not an executable file").help(chmod(program))
        }
        Missing::OnPath { instead, is_executable } => {
            let message =
                Message::new(format!("{name} is not found, because a name without `/` is searched for in PATH"))
                    .label("a file of the app, which is not in PATH")
                    .write(instead);
            if *is_executable { message } else { message.help(chmod(program)) }
        }
        Missing::OnHeroku { instead } => {
            Message::new(format!("{name} does not exist, because `/app` is the app directory only on Heroku"))
                .label("no such file")
                .write(instead)
        }
        Missing::Activate { delete } => no_file().help(format!(
            "delete `{}`: the buildpack that installs the dependencies adds their programs to PATH",
            whole(delete)
        )),
    }
}

fn missing_script(script: &str, package: &str, nearest: Option<&str>, scripts: &[String]) -> Message {
    let message = Message::new(format!("{} has no script {}", code(package), code(script))).label("no such script");
    match (nearest, scripts) {
        (Some(nearest), _) => message.write(nearest),
        (None, []) => message.help(format!("add it to `scripts` in {}, or run the program itself", code(package))),
        (None, scripts) => message.help(format!(
            "add it to `scripts` in {}, or use one that is there: {}",
            code(package),
            list(scripts, "or")
        )),
    }
}

fn missing_directory(directory: &str, why: &NoDirectory) -> Message {
    let name = code(directory);
    match why {
        NoDirectory::InApp => Message::new(format!("there is no directory {name} in the app"))
            .label("no such directory")
            .help("correct the path, which is relative to the working directory of the process"),
        NoDirectory::OnHeroku { instead } => {
            let help = if instead.is_empty() {
                format!("delete `cd {directory} &&`: the process starts in the app directory")
            } else {
                format!("write `{}`", whole(instead))
            };
            Message::new(format!("{name} does not exist, because `/app` is the app directory only on Heroku"))
                .label("no such directory")
                .help(help)
        }
    }
}

fn quoted_command(program: &str, quotes: &Quotes) -> Message {
    let label = match quotes {
        Quotes::Windows { .. } => "a path of Windows",
        Quotes::Toml => "the inner quotes make a single word, including the spaces",
        _ => "this is a single word, including the spaces",
    };
    let message = match quotes {
        Quotes::Backticks => Message::new("a shell runs what is in backticks, and then what that prints as a command")
            .label("in backticks"),
        _ => Message::new(format!("no program is called {}", code(program))).label(label),
    };
    match quotes {
        Quotes::Windows { instead } => message.write(instead),
        Quotes::Lines { instead } => message.help(format!("write the whole command as a string: `{}`", whole(instead))),
        Quotes::Shell | Quotes::Backticks => {
            message.help(format!("write it without the quotes around it: `{}`", whole(program)))
        }
        Quotes::Toml => {
            message.help("delete the inner quotes: TOML needs only the outer ones, and the shell needs none")
        }
        Quotes::Array if is_plain_line(program) => {
            let words: Vec<&str> = program.split_whitespace().collect();
            message.write(toml_elements(&words))
        }
        Quotes::Array => message.help("delete the brackets: a string is a command line, which a shell reads"),
    }
}
