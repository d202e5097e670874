//! Utilities that end by themselves, so that nobody waits for them when a container stops (X4c).

/// Utilities of coreutils, findutils, grep, sed, tar and the like. Sorted.
const UTILITIES: [&str; 90] = [
    "awk", "base64", "basename", "cat", "chgrp", "chmod", "chown", "cksum", "cmp", "comm", "cp", "curl", "cut", "date",
    "dd", "df", "diff", "dig", "dirname", "du", "egrep", "envsubst", "expr", "fgrep", "file", "find", "fold", "free",
    "getconf", "getent", "getopt", "grep", "gunzip", "gzip", "head", "host", "hostname", "id", "install", "join", "jq",
    "ln", "ls", "md5sum", "mkdir", "mkfifo", "mktemp", "mv", "nl", "nproc", "nslookup", "od", "paste", "pg_isready",
    "pgrep", "pkill", "printenv", "ps", "readlink", "realpath", "rm", "rmdir", "rsync", "sed", "seq", "sha256sum",
    "shuf", "sleep", "sort", "split", "stat", "stty", "sync", "tac", "tail", "tar", "tee", "touch", "tr", "truncate",
    "tty", "uname", "uniq", "unzip", "uptime", "uuidgen", "wc", "wget", "which", "whoami",
];

/// Whether a program ends by itself. `arguments`: its words, as written.
pub(super) fn is_utility<'a>(program: &str, mut arguments: impl Iterator<Item = &'a str>) -> bool {
    let directory = program.rfind('/').map_or(0, |slash| slash + 1);
    let is_of_system = directory == 0 || program.starts_with('/');
    is_of_system
        && UTILITIES.binary_search(&&program[directory..]).is_ok()
        && match &program[directory..] {
            // It runs other programs.
            "find" => !arguments.any(|argument| argument.starts_with("-exec") || argument.starts_with("-ok")),
            "sleep" => !arguments.any(|argument| argument.starts_with("inf")),
            "tail" => !arguments.any(|argument| argument.starts_with(['-']) && argument.contains(['f', 'F'])),
            _ => true,
        }
}
