//! Facts about programs: the options that set where servers listen, and what starts other programs. Each was checked by
//! running that version, or comes from that documentation or source code.

/// A program and its subcommands, with spaces between them.
pub type Words = &'static str;

/// The names of options.
pub type Options = &'static [&'static str];

/// The rows of a program in a table that is in the order of the programs' names.
pub(super) fn of_program<T>(table: &'static [T], command: impl Fn(&T) -> Words, program: &str) -> &'static [T] {
    let name = |row: &T| command(row).split(' ').next().unwrap_or_default();
    let start = table.partition_point(|row| name(row) < program);
    let rows = &table[start..];
    &rows[..rows.iter().take_while(|row| name(row) == program).count()]
}

/// A program that serves HTTP, as its options tell it to.
#[derive(Debug)]
pub struct Server {
    /// Its commands.
    pub commands: &'static [Words],
    /// Options whose value is a host. One that ends in `=` has it in the same word.
    pub host: Options,
    /// Options whose value is a port.
    pub port: Options,
    /// Options whose value is `HOST:PORT`, or one of them, or a URL.
    pub bind: Options,
    /// If it listens on a loopback address unless an option says otherwise: the address, and what to add.
    pub loopback: Option<(&'static str, &'static str)>,
    /// Options that make the address unknown: a configuration file, a socket.
    pub unless: Options,
    /// The version and how it was checked, or the documentation.
    pub source: &'static str,
}

const SERVER: Server =
    Server { commands: &[], host: &[], port: &[], bind: &[], loopback: None, unless: &[], source: "" };

/// The servers whose options are known.
#[rustfmt::skip]
pub const SERVERS: &[Server] = &[
    Server { commands: &["gunicorn"], bind: &["-b", "--bind"], source: "gunicorn 27.0.1, run", ..SERVER },
    Server { commands: &["uvicorn"], host: &["--host"], port: &["--port"], unless: &["--uds", "--fd"],
        loopback: Some(("127.0.0.1", "--host 0.0.0.0")), source: "uvicorn 0.54.0, run", ..SERVER },
    Server { commands: &["hypercorn"], bind: &["-b", "--bind"],
        unless: &["-c", "--config", "--insecure-bind", "--quic-bind"],
        loopback: Some(("127.0.0.1", "--bind 0.0.0.0:${PORT:-8000}")), source: "hypercorn 0.18.0, run", ..SERVER },
    Server { commands: &["daphne"], host: &["-b", "--bind"], port: &["-p", "--port"],
        unless: &["-u", "--unix-socket", "-e", "--endpoint", "--fd"], loopback: Some(("127.0.0.1", "--bind 0.0.0.0")),
        source: "daphne 4.2.3, run", ..SERVER },
    Server { commands: &["granian"], host: &["--host"], port: &["--port"], unless: &["--uds"],
        loopback: Some(("127.0.0.1", "--host 0.0.0.0")), source: "granian 2.8.7, run", ..SERVER },
    Server { commands: &["waitress-serve"], host: &["--host"], port: &["--port"], bind: &["--listen"],
        unless: &["--unix-socket"], source: "waitress 3.0.2, run", ..SERVER },
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

/// What starts a program and is replaced by it, or stays in front of it and passes everything on.
#[derive(Debug)]
pub struct Wrapper {
    /// Its words.
    pub command: Words,
    /// Options with a value.
    pub values: Options,
    /// Options without one. One that starts with `--` and has its value behind a `=` needs no row.
    pub flags: Options,
    /// What is between the options and the program.
    pub operands: Operands,
    /// The documentation.
    pub source: &'static str,
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
    of_program(WRAPPERS, |wrapper| wrapper.command, program)
}

const fn wrapper(command: Words, source: &'static str) -> Wrapper {
    Wrapper { command, values: &[], flags: &[], operands: Operands::Words(0), source }
}

const fn until_dashes(command: Words, source: &'static str) -> Wrapper {
    Wrapper { operands: Operands::UntilDashes, ..wrapper(command, source) }
}

/// All wrappers, in the order of their names.
#[rustfmt::skip]
pub const WRAPPERS: &[Wrapper] = &[
    until_dashes("aws-vault exec", "https://github.com/99designs/aws-vault#readme"),
    Wrapper { values: &["-p", "--package"], flags: &["--bun"], ..wrapper("bun x", "https://bun.sh/docs/cli/bunx") },
    Wrapper { values: &["--gemfile"], flags: &["--keep-file-descriptors"],
        ..wrapper("bundle exec", "https://bundler.io/man/bundle-exec.1.html") },
    Wrapper { values: &["-p", "--package"], flags: &["--bun"], ..wrapper("bunx", "https://bun.sh/docs/cli/bunx") },
    wrapper("catchsegv", "https://manpages.debian.org/bullseye/libc-bin/catchsegv.1.en.html"),
    until_dashes("chamber exec", "https://github.com/segmentio/chamber#readme"),
    wrapper("command", "https://www.gnu.org/software/bash/manual/bash.html#index-command"),
    Wrapper { values: &["-n", "--name", "-p", "--prefix", "--cwd"], flags: &["--no-capture-output", "--live-stream",
        "-v"],
        ..wrapper("conda run", "https://docs.conda.io/projects/conda/en/stable/commands/run.html") },
    Wrapper { operands: Operands::Assignments,
        ..wrapper("cross-env", "https://github.com/kentcdodds/cross-env#readme") },
    Wrapper { flags: &["--debug", "-d", "--profiling", "-p"],
        ..wrapper("ddtrace-run", "https://ddtrace.readthedocs.io/en/stable/installation_quickstart.html") },
    Wrapper { operands: Operands::Words(1), ..wrapper("direnv exec", "https://direnv.net/man/direnv.1.html") },
    until_dashes("doppler run", "https://docs.doppler.com/docs/cli"),
    Wrapper { flags: &["--override", "--no-override"],
        ..wrapper("dotenv run", "https://github.com/theskumar/python-dotenv#readme, help (1.2)") },
    Wrapper { values: &["-e", "-v", "-f"], flags: &["-o", "-i", "--overload"],
        ..wrapper("dotenv", "https://github.com/entropitor/dotenv-cli#readme (11.0.0), https://github.com/bkeepers/dotenv#readme") },
    until_dashes("dotenvx run", "https://github.com/dotenvx/dotenvx#readme (2.38.2)"),
    Wrapper { values: &["-r", "--rewrite"], flags: &["-c", "--single-child", "-v", "--verbose"],
        ..wrapper("dumb-init", "https://github.com/Yelp/dumb-init#readme (1.2.5)") },
    wrapper("elasticapm-run", "https://www.elastic.co/docs/reference/apm/agents/python/wrapper-support"),
    Wrapper { values: &["-u", "--unset", "-C", "--chdir"], flags: &["-i", "-", "--ignore-environment"],
        operands: Operands::Assignments,
        ..wrapper("env", "https://www.gnu.org/software/coreutils/env") },
    Wrapper { values: &["-a"], flags: &["-c", "-l"],
        ..wrapper("exec", "https://www.gnu.org/software/bash/manual/bash.html#index-exec") },
    Wrapper { operands: Operands::Words(1), ..wrapper("gosu", "https://github.com/tianon/gosu#readme (1.14)") },
    wrapper("hatch run", "https://hatch.pypa.io/latest/cli/reference/#hatch-run"),
    wrapper("heaptrack", "https://invent.kde.org/sdk/heaptrack"),
    until_dashes("infisical run", "https://infisical.com/docs/cli/commands/run"),
    Wrapper { values: &["-c", "--class", "-n", "--classdata"], flags: &["-t", "--ignore"],
        ..wrapper("ionice", "https://manpages.debian.org/bookworm/util-linux/ionice.1.en.html") },
    wrapper("jemalloc.sh", "https://github.com/gaffneyc/heroku-buildpack-jemalloc#readme"),
    Wrapper { values: &["-n", "--name", "-p", "--prefix", "--cwd"], flags: &["--no-capture-output", "--live-stream",
        "-v"],
        ..wrapper("mamba run", "https://docs.conda.io/projects/conda/en/stable/commands/run.html") },
    Wrapper { values: &["-n", "--name", "-p", "--prefix", "--cwd"], flags: &["--no-capture-output", "--live-stream",
        "-v"],
        ..wrapper("micromamba run", "https://docs.conda.io/projects/conda/en/stable/commands/run.html") },
    until_dashes("mise exec", "https://mise.jdx.dev/cli/exec.html"),
    until_dashes("mise x", "https://mise.jdx.dev/cli/exec.html"),
    wrapper("newrelic-admin run-program",
        "https://docs.newrelic.com/docs/apm/agents/python-agent/installation/python-agent-admin-script-advanced-usage/"),
    Wrapper { values: &["-n", "--adjustment"], ..wrapper("nice", "https://www.gnu.org/software/coreutils/nice") },
    wrapper("nohup", "https://www.gnu.org/software/coreutils/nohup"),
    Wrapper { values: &["-p", "--package"], flags: &["-y", "--yes"],
        ..wrapper("npm exec", "https://docs.npmjs.com/cli/commands/npm-exec") },
    Wrapper { values: &["-p", "--package"], flags: &["-y", "--yes", "--no", "--no-install", "-q", "--quiet"],
        ..wrapper("npx", "https://docs.npmjs.com/cli/commands/npx") },
    until_dashes("op run", "https://developer.1password.com/docs/cli/reference/commands/run/"),
    wrapper("opentelemetry-instrument", "https://opentelemetry.io/docs/zero-code/python/"),
    Wrapper { values: &["-p", "--project", "--env-file"], flags: &["-q", "-v", "-s", "--site-packages"],
        ..wrapper("pdm run", "https://pdm-project.org/latest/reference/cli/, help (2.28)") },
    Wrapper { flags: &["--system"], ..wrapper("pipenv run", "https://pipenv.pypa.io/en/latest/commands.html") },
    Wrapper { values: &["--spec", "--python"], ..wrapper("pipx run", "https://pipx.pypa.io/stable/docs/") },
    wrapper("pnpm exec", "https://pnpm.io/cli/exec"),
    Wrapper { values: &["--package"], ..wrapper("pnpm dlx", "https://pnpm.io/cli/dlx") },
    wrapper("poetry run", "https://python-poetry.org/docs/cli/#run"),
    wrapper("pyenv exec", "https://github.com/pyenv/pyenv/blob/master/COMMANDS.md"),
    wrapper("rbenv exec", "https://github.com/rbenv/rbenv#readme"),
    Wrapper { values: &["--pyproject"], ..wrapper("rye run", "https://rye.astral.sh/guide/commands/run/") },
    Wrapper { values: &["--reuid", "--regid", "--groups"], flags: &["--clear-groups", "--init-groups",
        "--no-new-privs", "--reset-env"],
        ..wrapper("setpriv", "https://manpages.debian.org/bookworm/util-linux/setpriv.1.en.html") },
    Wrapper { flags: &["-w", "--wait"],
        ..wrapper("setsid", "https://manpages.debian.org/bookworm/util-linux/setsid.1.en.html") },
    wrapper("start-pgbouncer", "https://github.com/heroku/heroku-buildpack-pgbouncer#readme"),
    Wrapper { values: &["-i", "-o", "-e"], ..wrapper("stdbuf", "https://www.gnu.org/software/coreutils/stdbuf") },
    Wrapper { operands: Operands::Words(1), ..wrapper("su-exec", "https://github.com/ncopa/su-exec#readme") },
    Wrapper { flags: &["-p"], ..wrapper("time", "https://www.gnu.org/software/bash/manual/bash.html#Pipelines") },
    Wrapper { values: &["-k", "--kill-after", "-s", "--signal"], flags: &["--foreground", "--preserve-status", "-v"],
        operands: Operands::Words(1),
        ..wrapper("timeout", "https://www.gnu.org/software/coreutils/timeout") },
    Wrapper { values: &["-p", "-e"], flags: &["-s", "-g", "-w", "-v"],
        ..wrapper("tini", "https://github.com/krallin/tini#readme (0.19.0)") },
    Wrapper { values: &["--env-file", "--with", "--group", "--extra", "--package", "--directory", "--project", "-p",
        "--python"], flags: &["--no-sync", "--locked", "--frozen", "--no-dev", "--all-extras", "--isolated", "--active", "--no-project", "-q", "--quiet"],
        ..wrapper("uv run", "https://docs.astral.sh/uv/reference/cli/#uv-run, help") },
    Wrapper { values: &["--from", "--with", "-p", "--python"],
        ..wrapper("uvx", "https://docs.astral.sh/uv/reference/cli/#uv-tool-run") },
    Wrapper { values: &["-n", "--server-num", "-s", "--server-args"], flags: &["-a", "--auto-servernum"],
        ..wrapper("xvfb-run", "https://manpages.debian.org/bookworm/xvfb/xvfb-run.1.en.html") },
    wrapper("yarn exec", "https://yarnpkg.com/cli/exec"),
    wrapper("yarn run", "https://yarnpkg.com/cli/run"),
    wrapper("yarn dlx", "https://yarnpkg.com/cli/dlx"),
    wrapper("yarn node", "https://yarnpkg.com/cli/node"),
];
