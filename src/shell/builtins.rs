//! Names that bash handles itself, without looking for a program.

/// The builtins of bash 5.2, and `chdir`, which dash has (`compgen -b`; a test compares). Sorted.
const BUILTINS: [&str; 62] = [
    ".", ":", "[", "alias", "bg", "bind", "break", "builtin", "caller", "cd", "chdir", "command", "compgen",
    "complete", "compopt", "continue", "declare", "dirs", "disown", "echo", "enable", "eval", "exec", "exit", "export",
    "false", "fc", "fg", "getopts", "hash", "help", "history", "jobs", "kill", "let", "local", "logout", "mapfile",
    "popd", "printf", "pushd", "pwd", "read", "readarray", "readonly", "return", "set", "shift", "shopt", "source",
    "suspend", "test", "times", "trap", "true", "type", "typeset", "ulimit", "umask", "unalias", "unset", "wait",
];

/// The reserved words of bash 5.2 (`compgen -k`; a test compares). Sorted.
const RESERVED: [&str; 22] = [
    "!", "[[", "]]", "case", "coproc", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if", "in",
    "select", "then", "time", "until", "while", "{", "}",
];

/// Whether bash handles a word itself: as a builtin, or as a reserved word.
pub(super) fn is_own(word: &str) -> bool {
    is_builtin(word) || is_reserved(word)
}

/// Whether bash reads a word at the start of a command as the start of something else.
pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED.binary_search(&word).is_ok()
}

/// Whether a builtin has this name.
pub fn is_builtin(word: &str) -> bool {
    BUILTINS.binary_search(&word).is_ok()
}

/// Whether a builtin takes assignments of arrays as arguments.
pub(super) fn is_declaration(word: &str) -> bool {
    matches!(word, "declare" | "export" | "local" | "readonly" | "typeset")
}

/// Whether a builtin reads code that is only known at run time, and may do anything to the shell.
pub(super) fn runs_code(word: &str) -> bool {
    matches!(word, "." | "eval" | "source")
}

/// Whether a builtin changes how the shell reads, finds or waits for commands.
pub(super) fn changes_shell(word: &str) -> bool {
    matches!(
        word,
        "alias"
            | "bg"
            | "bind"
            | "builtin"
            | "caller"
            | "compgen"
            | "complete"
            | "compopt"
            | "disown"
            | "enable"
            | "fc"
            | "fg"
            | "hash"
            | "history"
            | "jobs"
            | "logout"
            | "mapfile"
            | "readarray"
            | "shopt"
            | "suspend"
            | "trap"
            | "unalias"
            | "wait"
    )
}

/// Whether there is also a program of this name, which does the same in an image without a shell.
pub(super) fn is_program_too(word: &str) -> bool {
    matches!(word, "[" | "echo" | "false" | "kill" | "printf" | "pwd" | "test" | "true")
}
