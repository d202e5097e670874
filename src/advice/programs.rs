//! Facts about programs: the options that set where servers listen, and what starts other programs. Each was checked by
//! running that version, or comes from that documentation or source code.

/// A program and its subcommands, with spaces between them.
pub type Words = &'static str;

/// The names of options.
pub type Options = &'static [&'static str];

/// The rows of a program in a table that is in the order of the programs' names.
pub(super) fn of_program<T>(table: &'static [T], command: impl Fn(&T) -> Words, program: &str) -> &'static [T] {
    let order = |row: &T| {
        let (command, program) = (command(row).as_bytes(), program.as_bytes());
        let shared = command.len().min(program.len());
        // A blank comes before everything that is in a name.
        let behind = || command.get(shared).filter(|byte| **byte != b' ').cmp(&program.get(shared));
        command[..shared].cmp(&program[..shared]).then_with(behind)
    };
    let start = table.partition_point(|row| order(row).is_lt());
    let rows = &table[start..];
    &rows[..rows.iter().take_while(|row| order(row).is_eq()).count()]
}

/// A fact, and where it is from: the documentation, with the version if it was checked with one. Only the facts are in the
/// binary.
#[derive(Debug)]
pub struct Sourced<T> {
    /// The fact.
    pub fact: T,
    /// Where it is from.
    pub source: &'static str,
}

/// The facts of a table, without their sources.
pub(super) const fn facts<T: Copy, const N: usize>(table: &[Sourced<T>; N]) -> [T; N] {
    let mut facts = [table[0].fact; N];
    let mut index = 1;
    while index < N {
        facts[index] = table[index].fact;
        index += 1;
    }
    facts
}

/// A program that serves HTTP, as its options tell it to.
#[derive(Debug)]
pub struct Server {
    /// Its commands.
    pub commands: &'static [Words],
    /// Options whose value is a host. One that ends in `=` has it in the same word.
    pub host: Options,
    /// Whether such a value is known not to have a port.
    pub refuses_ports: bool,
    /// Options whose value is a port.
    pub port: Options,
    /// Options whose value is `HOST:PORT`, or one of them, or a URL.
    pub bind: Options,
    /// Whether such a value cannot be a URL of HTTP.
    pub refuses_urls: bool,
    /// If it listens on a loopback address unless an option says otherwise: the address, and what to add.
    pub loopback: Option<(&'static str, &'static str)>,
    /// If it listens on `PORT` unless an option says otherwise: the options that make this unknown.
    pub reads_port: Option<Options>,
    /// Options that make the address unknown: a configuration file, a socket.
    pub unless: Options,
    /// The version and how it was checked, or the documentation.
    pub source: &'static str,
}

const SERVER: Server = Server {
    commands: &[],
    host: &[],
    refuses_ports: false,
    port: &[],
    bind: &[],
    refuses_urls: false,
    loopback: None,
    reads_port: None,
    unless: &[],
    source: "",
};

/// The servers whose options are known.
#[rustfmt::skip]
pub const SERVERS: &[Server] = &[
    Server { commands: &["gunicorn"], bind: &["-b", "--bind"], refuses_urls: true,
        reads_port: Some(&["-c", "--config", "--chdir", "--paste"]),
        source: "gunicorn 27.0.1, run", ..SERVER },
    Server { commands: &["uvicorn"], host: &["--host"], refuses_ports: true, port: &["--port"], unless: &["--uds", "--fd"],
        loopback: Some(("127.0.0.1", "--host 0.0.0.0")), source: "uvicorn 0.54.0, run", ..SERVER },
    Server { commands: &["hypercorn"], bind: &["-b", "--bind"], refuses_urls: true,
        unless: &["-c", "--config", "--insecure-bind", "--quic-bind"],
        loopback: Some(("127.0.0.1", "--bind 0.0.0.0:${PORT:-8000}")), source: "hypercorn 0.18.0, run", ..SERVER },
    Server { commands: &["daphne"], host: &["-b", "--bind"], port: &["-p", "--port"],
        unless: &["-u", "--unix-socket", "-e", "--endpoint", "--fd"], loopback: Some(("127.0.0.1", "--bind 0.0.0.0")),
        source: "daphne 4.2.3, run", ..SERVER },
    Server { commands: &["granian"], host: &["--host"], port: &["--port"], unless: &["--uds"],
        loopback: Some(("127.0.0.1", "--host 0.0.0.0")), source: "granian 2.8.7, run", ..SERVER },
    Server { commands: &["waitress-serve"], host: &["--host"], port: &["--port"], bind: &["--listen"],
        refuses_urls: true, unless: &["--unix-socket"], source: "waitress 3.0.2, run", ..SERVER },
    Server { commands: &["fastapi run"], host: &["--host"], port: &["--port"],
        source: "fastapi 0.165.0, run", ..SERVER },
    Server { commands: &["streamlit run"], host: &["--server.address"], port: &["--server.port"],
        source: "streamlit 1.67.0, run", ..SERVER },
    Server { commands: &["puma"], port: &["-p", "--port"], bind: &["-b", "--bind"],
        source: "puma 5.6.5, run", ..SERVER },
    Server { commands: &["rails server", "rails s"], bind: &["-b", "--binding"], port: &["-p", "--port"],
        source: "rails 6.1.7, run", ..SERVER },
    Server { commands: &["thin start"], host: &["-a", "--address"], port: &["-p", "--port"],
        unless: &["-C", "--config", "-S", "--socket"], source: "thin 1.8.1, run", ..SERVER },
    Server { commands: &["rackup"], host: &["-o", "--host"], port: &["-p", "--port"],
        source: "rack 2.2, run", ..SERVER },
    Server { commands: &["next start"], host: &["-H", "--hostname"], port: &["-p", "--port"],
        source: "next 16.4.6, help", ..SERVER },
    Server { commands: &["http-server"], host: &["-a"], port: &["-p", "--port"],
        source: "http-server 14.1.1, run", ..SERVER },
    Server { commands: &["serve"], port: &["-p"], bind: &["-l", "--listen"], source: "serve 14.2.7, run", ..SERVER },
    Server { commands: &["java"], host: &["-Dserver.address=", "--server.address="],
        port: &["-Dserver.port=", "--server.port="],
        source: "Spring Boot, docs.spring.io: external configuration", ..SERVER },
    Server { commands: &["dotnet"], bind: &["--urls", "--server.urls"],
        source: "ASP.NET Core, learn.microsoft.com: Kestrel endpoints", ..SERVER },
    Server { commands: &["heroku-php-apache2", "heroku-php-nginx"], port: &["-p"],
        source: "heroku-buildpack-php, source", ..SERVER },
];

/// Programs that stand between the outside and a server, in the same container.
pub const PROXIES: [&str; 10] =
    ["apache2ctl", "apachectl", "caddy", "envoy", "haproxy", "httpd", "nginx", "service", "supervisord", "traefik"];

/// Options that may be between a program and its subcommand, with and without a value.
#[rustfmt::skip]
pub(super) const BEFORE_SUBCOMMANDS: [(&str, Options, Options); 5] = [
    ("docker", &["-f", "--file", "-p", "--project-name", "--env-file", "--profile"], &[]),
    ("flask", &["--app", "-A", "--env-file", "-e"], &["--debug", "--no-debug"]),
    ("npm", &["--prefix", "-C", "-w", "--workspace"], &["-s", "--silent"]),
    ("pnpm", &["--filter", "-F", "--dir", "-C"], &["-r", "-w", "-s", "--silent"]),
    ("yarn", &["--cwd"], &["-s", "--silent"]),
];

/// A program that runs a script of the app.
pub(super) struct Interpreter {
    /// Its name.
    pub(super) name: &'static str,
    /// What the names of its scripts end in.
    pub(super) extensions: Options,
    /// The option that the script follows. Without one, it is the first word that is not an option.
    pub(super) script: Option<&'static str>,
    /// Options with a value.
    pub(super) values: Options,
    /// Options without one.
    pub(super) flags: Options,
}

const fn interpreter(name: &'static str, extensions: Options, values: Options, flags: Options) -> Interpreter {
    Interpreter { name, extensions, script: None, values, flags }
}

/// The interpreters, except for Python.
#[rustfmt::skip]
pub(super) const INTERPRETERS: [Interpreter; 10] = [
    interpreter("node", &["js", "mjs", "cjs"], &["-r", "--require", "--import"], &["--expose-gc", "--no-warnings"]),
    interpreter("ruby", &["rb"], &["-I", "-r"], &["-w"]),
    interpreter("php", &["php"], &["-d", "-c"], &["-f", "-q"]),
    interpreter("bash", &["sh", "bash"], &["-o"], &["-e", "-eu", "-eux", "-ex", "-l", "-u", "-x"]),
    interpreter("sh", &["sh"], &["-o"], &["-e", "-eu", "-eux", "-ex", "-l", "-u", "-x"]),
    interpreter("perl", &["pl"], &["-I"], &["-w"]),
    interpreter("Rscript", &["R"], &["-e"], &["--no-save", "--vanilla"]),
    interpreter("ts-node", &["ts"], &["-P", "--project", "-r"], &["--esm", "-T", "--transpile-only"]),
    interpreter("tsx", &["ts", "tsx"], &["--tsconfig"], &[]),
    Interpreter { script: Some("-jar"), ..interpreter("java", &["jar"], &[], &[]) },
];

/// Options of wrappers that change the working directory.
pub(super) const CHANGE_DIRECTORY: Options = &["-C", "--chdir", "--cwd", "--directory"];

/// What starts a program and is replaced by it, or stays in front of it and passes everything on.
#[derive(Clone, Copy, Debug)]
pub struct Wrapper {
    /// Its words.
    pub command: Words,
    /// Options with a value.
    pub values: Options,
    /// Options without one. One that starts with `--` and has its value behind a `=` needs no row.
    pub flags: Options,
    /// What is between the options and the program.
    pub operands: Operands,
}

/// What a wrapper has between its options and the program.
#[derive(Clone, Copy, Debug)]
pub enum Operands {
    /// This many words.
    Words(usize),
    /// Assignments of variables.
    Assignments,
    /// All words up to a `--`.
    UntilDashes,
}

/// The wrappers of a program, those of more words first.
pub(super) fn wrappers(program: &str) -> &'static [Wrapper] {
    static FACTS: [Wrapper; WRAPPERS.len()] = facts(&WRAPPERS);
    of_program(&FACTS, |wrapper| wrapper.command, program)
}

const fn wrapper(command: Words, source: &'static str) -> Sourced<Wrapper> {
    Sourced { fact: Wrapper { command, values: &[], flags: &[], operands: Operands::Words(0) }, source }
}

const fn until_dashes(command: Words, source: &'static str) -> Sourced<Wrapper> {
    wrapper(command, source).operands(Operands::UntilDashes)
}

impl Sourced<Wrapper> {
    const fn options(self, values: Options, flags: Options) -> Self {
        let Self { fact, source } = self;
        Self { fact: Wrapper { values, flags, ..fact }, source }
    }

    const fn operands(self, operands: Operands) -> Self {
        let Self { fact, source } = self;
        Self { fact: Wrapper { operands, ..fact }, source }
    }
}

/// All wrappers, in the order of their names.
#[rustfmt::skip]
pub static WRAPPERS: [Sourced<Wrapper>; 60] = [
    until_dashes("aws-vault exec", "https://github.com/99designs/aws-vault#readme"),
    wrapper("bun x", "https://bun.sh/docs/cli/bunx").options(&["-p", "--package"], &["--bun"]),
    wrapper("bundle exec", "https://bundler.io/man/bundle-exec.1.html")
        .options(&["--gemfile"], &["--keep-file-descriptors"]),
    wrapper("bunx", "https://bun.sh/docs/cli/bunx").options(&["-p", "--package"], &["--bun"]),
    wrapper("catchsegv", "https://manpages.debian.org/bullseye/libc-bin/catchsegv.1.en.html"),
    until_dashes("chamber exec", "https://github.com/segmentio/chamber#readme"),
    wrapper("command", "https://www.gnu.org/software/bash/manual/bash.html#index-command"),
    wrapper("conda run", "https://docs.conda.io/projects/conda/en/stable/commands/run.html")
        .options(&["-n", "--name", "-p", "--prefix", "--cwd"], &["--no-capture-output", "--live-stream", "-v"]),
    wrapper("cross-env", "https://github.com/kentcdodds/cross-env#readme").operands(Operands::Assignments),
    wrapper("ddtrace-run", "https://ddtrace.readthedocs.io/en/stable/installation_quickstart.html")
        .options(&[], &["--debug", "-d", "--profiling", "-p"]),
    wrapper("direnv exec", "https://direnv.net/man/direnv.1.html").operands(Operands::Words(1)),
    until_dashes("doppler run", "https://docs.doppler.com/docs/cli"),
    wrapper("dotenv run", "https://github.com/theskumar/python-dotenv#readme, help (1.2)")
        .options(&[], &["--override", "--no-override"]),
    wrapper("dotenv",
        "https://github.com/entropitor/dotenv-cli#readme (11.0.0), https://github.com/bkeepers/dotenv#readme")
        .options(&["-e", "-v", "-f"], &["-o", "-i", "--overload"]),
    until_dashes("dotenvx run", "https://github.com/dotenvx/dotenvx#readme (2.38.2)"),
    wrapper("dumb-init", "https://github.com/Yelp/dumb-init#readme (1.2.5)")
        .options(&["-r", "--rewrite"], &["-c", "--single-child", "-v", "--verbose"]),
    wrapper("elasticapm-run", "https://www.elastic.co/docs/reference/apm/agents/python/wrapper-support"),
    wrapper("env", "https://www.gnu.org/software/coreutils/env")
        .options(&["-u", "--unset", "-C", "--chdir"], &["-i", "-", "--ignore-environment"])
        .operands(Operands::Assignments),
    wrapper("exec", "https://www.gnu.org/software/bash/manual/bash.html#index-exec").options(&["-a"], &["-c", "-l"]),
    wrapper("gosu", "https://github.com/tianon/gosu#readme (1.14)").operands(Operands::Words(1)),
    wrapper("hatch run", "https://hatch.pypa.io/latest/cli/reference/#hatch-run"),
    wrapper("heaptrack", "https://invent.kde.org/sdk/heaptrack"),
    until_dashes("infisical run", "https://infisical.com/docs/cli/commands/run"),
    wrapper("ionice", "https://manpages.debian.org/bookworm/util-linux/ionice.1.en.html")
        .options(&["-c", "--class", "-n", "--classdata"], &["-t", "--ignore"]),
    wrapper("jemalloc.sh", "https://github.com/gaffneyc/heroku-buildpack-jemalloc#readme"),
    wrapper("mamba run", "https://docs.conda.io/projects/conda/en/stable/commands/run.html")
        .options(&["-n", "--name", "-p", "--prefix", "--cwd"], &["--no-capture-output", "--live-stream", "-v"]),
    wrapper("micromamba run", "https://docs.conda.io/projects/conda/en/stable/commands/run.html")
        .options(&["-n", "--name", "-p", "--prefix", "--cwd"], &["--no-capture-output", "--live-stream", "-v"]),
    until_dashes("mise exec", "https://mise.jdx.dev/cli/exec.html"),
    until_dashes("mise x", "https://mise.jdx.dev/cli/exec.html"),
    wrapper("newrelic-admin run-program",
        "https://docs.newrelic.com/docs/apm/agents/python-agent/installation/python-agent-admin-script-advanced-usage/"),
    wrapper("nice", "https://www.gnu.org/software/coreutils/nice").options(&["-n", "--adjustment"], &[]),
    wrapper("nohup", "https://www.gnu.org/software/coreutils/nohup"),
    wrapper("npm exec", "https://docs.npmjs.com/cli/commands/npm-exec").options(&["-p", "--package"], &["-y", "--yes"]),
    wrapper("npx", "https://docs.npmjs.com/cli/commands/npx")
        .options(&["-p", "--package"], &["-y", "--yes", "--no", "--no-install", "-q", "--quiet"]),
    until_dashes("op run", "https://developer.1password.com/docs/cli/reference/commands/run/"),
    wrapper("opentelemetry-instrument", "https://opentelemetry.io/docs/zero-code/python/"),
    wrapper("pdm run", "https://pdm-project.org/latest/reference/cli/, help (2.29)")
        .options(&["-p", "--project", "--env-file"], &["-q", "-v", "-s", "--site-packages"]),
    wrapper("pipenv run", "https://pipenv.pypa.io/en/latest/commands.html").options(&[], &["--system"]),
    wrapper("pipx run", "https://pipx.pypa.io/stable/docs/").options(&["--spec", "--python"], &[]),
    wrapper("pnpm exec", "https://pnpm.io/cli/exec"),
    wrapper("pnpm dlx", "https://pnpm.io/cli/dlx").options(&["--package"], &[]),
    wrapper("poetry run", "https://python-poetry.org/docs/cli/#run"),
    wrapper("pyenv exec", "https://github.com/pyenv/pyenv/blob/master/COMMANDS.md"),
    wrapper("rbenv exec", "https://github.com/rbenv/rbenv#readme"),
    wrapper("rye run", "https://rye.astral.sh/guide/commands/run/").options(&["--pyproject"], &[]),
    wrapper("setpriv", "https://manpages.debian.org/bookworm/util-linux/setpriv.1.en.html")
        .options(&["--reuid", "--regid", "--groups"], &["--clear-groups", "--init-groups", "--no-new-privs",
            "--reset-env"]),
    wrapper("setsid", "https://manpages.debian.org/bookworm/util-linux/setsid.1.en.html")
        .options(&[], &["-w", "--wait"]),
    wrapper("start-pgbouncer", "https://github.com/heroku/heroku-buildpack-pgbouncer#readme"),
    wrapper("stdbuf", "https://www.gnu.org/software/coreutils/stdbuf").options(&["-i", "-o", "-e"], &[]),
    wrapper("su-exec", "https://github.com/ncopa/su-exec#readme").operands(Operands::Words(1)),
    wrapper("time", "https://www.gnu.org/software/bash/manual/bash.html#Pipelines").options(&[], &["-p"]),
    wrapper("timeout", "https://www.gnu.org/software/coreutils/timeout")
        .options(&["-k", "--kill-after", "-s", "--signal"], &["--foreground", "--preserve-status", "-v"])
        .operands(Operands::Words(1)),
    wrapper("tini", "https://github.com/krallin/tini#readme (0.19.0)")
        .options(&["-p", "-e"], &["-s", "-g", "-w", "-v"]),
    wrapper("uv run", "https://docs.astral.sh/uv/reference/cli/#uv-run, help")
        .options(&["--env-file", "--with", "--group", "--extra", "--package", "--directory", "--project", "-p",
            "--python"], &["--no-sync", "--locked", "--frozen", "--no-dev", "--all-extras", "--isolated", "--active",
            "--no-project", "-q", "--quiet"]),
    wrapper("uvx", "https://docs.astral.sh/uv/reference/cli/#uv-tool-run")
        .options(&["--from", "--with", "-p", "--python"], &[]),
    wrapper("xvfb-run", "https://manpages.debian.org/bookworm/xvfb/xvfb-run.1.en.html")
        .options(&["-n", "--server-num", "-s", "--server-args"], &["-a", "--auto-servernum"]),
    wrapper("yarn exec", "https://yarnpkg.com/cli/exec"),
    wrapper("yarn run", "https://yarnpkg.com/cli/run"),
    wrapper("yarn dlx", "https://yarnpkg.com/cli/dlx"),
    wrapper("yarn node", "https://yarnpkg.com/cli/node"),
];
