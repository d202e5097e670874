//! Facts about programs: the options that set where servers listen, development servers, and programs that move to the
//! background. Each was checked by running that version, or comes from that documentation or source code.

/// A program and its subcommands, with spaces between them.
pub type Words = &'static str;

/// The names of options.
pub type Options = &'static [&'static str];

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

/// A use of a program that is wrong in a container.
#[derive(Debug)]
pub struct Misuse {
    /// The commands of the program.
    pub commands: &'static [Words],
    /// The options that make it wrong; without any, it always is.
    pub flags: Options,
    /// The options that make it right again.
    pub unless: Options,
    /// What to run, write or do instead.
    pub instead: &'static str,
    /// The version and how it was checked, or where the documentation says so.
    pub source: &'static str,
}

const MISUSE: Misuse = Misuse { commands: &[], flags: &[], unless: &[], instead: "delete the option", source: "" };

const DJANGO: &str = "`gunicorn PROJECT.wsgi --bind 0.0.0.0:${PORT:-8000}`";
const NUXT: &str = "`node .output/server/index.mjs`";
const STATIC_FILES: &str = "a web server for the files that a build makes";
const NO_RELOAD: &str = "the same command without `--reload`";

/// What is only for development, as its own documentation says.
#[rustfmt::skip]
pub const DEVELOPMENT: &[Misuse] = &[
    development(&["manage.py runserver", "django-admin runserver"], DJANGO,
        "docs.djangoproject.com: django-admin, runserver"),
    development(&["flask run"], "`gunicorn MODULE:app --bind 0.0.0.0:${PORT:-8000}`",
        "flask.palletsprojects.com: development server"),
    development(&["fastapi dev"], "`fastapi run`", "fastapi 0.165.0, help"),
    development(&["php -S"], "PHP-FPM behind a web server, such as `heroku-php-nginx`", "php.net: built-in web server"),
    development(&["http.server"], "a web server", "docs.python.org: http.server"),
    Misuse { flags: &["--reload"], ..development(&["uvicorn"], NO_RELOAD, "uvicorn.org: deployment") },
    Misuse { flags: &["--reload"],
        ..development(&["gunicorn"], NO_RELOAD, "docs.gunicorn.org: settings, reload") },
    development(&["next dev"], "`next start`", "next 16.4.6, help"),
    development(&["nuxi dev", "nuxt dev"], NUXT, "nuxi 3.37.0, help"),
    development(&["react-scripts start"], STATIC_FILES, "create-react-app.dev: available scripts"),
    development(&["vite dev", "vite preview"], STATIC_FILES, "vite.dev: command line interface"),
    development(&["webpack serve", "webpack-dev-server"], STATIC_FILES, "webpack-dev-server 5.2.7, its README"),
];

const fn development(commands: &'static [Words], instead: &'static str, source: &'static str) -> Misuse {
    Misuse { commands, instead, source, ..MISUSE }
}

/// The programs that leave their process, so that the container ends.
#[rustfmt::skip]
pub const BACKGROUND: &[Misuse] = &[
    Misuse { commands: &["gunicorn"], flags: &["-D", "--daemon"], source: "gunicorn 27.0.1, run", ..MISUSE },
    Misuse { commands: &["celery multi"], instead: "run `celery worker`, with one process type for each worker",
        source: "celery 5.7.0, source", ..MISUSE },
    Misuse { commands: &["celery"], flags: &["-D", "--detach"], source: "celery 5.7.0, run", ..MISUSE },
    Misuse { commands: &["unicorn", "unicorn_rails"], flags: &["-D", "--daemonize"],
        source: "unicorn 6.0.0, run", ..MISUSE },
    Misuse { commands: &["rackup"], flags: &["-D", "--daemonize"], source: "rack 2.2, run", ..MISUSE },
    Misuse { commands: &["thin start"], flags: &["-d", "--daemonize"], source: "thin 1.8.1, run", ..MISUSE },
    Misuse { commands: &["rails server", "rails s"], flags: &["-d", "--daemon"],
        source: "rails 6.1.7, run", ..MISUSE },
    Misuse { commands: &["puma"], flags: &["-d", "--daemon"], source: "puma 4, source; 5 refuses it", ..MISUSE },
    Misuse { commands: &["memcached"], flags: &["-d"], source: "memcached 1.6.18, run", ..MISUSE },
    Misuse { commands: &["uwsgi"], flags: &["-d", "--daemonize"], source: "uwsgi 2.0.31, help", ..MISUSE },
    Misuse { commands: &["pm2 start"], unless: &["--no-daemon", "--attach"],
        instead: "run `pm2-runtime`, or only the program", source: "pm2 7.0.4, its README", ..MISUSE },
    Misuse { commands: &["apachectl start", "apache2ctl start"], instead: "run `apachectl -D FOREGROUND`",
        source: "Apache 2.4, run", ..MISUSE },
];

/// The options that a program does not have, so that it ends at once.
#[rustfmt::skip]
pub const REFUSED: &[Misuse] = &[
    Misuse { commands: &["gunicorn"], flags: &["--host", "--port"], instead: "--bind 0.0.0.0:${PORT:-8000}",
        source: "gunicorn 27.0.1, run", ..MISUSE },
];

/// Programs that stand between the outside and a server, in the same container.
pub const PROXIES: [&str; 10] =
    ["apache2ctl", "apachectl", "caddy", "envoy", "haproxy", "httpd", "nginx", "service", "supervisord", "traefik"];
