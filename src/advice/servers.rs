//! What is known of servers: how they are told where to listen, which are for development alone, and which leave their
//! process. Every fact was seen by running the version named, or stands in the source named.

use super::command::{Command, Word};

/// A program that serves HTTP, as its options tell it to.
#[derive(Debug)]
pub struct Server {
    /// How its command begins.
    pub words: &'static [&'static str],
    /// Options whose value is a host. One that ends in `=` has it in the same word.
    pub host: &'static [&'static str],
    /// Options whose value is a port.
    pub port: &'static [&'static str],
    /// Options whose value is `HOST:PORT`, or one of them, or a URL.
    pub bind: &'static [&'static str],
    /// Where it listens on a loopback address unless it is told otherwise: the address and what to add.
    pub loopback: Option<(&'static str, &'static str)>,
    /// Options with which nothing is certain: a configuration file, a socket.
    pub unless: &'static [&'static str],
    /// The version, and how it was asked.
    pub source: &'static str,
}

const NONE: Server = Server { words: &[], host: &[], port: &[], bind: &[], loopback: None, unless: &[], source: "" };

/// The servers whose options are known.
pub const SERVERS: &[Server] = &[
    Server { words: &["gunicorn"], bind: &["-b", "--bind"], source: "gunicorn 27.0.1, run", ..NONE },
    Server {
        words: &["uvicorn"],
        host: &["--host"],
        port: &["--port"],
        loopback: Some(("127.0.0.1", "--host 0.0.0.0")),
        unless: &["--uds", "--fd"],
        source: "uvicorn 0.54.0, run",
        ..NONE
    },
    Server {
        words: &["hypercorn"],
        bind: &["-b", "--bind"],
        loopback: Some(("127.0.0.1", "--bind 0.0.0.0:${PORT:-8000}")),
        unless: &["-c", "--config", "--insecure-bind", "--quic-bind"],
        source: "hypercorn 0.18.0, run",
        ..NONE
    },
    Server {
        words: &["daphne"],
        host: &["-b", "--bind"],
        port: &["-p", "--port"],
        loopback: Some(("127.0.0.1", "--bind 0.0.0.0")),
        unless: &["-u", "--unix-socket", "-e", "--endpoint", "--fd"],
        source: "daphne 4.2.3, run",
        ..NONE
    },
    Server {
        words: &["granian"],
        host: &["--host"],
        port: &["--port"],
        loopback: Some(("127.0.0.1", "--host 0.0.0.0")),
        unless: &["--uds"],
        source: "granian 2.8.7, run",
        ..NONE
    },
    Server {
        words: &["waitress-serve"],
        host: &["--host"],
        port: &["--port"],
        bind: &["--listen"],
        unless: &["--unix-socket"],
        source: "waitress 3.0.2, run",
        ..NONE
    },
    Server { words: &["fastapi", "run"], host: &["--host"], port: &["--port"], source: "fastapi 0.165.0, run", ..NONE },
    Server {
        words: &["streamlit", "run"],
        host: &["--server.address"],
        port: &["--server.port"],
        source: "streamlit 1.67.0, run",
        ..NONE
    },
    Server { words: &["puma"], port: &["-p", "--port"], bind: &["-b", "--bind"], source: "puma 5.6.5, run", ..NONE },
    Server {
        words: &["rails", "server"],
        bind: &["-b", "--binding"],
        port: &["-p", "--port"],
        source: "rails 6.1.7, run",
        ..NONE
    },
    Server {
        words: &["rails", "s"],
        bind: &["-b", "--binding"],
        port: &["-p", "--port"],
        source: "rails 6.1.7, run",
        ..NONE
    },
    Server {
        words: &["thin", "start"],
        host: &["-a", "--address"],
        port: &["-p", "--port"],
        unless: &["-C", "--config", "-S", "--socket"],
        source: "thin 1.8.1, run",
        ..NONE
    },
    Server { words: &["rackup"], host: &["-o", "--host"], port: &["-p", "--port"], source: "rack 2.2, run", ..NONE },
    Server {
        words: &["next", "start"],
        host: &["-H", "--hostname"],
        port: &["-p", "--port"],
        source: "next 16.4.6, help",
        ..NONE
    },
    Server {
        words: &["http-server"],
        host: &["-a"],
        port: &["-p", "--port"],
        source: "http-server 14.1.1, run",
        ..NONE
    },
    Server { words: &["serve"], port: &["-p"], bind: &["-l", "--listen"], source: "serve 14.2.7, run", ..NONE },
    Server {
        words: &["java"],
        host: &["-Dserver.address=", "--server.address="],
        port: &["-Dserver.port=", "--server.port="],
        source: "Spring Boot, docs.spring.io: external configuration",
        ..NONE
    },
    Server {
        words: &["dotnet"],
        bind: &["--urls", "--server.urls"],
        source: "ASP.NET Core, learn.microsoft.com: Kestrel endpoints",
        ..NONE
    },
    Server { words: &["heroku-php-apache2"], port: &["-p"], source: "heroku-buildpack-php, source", ..NONE },
    Server { words: &["heroku-php-nginx"], port: &["-p"], source: "heroku-buildpack-php, source", ..NONE },
];

/// What is for development alone, as its own documentation says.
#[derive(Debug)]
pub struct Development {
    /// How its command begins.
    pub words: &'static [&'static str],
    /// The flags that make it one; where there are none, it always is.
    pub flags: &'static [&'static str],
    /// What to run instead.
    pub instead: &'static str,
    /// Where that is said.
    pub source: &'static str,
}

const DJANGO: &str = "`gunicorn PROJECT.wsgi --bind 0.0.0.0:${PORT:-8000}`";
const STATIC_FILES: &str = "a web server on the files that a build makes";

/// What is for development alone.
pub const DEVELOPMENT: &[Development] = &[
    Development {
        words: &["manage.py", "runserver"],
        flags: &[],
        instead: DJANGO,
        source: "django 5.2.19, its output; docs.djangoproject.com: django-admin, runserver",
    },
    Development {
        words: &["django-admin", "runserver"],
        flags: &[],
        instead: DJANGO,
        source: "docs.djangoproject.com: django-admin, runserver",
    },
    Development {
        words: &["flask", "run"],
        flags: &[],
        instead: "`gunicorn MODULE:app --bind 0.0.0.0:${PORT:-8000}`",
        source: "flask.palletsprojects.com: development server",
    },
    Development { words: &["fastapi", "dev"], flags: &[], instead: "`fastapi run`", source: "fastapi 0.165.0, help" },
    Development {
        words: &["php", "-S"],
        flags: &[],
        instead: "PHP-FPM behind a web server, such as `heroku-php-nginx`",
        source: "php.net: built-in web server",
    },
    Development {
        words: &["http.server"],
        flags: &[],
        instead: "a web server",
        source: "docs.python.org: http.server",
    },
    Development {
        words: &["uvicorn"],
        flags: &["--reload"],
        instead: "it without `--reload`",
        source: "uvicorn.org: deployment",
    },
    Development {
        words: &["gunicorn"],
        flags: &["--reload"],
        instead: "it without `--reload`",
        source: "docs.gunicorn.org: settings, reload",
    },
    Development { words: &["next", "dev"], flags: &[], instead: "`next start`", source: "next 16.4.6, help" },
    Development {
        words: &["nuxi", "dev"],
        flags: &[],
        instead: "`node .output/server/index.mjs`",
        source: "nuxi 3.37.0, help",
    },
    Development {
        words: &["nuxt", "dev"],
        flags: &[],
        instead: "`node .output/server/index.mjs`",
        source: "nuxi 3.37.0, help",
    },
    Development {
        words: &["react-scripts", "start"],
        flags: &[],
        instead: STATIC_FILES,
        source: "create-react-app.dev: available scripts",
    },
    Development {
        words: &["vite", "dev"],
        flags: &[],
        instead: STATIC_FILES,
        source: "vite.dev: command line interface",
    },
    Development {
        words: &["vite", "preview"],
        flags: &[],
        instead: STATIC_FILES,
        source: "vite.dev: command line interface",
    },
    Development {
        words: &["webpack", "serve"],
        flags: &[],
        instead: STATIC_FILES,
        source: "webpack-dev-server 5.2.7, its README",
    },
    Development {
        words: &["webpack-dev-server"],
        flags: &[],
        instead: STATIC_FILES,
        source: "webpack-dev-server 5.2.7, its README",
    },
];

/// A program that leaves its process, and with it the container.
#[derive(Debug)]
pub struct Background {
    /// How its command begins.
    pub words: &'static [&'static str],
    /// The flags that make it leave; where there are none, it always does.
    pub flags: &'static [&'static str],
    /// The flags that keep it.
    pub unless: &'static [&'static str],
    /// What else keeps it.
    pub keep: &'static str,
    /// The version, and how it was asked.
    pub source: &'static str,
}

const DROP: &str = "drop the option";

/// The programs that leave their process.
pub const BACKGROUND: &[Background] = &[
    Background {
        words: &["gunicorn"],
        flags: &["-D", "--daemon"],
        unless: &[],
        keep: DROP,
        source: "gunicorn 27.0.1, run",
    },
    Background {
        words: &["celery", "multi"],
        flags: &[],
        unless: &[],
        keep: "run `celery worker`, once for each process",
        source: "celery 5.7.0, source",
    },
    Background { words: &["celery"], flags: &["-D", "--detach"], unless: &[], keep: DROP, source: "celery 5.7.0, run" },
    Background {
        words: &["unicorn"],
        flags: &["-D", "--daemonize"],
        unless: &[],
        keep: DROP,
        source: "unicorn 6.0.0, run",
    },
    Background {
        words: &["unicorn_rails"],
        flags: &["-D", "--daemonize"],
        unless: &[],
        keep: DROP,
        source: "unicorn 6.0.0, run",
    },
    Background { words: &["rackup"], flags: &["-D", "--daemonize"], unless: &[], keep: DROP, source: "rack 2.2, run" },
    Background {
        words: &["thin", "start"],
        flags: &["-d", "--daemonize"],
        unless: &[],
        keep: DROP,
        source: "thin 1.8.1, run",
    },
    Background {
        words: &["rails", "server"],
        flags: &["-d", "--daemon"],
        unless: &[],
        keep: DROP,
        source: "rails 6.1.7, run",
    },
    Background {
        words: &["rails", "s"],
        flags: &["-d", "--daemon"],
        unless: &[],
        keep: DROP,
        source: "rails 6.1.7, run",
    },
    Background {
        words: &["puma"],
        flags: &["-d", "--daemon"],
        unless: &[],
        keep: DROP,
        source: "puma 4, source; 5 refuses it",
    },
    Background { words: &["memcached"], flags: &["-d"], unless: &[], keep: DROP, source: "memcached 1.6.18, run" },
    Background {
        words: &["uwsgi"],
        flags: &["-d", "--daemonize"],
        unless: &[],
        keep: DROP,
        source: "uwsgi 2.0.31, help",
    },
    Background {
        words: &["pm2", "start"],
        flags: &[],
        unless: &["--no-daemon", "--attach"],
        keep: "run `pm2-runtime`, or the program alone",
        source: "pm2 7.0.4, its README",
    },
    Background {
        words: &["apachectl", "start"],
        flags: &[],
        unless: &[],
        keep: "run `apachectl -D FOREGROUND`",
        source: "Apache 2.4, run",
    },
    Background {
        words: &["apache2ctl", "start"],
        flags: &[],
        unless: &[],
        keep: "run `apache2ctl -D FOREGROUND`",
        source: "Apache 2.4, run",
    },
];

/// An option that a program does not have, so that it ends at once.
#[derive(Debug)]
pub struct Refused {
    /// How its command begins.
    pub words: &'static [&'static str],
    /// The options.
    pub options: &'static [&'static str],
    /// What to write instead.
    pub instead: &'static str,
    /// The version, and how it was asked.
    pub source: &'static str,
}

/// The options that programs refuse.
pub const REFUSED: &[Refused] = &[Refused {
    words: &["gunicorn"],
    options: &["--host", "--port"],
    instead: "--bind 0.0.0.0:${PORT:-8000}",
    source: "gunicorn 27.0.1, run",
}];

/// Programs that stand between the outside and a server, in the same container.
pub const PROXIES: &[&str] =
    &["apache2ctl", "apachectl", "caddy", "envoy", "haproxy", "httpd", "nginx", "service", "supervisord", "traefik"];

/// The word that shows that a command is one of a table: the flag, or else the program.
pub(super) fn shown_by<'c, 'a>(command: &'c Command<'a>, words: &[&str], flags: &[&str]) -> Option<&'c Word<'a>> {
    if !command.begins_with(words) {
        return None;
    }
    if flags.is_empty() {
        return command.words.first();
    }
    let mut options = command.options().map(|(_, word)| word);
    options.find(|word| word.literal().is_some_and(|word| flags.contains(&word)))
}
