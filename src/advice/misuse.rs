//! Uses of programs that are wrong in a container, as data. Each was checked by running that version, or comes from the
//! documentation or source code of the program.

use crate::advice::programs::{Options, Sourced, Words, facts, of_program};

/// A use of a program that is wrong in a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Misuse {
    /// The program and its subcommands.
    pub command: Words,
    /// Why it is wrong.
    pub kind: Kind,
    /// The words that make it wrong: options, each perhaps with a value, or subcommands that can be anywhere. Without any,
    /// it always is.
    pub flags: Options,
    /// The options that make it right again, each perhaps with a value.
    pub unless: Options,
    /// What to run, write or do instead. Empty where it is enough to delete the option or the command.
    pub instead: &'static str,
}

/// Why a use of a program is wrong in a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is for development.
    Development(Reason),
    /// It leaves its process, so that the container ends.
    Background,
    /// The same, unless its configuration says otherwise, which an earlier command can have written.
    BackgroundByDefault,
    /// It manages processes, containers or services. `instead` is empty if it does so inside a container.
    Manager,
    /// It installs dependencies.
    Install,
    /// It builds the app.
    Build,
    /// The program does not have the option.
    Refused,
    /// The option means this, and not the port.
    Means(&'static str),
}

/// What shows that something is for development.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its documentation.
    Documented,
    /// It watches files for changes.
    Watches,
    /// Its name.
    Named,
}

impl Reason {
    /// The end of a sentence that says that something is for development.
    pub fn text(self) -> &'static str {
        match self {
            Self::Documented => ", as its documentation says",
            Self::Watches => ": it watches files, which don't change in an image",
            Self::Named => ", as its name says",
        }
    }
}

/// The misuses of a program.
pub(super) fn misuses(program: &str) -> &'static [Misuse] {
    static FACTS: [Misuse; MISUSES.len()] = facts(&MISUSES);
    of_program(&FACTS, |misuse| misuse.command, program)
}

/// The port in what to write instead of options that say where a server listens.
pub(super) const NEW_PORT: &str = "${PORT:-8000}";

const PID_FILE: &str = "the file for the process ID";
const STATIC_FILES: &str = "a web server for the files that a build makes";
const SERVER: &str = "the program without it";
const BINARY: &str = "the program that the build of the image makes";
const BUILT: &str = "the build once, when the image is built";
const NO_RELOAD: &str = "the same command without `--reload`";
const DJANGO: &str = "`gunicorn PROJECT.wsgi --bind 0.0.0.0:${PORT:-8000}`";
const NUXT: &str = "`node .output/server/index.mjs`";
const NPM_START: &str = "the script that starts the built app, such as `npm start`";
const JAR: &str = "`java -jar` with the file that the build of the image makes";
const FOREGROUND: &str = "run `apachectl -D FOREGROUND`";
const INSIDE: &str = "write the command that runs inside the container";

const NPM_RUN: &str = "https://docs.npmjs.com/cli/commands/npm-run";
const APACHE: &str = "https://httpd.apache.org/docs/2.4/programs/httpd.html, run (2.4)";
const BUN: &str = "https://bun.sh/docs/runtime/hot";
const NODE_WATCH: &str = "https://nodejs.org/api/cli.html#--watch";
const FOREMAN: &str = "https://ddollar.github.io/foreman/";
const HONCHO: &str = "https://honcho.readthedocs.io, help (2.0.0)";
const DOCKER: &str = "https://docs.docker.com/reference/cli/docker/";
const MAVEN: &str = "https://maven.apache.org/guides/introduction/introduction-to-the-lifecycle.html";
const GRADLE: &str = "https://docs.gradle.org/current/userguide/command_line_interface.html";
const DOTNET: &str = "https://learn.microsoft.com/dotnet/core/tools/";
const VITE: &str = "https://vite.dev/guide/cli, help (8.3.8)";
const NEXT: &str = "https://nextjs.org/docs/app/api-reference/cli/next, help (16.4.6)";
const NUXI: &str = "https://nuxt.com/docs/api/commands/dev, help (nuxi 3.37.0)";
const APT: &str = "https://manpages.debian.org/bookworm/apt/apt-get.8.en.html";
const PNPM: &str = "https://pnpm.io/cli/install";
const YARN: &str = "https://classic.yarnpkg.com/en/docs/cli/";
const NPM_INSTALL: &str = "https://docs.npmjs.com/cli/commands/npm-install";

/// All misuses, in the order of the programs' names.
#[rustfmt::skip]
pub static MISUSES: [Sourced<Misuse>; 231] = [
    watches("air", BINARY, "https://github.com/air-verse/air#readme"),
    background("apache2", FOREGROUND, APACHE).with(&["-k start"]).unless(&["-D", "-X"]),
    background("apache2ctl start", FOREGROUND, APACHE),
    background("apachectl start", FOREGROUND, APACHE),
    system("apk add", "https://wiki.alpinelinux.org/wiki/Alpine_Package_Keeper"),
    system("apt install", APT),
    system("apt update", APT),
    system("apt-get install", APT),
    system("apt-get update", APT),
    documented("astro dev", STATIC_FILES, "https://docs.astro.build/en/reference/cli-reference/#astro-dev"),
    documented("astro preview", STATIC_FILES, "https://docs.astro.build/en/reference/cli-reference/#astro-preview"),
    build("astro build", "", "https://docs.astro.build/en/reference/cli-reference/#astro-build"),
    watches("browser-sync start", STATIC_FILES, "https://browsersync.io/docs/command-line"),
    watches("bun --watch", "`bun`", BUN),
    watches("bun --hot", "`bun`", BUN),
    named("bun dev", NPM_START, "https://bun.sh/docs/cli/run"),
    named("bun run dev", NPM_START, "https://bun.sh/docs/cli/run"),
    named("bun run", BUILT, "https://bun.sh/docs/cli/run").with(&["--watch"]),
    install("bun install", "https://bun.sh/docs/cli/install"),
    install("bun i", "https://bun.sh/docs/cli/install"),
    install("bun add", "https://bun.sh/docs/cli/install"),
    build("bun run build", "", "https://bun.sh/docs/cli/run"),
    install("bundle install", "https://bundler.io/man/bundle-install.1.html"),
    background("caddy start", "run `caddy run`", "https://caddyserver.com/docs/command-line#caddy-start"),
    watches("cargo watch", BINARY, "https://github.com/watchexec/cargo-watch#readme"),
    install("cargo install", "https://doc.rust-lang.org/cargo/commands/cargo-install.html"),
    build("cargo build", "", "https://doc.rust-lang.org/cargo/commands/cargo-build.html"),
    build("cargo run", BINARY, "https://doc.rust-lang.org/cargo/commands/cargo-run.html"),
    background("catalina.sh start", "run `catalina.sh run`", "https://tomcat.apache.org/tomcat-10.1-doc/RUNNING.txt"),
    background("celery multi", "run `celery worker`, with one process type for each worker",
        "https://docs.celeryq.dev/en/stable/userguide/daemonizing.html"),
    background("celery", "", "https://docs.celeryq.dev/en/stable/userguide/daemonizing.html, run (5.7.0)")
        .with(&["-D", "--detach"]),
    background("clockworkd", "run `clockwork`", "https://github.com/Rykian/clockwork#daemonization")
        .with(&["start", "restart"]),
    named("composer run dev", "PHP-FPM behind a web server, such as `heroku-php-nginx`",
        "https://getcomposer.org/doc/03-cli.md#run-script-run"),
    install("composer install", "https://getcomposer.org/doc/03-cli.md#install-i"),
    install("composer update", "https://getcomposer.org/doc/03-cli.md#update-u-upgrade"),
    manager("concurrently", "https://github.com/open-cli-tools/concurrently#readme"),
    refused("daphne", "--bind", "https://github.com/django/daphne#readme, run (4.2.3)").with(&["--host"]),
    background("delayed_job", "write `run` instead of `start`",
        "https://github.com/collectiveidea/delayed_job#running-jobs")
        .with(&["start", "restart"]),
    documented("django-admin runserver", DJANGO, "https://docs.djangoproject.com/en/stable/ref/django-admin/#runserver"),
    outside("docker compose", INSIDE, DOCKER),
    outside("docker run", INSIDE, DOCKER),
    outside("docker-compose", INSIDE, DOCKER),
    watches("dotnet watch", "`dotnet` with the DLL that the build of the image makes",
        "https://learn.microsoft.com/dotnet/core/tools/dotnet-watch"),
    install("dotnet restore", DOTNET),
    build("dotnet build", "", DOTNET),
    build("dotnet publish", "", DOTNET),
    build("dotnet run", "`dotnet` with the DLL that the build of the image makes", DOTNET),
    documented("ember serve", STATIC_FILES, "https://cli.emberjs.com/release/basic-use/cli-commands/"),
    documented("ember server", STATIC_FILES, "https://cli.emberjs.com/release/basic-use/cli-commands/"),
    documented("ember s", STATIC_FILES, "https://cli.emberjs.com/release/basic-use/cli-commands/"),
    watches("ember build", BUILT, "https://cli.emberjs.com/release/basic-use/cli-commands/").with(&["--watch", "-w"]),
    build("ember build", "", "https://cli.emberjs.com/release/basic-use/cli-commands/"),
    watches("esbuild", BUILT, "https://esbuild.github.io/api/#watch").with(&["--watch"]),
    documented("fastapi dev", "`fastapi run`", "https://fastapi.tiangolo.com/fastapi-cli/, help (0.165.0)"),
    documented("fastapi run", NO_RELOAD, "https://fastapi.tiangolo.com/fastapi-cli/, help (0.165.0)")
        .with(&["--reload"]),
    documented("flask run", "`gunicorn MODULE:app --bind 0.0.0.0:${PORT:-8000}`",
        "https://flask.palletsprojects.com/en/stable/server/, help (3.1)"),
    manager("forego start", "https://github.com/ddollar/forego#readme").unless(&["-f"]),
    manager("foreman start", FOREMAN).unless(&["-f", "--procfile"]),
    background("forever start", "run `node`: the platform restarts it",
        "https://github.com/foreversd/forever#readme, help (4.0.3)"),
    documented("gatsby develop", STATIC_FILES, "https://www.gatsbyjs.com/docs/reference/gatsby-cli/#develop"),
    build("gatsby build", "", "https://www.gatsbyjs.com/docs/reference/gatsby-cli/#build"),
    install("gem install", "https://guides.rubygems.org/command-reference/#gem-install"),
    install("go install", "https://go.dev/ref/mod#go-install"),
    install("go get", "https://go.dev/ref/mod#go-get"),
    build("go build", "", "https://pkg.go.dev/cmd/go"),
    build("go run", BINARY, "https://pkg.go.dev/cmd/go"),
    manager("goreman start", "https://github.com/mattn/goreman#readme").unless(&["-f"]),
    documented("gradle quarkusDev", JAR, "https://quarkus.io/guides/dev-mode-differences"),
    build("gradle", "", GRADLE).with(&["build", "assemble", "bootJar"]),
    build("gradle", JAR, "https://docs.spring.io/spring-boot/gradle-plugin/running.html").with(&["bootRun", "run"]),
    documented("gradlew quarkusDev", JAR, "https://quarkus.io/guides/dev-mode-differences"),
    build("gradlew", "", GRADLE).with(&["build", "assemble", "bootJar"]),
    build("gradlew", JAR, "https://docs.spring.io/spring-boot/gradle-plugin/running.html").with(&["bootRun", "run"]),
    watches("granian", NO_RELOAD, "https://github.com/emmett-framework/granian#readme, help (2.8.9)")
        .with(&["--reload"]),
    refused("granian", "--host 0.0.0.0 --port ${PORT:-8000}",
        "https://github.com/emmett-framework/granian#readme, run (2.8.9)")
        .with(&["-b", "--bind"]),
    documented("gunicorn", NO_RELOAD, "https://docs.gunicorn.org/en/stable/settings.html#reload, run (27.0.1)")
        .with(&["--reload"]),
    background("gunicorn", "", "https://docs.gunicorn.org/en/stable/settings.html#daemon, run (27.0.1)")
        .with(&["-D", "--daemon"]),
    refused("gunicorn", "--bind 0.0.0.0:${PORT:-8000}",
        "https://docs.gunicorn.org/en/stable/settings.html, run (27.0.1)")
        .with(&["--host", "--port"]),
    means("gunicorn", PID_FILE, "--bind 0.0.0.0:${PORT:-8000}",
        "https://docs.gunicorn.org/en/stable/settings.html#pidfile")
        .with(&["-p"]),
    background("haproxy", "", "https://docs.haproxy.org/dev/management.html (2.6)")
        .with(&["-D"])
        .unless(&["-db", "-d"]),
    manager("hivemind", "https://github.com/DarthSim/hivemind#readme"),
    manager("honcho start", HONCHO).unless(&["-f", "--procfile"]),
    documented("http.server", "a web server", "https://docs.python.org/3/library/http.server.html"),
    background("httpd", FOREGROUND, APACHE).with(&["-k start"]).unless(&["-D", "-X"]),
    watches("hugo server", STATIC_FILES, "https://gohugo.io/commands/hugo_server/")
        .unless(&["--watch=false", "-w=false"]),
    watches("hugo serve", STATIC_FILES, "https://gohugo.io/commands/hugo_server/")
        .unless(&["--watch=false", "-w=false"]),
    watches("hypercorn", NO_RELOAD, "https://hypercorn.readthedocs.io, help (0.18.0)").with(&["--reload"]),
    refused("hypercorn", "--bind 0.0.0.0:${PORT:-8000}", "https://hypercorn.readthedocs.io, run (0.18.0)")
        .with(&["--host", "--port"]),
    means("hypercorn", PID_FILE, "--bind 0.0.0.0:${PORT:-8000}", "https://hypercorn.readthedocs.io, help (0.18.0)")
        .with(&["-p"]),
    watches("jekyll serve", STATIC_FILES, "https://jekyllrb.com/docs/usage/").unless(&["--no-watch"]),
    watches("jekyll server", STATIC_FILES, "https://jekyllrb.com/docs/usage/").unless(&["--no-watch"]),
    watches("jekyll s", STATIC_FILES, "https://jekyllrb.com/docs/usage/").unless(&["--no-watch"]),
    background("lighttpd", "add `-D`", "https://manpages.debian.org/bookworm/lighttpd/lighttpd.8.en.html (1.4)")
        .unless(&["-D", "-t", "-tt", "-p", "-1", "-i", "-v", "-V", "-h"]),
    documented("live-server", STATIC_FILES, "https://github.com/tapio/live-server#readme (1.2.2)"),
    documented("manage.py runserver", DJANGO, "https://docs.djangoproject.com/en/stable/ref/django-admin/#runserver"),
    documented("manage.py runserver_plus", DJANGO,
        "https://django-extensions.readthedocs.io/en/latest/runserver_plus.html"),
    background("memcached", "", "https://docs.memcached.org, run (1.6.18)").with(&["-d", "--daemon"]),
    outside("minikube start", INSIDE, "https://minikube.sigs.k8s.io/docs/commands/start/"),
    install("mix deps.get", "https://hexdocs.pm/mix/Mix.Tasks.Deps.Get.html"),
    documented("mkdocs serve", STATIC_FILES, "https://www.mkdocs.org/user-guide/cli/#mkdocs-serve"),
    background("mongod", "", "https://www.mongodb.com/docs/manual/reference/program/mongod/#std-option-mongod.--fork")
        .with(&["--fork"]),
    background("mosquitto", "", "https://mosquitto.org/man/mosquitto-8.html (2.0.11)").with(&["-d", "--daemon"]),
    documented("mvn quarkus:dev", JAR, "https://quarkus.io/guides/dev-mode-differences"),
    build("mvn", "", MAVEN).with(&["package", "install", "compile"]),
    build("mvn", JAR, "https://docs.spring.io/spring-boot/maven-plugin/run.html").with(&["spring-boot:run"]),
    documented("mvnw quarkus:dev", JAR, "https://quarkus.io/guides/dev-mode-differences"),
    build("mvnw", "", MAVEN).with(&["package", "install", "compile"]),
    build("mvnw", JAR, "https://docs.spring.io/spring-boot/maven-plugin/run.html").with(&["spring-boot:run"]),
    watches("nest start", "`node dist/main`", "https://docs.nestjs.com/cli/usages#nest-start, help (12.0.8)")
        .with(&["--watch", "-w"]),
    build("nest build", "", "https://docs.nestjs.com/cli/usages#nest-build"),
    documented("next dev", "`next start`", NEXT),
    refused("next start", "--hostname", "https://nextjs.org/docs/app/api-reference/cli/next, run (16.4.6)")
        .with(&["--host"]),
    build("next build", "", NEXT),
    manager("nf start", "https://github.com/strongloop/node-foreman#readme (3.0.1)").unless(&["-j", "--procfile"]),
    documented("ng serve", STATIC_FILES, "https://angular.dev/cli/serve"),
    build("ng build", "", "https://angular.dev/cli/build"),
    misuse("nginx", Kind::BackgroundByDefault, "write `nginx -g 'daemon off;'`",
        "https://nginx.org/en/docs/ngx_core_module.html#daemon, help (1.22)")
        .unless(&["-g daemon off", "-c", "-p", "-s", "-t", "-T", "-q", "-v", "-V", "-h", "-?"]),
    watches("node --watch", "`node`", NODE_WATCH),
    documented("node-dev", "`node`", "https://github.com/fgnass/node-dev#readme (8.0.0)"),
    documented("nodemon", "`node`", "https://github.com/remy/nodemon#readme (3.1.14)"),
    named("npm run dev", NPM_START, NPM_RUN),
    named("npm run start:dev", NPM_START, NPM_RUN),
    named("npm run-script dev", NPM_START, NPM_RUN),
    named("npm run", BUILT, NPM_RUN).with(&["--watch"]),
    install("npm install", NPM_INSTALL).unless(&["--dry-run"]),
    install("npm i", NPM_INSTALL).unless(&["--dry-run"]),
    install("npm ci", NPM_INSTALL).unless(&["--dry-run"]),
    install("npm add", NPM_INSTALL).unless(&["--dry-run"]),
    build("npm run build", "", NPM_RUN),
    build("npm run-script build", "", NPM_RUN),
    documented("nuxi dev", NUXT, NUXI),
    documented("nuxi preview", NUXT, NUXI),
    build("nuxi build", "", NUXI),
    documented("nuxt dev", NUXT, NUXI),
    documented("nuxt preview", NUXT, NUXI),
    build("nuxt build", "", NUXI),
    manager("overmind start", "https://github.com/DarthSim/overmind#readme").unless(&["-f", "--procfile"]),
    manager("overmind s", "https://github.com/DarthSim/overmind#readme").unless(&["-f", "--procfile"]),
    documented("parcel", STATIC_FILES, "https://parceljs.org/features/cli/, help (2.16.4)")
        .unless(&["build", "watch", "help", "-V", "--version", "-h", "--help"]),
    watches("parcel watch", BUILT, "https://parceljs.org/features/cli/, help (2.16.4)"),
    install("pdm install", "https://pdm-project.org/latest/reference/cli/"),
    install("pdm sync", "https://pdm-project.org/latest/reference/cli/"),
    background("pg_ctl", "run `postgres`", "https://www.postgresql.org/docs/current/app-pg-ctl.html").with(&["start"]),
    documented("php -S", "PHP-FPM behind a web server, such as `heroku-php-nginx`",
        "https://www.php.net/manual/en/features.commandline.webserver.php"),
    documented("php artisan serve", "PHP-FPM behind a web server, such as `heroku-php-nginx`",
        "https://laravel.com/docs/12.x/installation, source of `ServeCommand`"),
    background("php-fpm", "", "https://www.php.net/manual/en/install.fpm.configuration.php#daemonize, man page (8.2)")
        .with(&["-D", "--daemonize"]),
    install("pip install", "https://pip.pypa.io/en/stable/cli/pip_install/"),
    install("pipenv install", "https://pipenv.pypa.io/en/latest/commands.html"),
    install("pipenv sync", "https://pipenv.pypa.io/en/latest/commands.html"),
    background("pm2 start", "run `pm2-runtime`, or only the program",
        "https://pm2.keymetrics.io/docs/usage/docker-pm2-nodejs/ (7.0.4)")
        .unless(&["--no-daemon", "--attach"]),
    named("pnpm dev", NPM_START, "https://pnpm.io/cli/run"),
    named("pnpm run dev", NPM_START, "https://pnpm.io/cli/run"),
    named("pnpm start:dev", NPM_START, "https://pnpm.io/cli/run"),
    named("pnpm run start:dev", NPM_START, "https://pnpm.io/cli/run"),
    named("pnpm", BUILT, "https://pnpm.io/cli/run").with(&["--watch"]),
    install("pnpm install", PNPM),
    install("pnpm i", PNPM),
    install("pnpm add", PNPM),
    build("pnpm build", "", "https://pnpm.io/cli/run"),
    build("pnpm run build", "", "https://pnpm.io/cli/run"),
    outside("podman run", INSIDE, "https://docs.podman.io/en/latest/markdown/podman-run.1.html"),
    install("poetry install", "https://python-poetry.org/docs/cli/#install"),
    background("puma", "", "https://github.com/puma/puma/blob/master/5.0-Upgrade.md: 4 has it, 5 refuses it")
        .with(&["-d", "--daemon"]),
    documented("quarkus dev", JAR, "https://quarkus.io/guides/dev-mode-differences"),
    background("rabbitmq-server", "", "https://www.rabbitmq.com/docs/man/rabbitmq-server.8 (3.10)")
        .with(&["-detached"]),
    background("rackup", "", "https://github.com/rack/rackup#readme, run (2.2)").with(&["-D", "--daemonize"]),
    named("rails server", "the server with `-e production`", "https://guides.rubyonrails.org/command_line.html")
        .with(&["-e development", "--environment development"]),
    named("rails s", "the server with `-e production`", "https://guides.rubyonrails.org/command_line.html")
        .with(&["-e development", "--environment development"]),
    background("rails server", "", "https://guides.rubyonrails.org/command_line.html, run (6.1.7)")
        .with(&["-d", "--daemon"]),
    background("rails s", "", "https://guides.rubyonrails.org/command_line.html, run (6.1.7)")
        .with(&["-d", "--daemon"]),
    build("rails assets:precompile", "", "https://guides.rubyonrails.org/asset_pipeline.html"),
    build("rake assets:precompile", "", "https://guides.rubyonrails.org/asset_pipeline.html"),
    documented("react-scripts start", STATIC_FILES, "https://create-react-app.dev/docs/available-scripts/"),
    build("react-scripts build", "", "https://create-react-app.dev/docs/available-scripts/"),
    background("redis-server", "", "https://redis.io/docs/latest/operate/oss_and_stack/management/config/")
        .with(&["--daemonize yes"]),
    documented("remix dev", "`remix-serve`", "https://v2.remix.run/docs/other-api/dev, help (2.17.5)"),
    documented("remix vite:dev", "`remix-serve`", "https://v2.remix.run/docs/other-api/dev, help (2.17.5)"),
    watches("rollup", BUILT, "https://rollupjs.org/command-line-interface/#w-watch").with(&["--watch", "-w"]),
    watches("sass", BUILT, "https://sass-lang.com/documentation/cli/dart-sass/#watch").with(&["--watch"]),
    build("sbt run", BINARY, "https://www.scala-sbt.org/1.x/docs/Running.html"),
    background("service", "run the program of the service in the foreground",
        "https://manpages.debian.org/bookworm/init-system-helpers/service.8.en.html")
        .with(&["start", "restart"]),
    background("setsid", "delete `setsid`", "https://manpages.debian.org/bookworm/util-linux/setsid.1.en.html, run (2.38)")
        .unless(&["-w", "--wait"]),
    background("sidekiq", "",
        "https://github.com/sidekiq/sidekiq/blob/main/docs/6.0-Upgrade.md: 5 has it, 6 refuses it")
        .with(&["-d", "--daemon"]),
    outside("skaffold dev", INSIDE, "https://skaffold.dev/docs/references/cli/#skaffold-dev"),
    outside("skaffold run", INSIDE, "https://skaffold.dev/docs/references/cli/#skaffold-run"),
    background("start-stop-daemon", "", "https://manpages.debian.org/bookworm/dpkg/start-stop-daemon.8.en.html")
        .with(&["-b", "--background"]),
    refused("streamlit run", "--server.port", "https://docs.streamlit.io/develop/api-reference/cli/run, run (1.67.0)")
        .with(&["--port"]),
    refused("streamlit run", "--server.address",
        "https://docs.streamlit.io/develop/api-reference/cli/run, run (1.67.0)")
        .with(&["--host", "--address"]),
    watches("supervisor", "`node`", "https://github.com/petruisfan/node-supervisor#readme"),
    documented("symfony serve", "PHP-FPM behind a web server, such as `heroku-php-nginx`",
        "https://symfony.com/doc/current/setup/symfony_server.html"),
    documented("symfony server:start", "PHP-FPM behind a web server, such as `heroku-php-nginx`",
        "https://symfony.com/doc/current/setup/symfony_server.html"),
    documented("symfony local:server:start", "PHP-FPM behind a web server, such as `heroku-php-nginx`",
        "https://symfony.com/doc/current/setup/symfony_server.html"),
    outside("systemctl", "write the command of the service itself: `ExecStart` in its unit has it",
        "https://systemd.io/CONTAINER_INTERFACE/")
        .with(&["start", "restart", "enable"]),
    watches("tailwindcss", BUILT, "https://tailwindcss.com/docs/installation/tailwind-cli").with(&["--watch", "-w"]),
    background("thin start", "", "https://github.com/macournoyer/thin#readme, run (1.8.1)")
        .with(&["-d", "--daemonize"]),
    outside("tilt up", INSIDE, "https://docs.tilt.dev/cli/tilt_up.html"),
    watches("ts-node-dev", "`node` with the files that `tsc` makes",
        "https://github.com/wclr/ts-node-dev#readme (2.0.0)"),
    watches("tsc", BUILT, "https://www.typescriptlang.org/docs/handbook/compiler-options.html")
        .with(&["--watch", "-w"]),
    build("tsc", "", "https://www.typescriptlang.org/docs/handbook/compiler-options.html"),
    watches("tsnd", "`node` with the files that `tsc` makes", "https://github.com/wclr/ts-node-dev#readme (2.0.0)"),
    watches("tsx watch", "`node` with the files that `tsc` makes", "https://tsx.hirok.io/watch-mode, help (4.23.15)"),
    background("unicorn", "", "https://yhbt.net/unicorn/unicorn_1.html, run (6.0.0)").with(&["-D", "--daemonize"]),
    background("unicorn_rails", "", "https://yhbt.net/unicorn/unicorn_1.html, run (6.0.0)")
        .with(&["-D", "--daemonize"]),
    install("uv sync", "https://docs.astral.sh/uv/reference/cli/#uv-sync"),
    install("uv pip install", "https://docs.astral.sh/uv/reference/cli/#uv-pip-install"),
    documented("uvicorn", NO_RELOAD, "https://uvicorn.dev/deployment/, run (0.54.0)").with(&["--reload"]),
    refused("uvicorn", "--host 0.0.0.0 --port ${PORT:-8000}", "https://uvicorn.dev/settings/, run (0.54.0)")
        .with(&["-b", "--bind"]),
    refused("uvicorn", "--port", "https://uvicorn.dev/settings/, run (0.54.0)").with(&["-p"]),
    refused("uvicorn", "--host", "https://uvicorn.dev/settings/, run (0.54.0)").with(&["-h", "--address"]),
    refused("uvicorn", "--workers", "https://uvicorn.dev/settings/, run (0.54.0)").with(&["-w"]),
    background("uwsgi", "", "https://uwsgi-docs.readthedocs.io/en/latest/Options.html#daemonize, help (2.0.31)")
        .with(&["-d", "--daemonize"]),
    documented("vite", STATIC_FILES, VITE).unless(&["build", "optimize", "preview", "-v", "--version", "-h", "--help"]),
    documented("vite preview", STATIC_FILES, VITE),
    build("vite build", "", VITE),
    documented("vue-cli-service serve", STATIC_FILES, "https://cli.vuejs.org/guide/cli-service.html, help (5.0.9)"),
    refused("waitress-serve", "--listen",
        "https://docs.pylonsproject.org/projects/waitress/en/stable/runner.html, run (3.0.2)")
        .with(&["-b", "--bind"]),
    watches("watchexec", SERVER, "https://github.com/watchexec/watchexec#readme"),
    watches("watchfiles", SERVER, "https://watchfiles.helpmanual.io/cli/"),
    watches("watchmedo auto-restart", SERVER, "https://github.com/gorakhargosh/watchdog#readme"),
    documented("webpack serve", STATIC_FILES, "https://github.com/webpack/webpack-dev-server#readme (5.2.7)"),
    watches("webpack", BUILT, "https://webpack.js.org/configuration/watch/").with(&["--watch", "-w"]),
    documented("webpack-dev-server", STATIC_FILES, "https://github.com/webpack/webpack-dev-server#readme (5.2.7)"),
    named("yarn dev", NPM_START, "https://classic.yarnpkg.com/en/docs/cli/run/"),
    named("yarn run dev", NPM_START, "https://classic.yarnpkg.com/en/docs/cli/run/"),
    named("yarn start:dev", NPM_START, "https://classic.yarnpkg.com/en/docs/cli/run/"),
    named("yarn run start:dev", NPM_START, "https://classic.yarnpkg.com/en/docs/cli/run/"),
    named("yarn", BUILT, "https://classic.yarnpkg.com/en/docs/cli/run/").with(&["--watch"]),
    install("yarn install", YARN),
    install("yarn add", YARN),
    build("yarn build", "", "https://classic.yarnpkg.com/en/docs/cli/run/"),
    build("yarn run build", "", "https://classic.yarnpkg.com/en/docs/cli/run/"),
];

const fn misuse(command: Words, kind: Kind, instead: &'static str, source: &'static str) -> Sourced<Misuse> {
    Sourced { fact: Misuse { command, kind, flags: &[], unless: &[], instead }, source }
}

impl Sourced<Misuse> {
    /// It is only a misuse with one of these words.
    const fn with(self, flags: Options) -> Self {
        let Self { fact, source } = self;
        Self { fact: Misuse { flags, ..fact }, source }
    }

    /// It is not a misuse with one of these options.
    const fn unless(self, unless: Options) -> Self {
        let Self { fact, source } = self;
        Self { fact: Misuse { unless, ..fact }, source }
    }
}

const fn documented(command: Words, instead: &'static str, source: &'static str) -> Sourced<Misuse> {
    misuse(command, Kind::Development(Reason::Documented), instead, source)
}

const fn watches(command: Words, instead: &'static str, source: &'static str) -> Sourced<Misuse> {
    misuse(command, Kind::Development(Reason::Watches), instead, source)
}

const fn named(command: Words, instead: &'static str, source: &'static str) -> Sourced<Misuse> {
    misuse(command, Kind::Development(Reason::Named), instead, source)
}

const fn background(command: Words, instead: &'static str, source: &'static str) -> Sourced<Misuse> {
    misuse(command, Kind::Background, instead, source)
}

const fn manager(command: Words, source: &'static str) -> Sourced<Misuse> {
    misuse(command, Kind::Manager, "", source)
}

const fn outside(command: Words, instead: &'static str, source: &'static str) -> Sourced<Misuse> {
    misuse(command, Kind::Manager, instead, source)
}

const fn install(command: Words, source: &'static str) -> Sourced<Misuse> {
    misuse(command, Kind::Install, "the language buildpack installs dependencies when it builds the image", source)
}

const fn system(command: Words, source: &'static str) -> Sourced<Misuse> {
    misuse(command, Kind::Install, "add the packages to the run image instead", source)
}

const fn build(command: Words, instead: &'static str, source: &'static str) -> Sourced<Misuse> {
    misuse(command, Kind::Build, instead, source).unless(&["--watch", "-w"])
}

const fn means(command: Words, meaning: &'static str, instead: &'static str, source: &'static str) -> Sourced<Misuse> {
    misuse(command, Kind::Means(meaning), instead, source)
}

const fn refused(command: Words, instead: &'static str, source: &'static str) -> Sourced<Misuse> {
    misuse(command, Kind::Refused, instead, source)
}
