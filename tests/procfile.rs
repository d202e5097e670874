//! The grammar of Procfiles (section P), through the parser alone.

use crate::support::{App, Places};
use octopilot_procfile::diagnostics::Diagnostics;
use octopilot_procfile::parse::Command;
use octopilot_procfile::parse::procfile::parse;
use octopilot_procfile::text::{Source, decode, is_invisible, punctuation};
use snapbox::{IntoData, assert_data_eq, str};
use std::fmt::Write as _;

/// The entries, each with the places of its name and command, then the names of the problems and their places.
fn parsed(content: &str) -> String {
    let mut problems = Diagnostics::default();
    let places = Places::new(content);
    let at = |offset| places.at(offset);
    let mut out = String::new();
    for process in parse(content, Source::Procfile, &mut problems) {
        let command = process.command.unwrap();
        let Command::Line(line) = &command.value else { panic!("a Procfile has only lines") };
        let (name_at, command_at) = (at(process.name.at.start), at(command.at.start));
        writeln!(out, "{name_at} {} | {command_at} {}", process.name.value, line.escape_debug()).unwrap();
    }
    out + &places.problems(&problems)
}

#[track_caller]
fn check(content: &str, expected: impl IntoData) {
    assert_data_eq!(parsed(content), expected.raw());
}

/// (P2) LF, CRLF and CR end a line, mixed or not, and the last line needs no end.
#[test]
fn lines_end_in_lf_crlf_or_cr() {
    check(
        "a: 1\nb: 2\r\nc: 3\rd: 4",
        str![[r#"
1:1 a | 1:4 1
2:1 b | 2:4 2
3:1 c | 3:4 3
4:1 d | 4:4 4

"#]],
    );
    check(
        "a: 1\r\n\r\nb: 2\r\n",
        str![[r#"
1:1 a | 1:4 1
3:1 b | 3:4 2

"#]],
    );
    check(
        "a: 1\r\rb: 2\r",
        str![[r#"
1:1 a | 1:4 1
3:1 b | 3:4 2

"#]],
    );
}

/// (P3) Blank lines and comments are skipped; a `#` inside a command is the shell's.
#[test]
fn blanks_and_comments_are_skipped() {
    check(
        "\n \t\n# web: no\n\t # indented\nweb: a # kept\n#\n",
        str![[r#"
5:1 web | 5:6 a # kept

"#]],
    );
}

/// (P4) Blanks around the parts do not belong to them; two of the places are warned about.
#[test]
fn blanks_around_the_parts_are_dropped() {
    check(
        "web:node\nworker:\t node  a  \t\n  clock : x\n",
        str![[r#"
1:1 web | 1:5 node
2:1 worker | 2:10 node  a
3:3 clock | 3:11 x
3:1 blank-before-name
3:8 blank-before-colon

"#]],
    );
}

/// (P4) The first colon ends the name; the command keeps all others.
#[test]
fn commands_may_hold_colons() {
    check(
        "web: gunicorn -b :8000 app:app\nworker:a:b\n",
        str![[r#"
1:1 web | 1:6 gunicorn -b :8000 app:app
2:1 worker | 2:8 a:b

"#]],
    );
}

/// (P5) Every character of the CNB rule, kept as written.
#[test]
fn names_have_the_characters_of_the_cnb_rule() {
    check(
        "aZ09._-: x\nweb.1: y\n-: z\n_: z\n",
        str![[r#"
1:1 aZ09._- | 1:10 x
2:1 web.1 | 2:8 y
3:1 - | 3:4 z
4:1 _ | 4:4 z

"#]],
    );
    check(
        "we b: x\nw\u{e9}b: x\nweb/1: x\n.: x\n..: x\n...: x\n",
        str![[r#"
6:1 ... | 6:6 x
1:3 invalid-name
2:2 invalid-name
3:4 invalid-name
4:1 invalid-name
5:1 invalid-name

"#]],
    );
}

/// (P6) An empty command is an error, and does not take the next line.
#[test]
fn empty_commands_are_errors() {
    check(
        "web:\nworker: x\nclock: \t\n",
        str![[r#"
2:1 worker | 2:9 x
1:5 empty-command
3:7 empty-command

"#]],
    );
}

/// (P7) The last entry of a name counts, in the place of the first.
#[test]
fn the_last_of_a_repeated_name_counts() {
    check(
        "web: 1\nworker: 2\nweb: 3\nweb: 4\n",
        str![[r#"
4:1 web | 4:6 4
2:1 worker | 2:9 2
3:1 duplicate-name
4:1 duplicate-name

"#]],
    );
    check(
        "web: 1\nWeb: 2\n",
        str![[r#"
1:1 web | 1:6 1
2:1 Web | 2:6 2

"#]],
    );
}

/// (P7) Both sides of a merge conflict give the same types, which is the conflict and no mistake of its own.
#[test]
fn the_sides_of_a_conflict_repeat_no_name() {
    check(
        "release: 0\n<<<<<<< HEAD\nweb: 1\nrelease: 1\n|||||||\nweb: 2\n=======\nrelease: 3\nweb: 3\n>>>>>>> x\nweb: 4\n",
        str![[r#"
8:1 release | 8:10 3
11:1 web | 11:6 4
2:1 merge-conflict
5:1 merge-conflict
7:1 merge-conflict
8:1 duplicate-name
10:1 merge-conflict
11:1 duplicate-name

"#]],
    );
}

/// (P8) The mistakes with words of their own, and the lines that are none.
#[test]
fn mistakes_are_told_apart() {
    check(
        "web gunicorn\nweb; gunicorn\nworker=celery\nweb\nwebsite gunicorn\nFOO=bar node\n",
        str![[r#"
1:4 missing-colon
2:4 missing-colon
3:7 missing-colon
4:4 missing-colon
5:1 not-an-entry
6:1 not-an-entry

"#]],
    );
    check(
        "heroku ps:scale web=1\nheroku: x\nheroku : x\nheroku-php: x\nps:scale web=1\nps: aux\n",
        str![[r#"
3:1 heroku | 3:10 x
4:1 heroku-php | 4:13 x
6:1 ps | 6:5 aux
1:1 heroku-command
3:1 duplicate-name
3:7 blank-before-colon
5:1 heroku-command

"#]],
    );
    check(
        "<<<<<<< HEAD\n=======\n>>>>>>> x\n|||||||\n<<<<<<<x: y\n========: y\n",
        str![[r#"
1:1 merge-conflict
2:1 merge-conflict
3:1 merge-conflict
4:1 merge-conflict
5:1 invalid-name
6:1 invalid-name

"#]],
    );
    check(
        "// a\n/* b */\n; c\n*/\n'web: x'\n`web: x`\n\u{201c}web: x\u{201d}\n",
        str![[r#"
1:1 foreign-comment
2:1 foreign-comment
3:1 foreign-comment
4:1 foreign-comment
5:1 quoted-line
6:1 quoted-line
7:1 quoted-line

"#]],
    );
    check(
        "web: web: x\nweb: worker: x\nweb: :\nweb: web:x\nweb: heroku run x\nweb: heroku-php-apache2\n",
        str![[r#"
6:1 web | 6:6 heroku-php-apache2
1:6 repeated-name
2:6 repeated-name
4:1 duplicate-name
5:6 heroku-command
6:1 duplicate-name

"#]],
    );
}

/// (P8) An entry behind another one is told, unless the program prints its name or nothing follows it.
#[test]
fn entries_need_lines_of_their_own() {
    check(
        "a: node a.js worker: node b.js\nb: node a.js && worker: node b.js\nc: node a.js worker:\n\
         d: echo worker: node b.js\ne: printf %s worker: x\nf: node \"a worker: b\"\ng: node a.js # worker: b\n\
         h: node a.js tasks: node b.js\n",
        str![[r#"
3:1 c | 3:4 node a.js worker:
4:1 d | 4:4 echo worker: node b.js
5:1 e | 5:4 printf %s worker: x
6:1 f | 6:4 node \"a worker: b\"
7:1 g | 7:4 node a.js # worker: b
8:1 h | 8:4 node a.js tasks: node b.js
1:14 repeated-name
2:17 repeated-name

"#]],
    );
}

/// (P8) A YAML block takes its indented lines along; tests and groups of a shell are no values of YAML or JSON.
#[test]
fn values_of_other_formats_are_no_commands() {
    check(
        "web: >-  # folded\n  node\n\n\tserver.js\nworker: y\nclock: > log\nbeat: | cat\n",
        str![[r#"
5:1 worker | 5:9 y
6:1 clock | 6:8 > log
7:1 beat | 7:7 | cat
1:6 foreign-value

"#]],
    );
    check(
        "a: [ \"$A\" = b ] && node x\nb: { \"node\" x; }\nc: [[ 'a' = a ]] && x\nd: [\"node\",\"x\"]\ne: [node, x]\n",
        str![[r#"
1:1 a | 1:4 [ \"$A\" = b ] && node x
2:1 b | 2:4 { \"node\" x; }
3:1 c | 3:4 [[ \'a\' = a ]] && x
5:1 e | 5:4 [node, x]
4:4 foreign-value

"#]],
    );
}

/// (P8) A backslash at the end takes its lines along, so that one mistake is one diagnostic.
#[test]
fn continued_lines_are_one_mistake() {
    check(
        "web: a \\\n  b \\  \n  c\nworker: d\n",
        str![[r#"
1:1 web | 1:6 a \\
4:1 worker | 4:9 d
1:8 line-continuation

"#]],
    );
    check(
        "web: a \\\\\nworker: d\n",
        str![[r#"
1:1 web | 1:6 a \\\\
2:1 worker | 2:9 d

"#]],
    );
    check(
        "web: a \\\r\n\\\n\\",
        str![[r#"
1:1 web | 1:6 a \\
1:8 line-continuation

"#]],
    );
}

/// (P8) An option looks like an entry; behind a backslash it is none. An entry that is not indented stays one.
#[test]
fn options_continue_a_command() {
    check(
        "web: gunicorn app:app \\\n  --bind :8000 \\\n# --reload \\\n--log-config: x\nworker: d \\\nbeat: e\n",
        str![[r#"
1:1 web | 1:6 gunicorn app:app \\
5:1 worker | 5:9 d \\
6:1 beat | 6:7 e
1:23 line-continuation
5:11 line-continuation

"#]],
    );
}

/// (P6) An indented line below an entry without a command is that command; an entry there stays one.
#[test]
fn commands_below_their_types_are_one_mistake() {
    check(
        "worker:\n    celery -A app worker \\\n      --beat\nweb:\n\tclock: x\nbeat:\ncelery beat\n",
        str![[r#"
5:2 clock | 5:9 x
1:8 empty-command
4:5 empty-command
5:1 blank-before-name
6:6 empty-command
7:1 not-an-entry

"#]],
    );
}

/// (P9) Every line is judged, whatever is wrong with the others.
#[test]
fn all_mistakes_are_found_at_once() {
    check(
        "web gunicorn\nworker: x\nclock:\n\u{7}\nbeat: y\n",
        str![[r#"
2:1 worker | 2:9 x
5:1 beat | 5:7 y
1:4 missing-colon
3:7 empty-command
4:1 control-character

"#]],
    );
}

/// (P10) Control characters are errors wherever they are; a NUL ends the reading.
#[test]
fn control_characters_are_errors() {
    check(
        "web: a\u{1b}[31mb\n# \u{9b}\nworker\u{b}: x\nclock: \u{7f}\n",
        str![[r#"
1:7 control-character
2:3 control-character
3:7 control-character
4:8 control-character

"#]],
    );
    check(
        "web: a\nworker: \0\nclock: \u{1}\n",
        str![[r#"
1:1 web | 1:6 a
2:9 control-character

"#]],
    );
}

/// (P10) Invisible and bidirectional characters are warned about, and kept.
#[test]
fn invisible_characters_are_warned_about() {
    check(
        "web: a\u{200b}b\nworker: \u{2066}x\u{2069}\nclock:\u{a0}x\n# \u{200b}\n",
        str![[r#"
1:1 web | 1:6 a\u{200b}b
2:1 worker | 2:9 \u{2066}x\u{2069}
3:1 clock | 3:7 \u{a0}x
1:7 invisible-character
2:9 invisible-character
2:11 invisible-character
3:7 invisible-character

"#]],
    );
    check(
        "web: \u{1f468}\u{1f3fd} \u{6f22}\u{5b57} caf\u{e9}\n",
        str![[r#"
1:1 web | 1:6 👨🏽 漢字 café

"#]],
    );
}

/// (P10) Each is named, if people know it by a name.
#[test]
fn invisible_characters_are_named() {
    for (character, name) in [
        ('\u{a0}', "U+00A0 (no-break space)"),
        ('\u{ad}', "U+00AD (soft hyphen)"),
        ('\u{200b}', "U+200B (zero width space)"),
        ('\u{200c}', "U+200C (zero width non-joiner)"),
        ('\u{200d}', "U+200D (zero width joiner)"),
        ('\u{202a}', "U+202A, which reorders the text after it"),
        ('\u{202e}', "U+202E, which reorders the text after it"),
        ('\u{2066}', "U+2066, which reorders the text after it"),
        ('\u{2069}', "U+2069, which reorders the text after it"),
        ('\u{feff}', "U+FEFF (byte order mark)"),
        ('\u{2003}', "U+2003"),
    ] {
        let mut problems = Diagnostics::default();
        parse(&format!("web: p a{character}b\n"), Source::Procfile, &mut problems);
        let titles: Vec<String> = problems.in_file_order().iter().map(|found| found.message.title.clone()).collect();
        assert_eq!(titles, [format!("invisible character {name}")]);
    }
}

/// (P12) Quotes and dashes of a word processor, where a shell or a program expects plain ones.
#[test]
fn smart_punctuation_is_told_apart() {
    let plain = |command: &str| punctuation(command).map(|found| found.plain);
    for (command, typed) in [
        ("echo “a b” ‘c’", "echo \"a b\" 'c'"),
        ("a –port 80 —host x", "a --port 80 --host x"),
        ("a –p 80 −v ‑x ‐y", "a -p 80 -v -x -y"),
        ("a -–port –-host ––all", "a --port --host --all"),
        ("a --name=“b c”", "a --name=\"b c\""),
        ("“gunicorn app:app”", "gunicorn app:app"),
        ("gunicorn --log-file –", "gunicorn --log-file -"),
        ("echo \"a\" “b”; (“c” d)", "echo \"a\" \"b\"; (\"c\" d)"),
        ("echo „a“", "echo \"a\""),
    ] {
        assert_eq!(plain(command).as_deref(), Some(typed), "{command}");
    }
    for command in ["echo \"it’s – “so”\"", "echo 'a –b' it’s", "a–b", "run café", "x – y", "a –5 b", "echo a”b"]
    {
        assert_eq!(plain(command), None, "{command}");
    }
}

/// (P10) Which characters take no ink, and which only look unusual.
#[test]
fn invisible_characters_are_known() {
    for unseen in "\u{a0}\u{ad}\u{34f}\u{61c}\u{115f}\u{180e}\u{2003}\u{200b}\u{200f}\u{2028}\u{202e}\u{2060}\u{2069}\u{3000}\u{3164}\u{feff}\u{e0041}".chars() {
        assert!(is_invisible(unseen), "{unseen:?}");
    }
    for seen in " aZ~\u{e9}\u{6f22}\u{fe0f}\u{1f600}\u{2026}\u{fffd}".chars() {
        assert!(!is_invisible(seen), "{seen:?}");
    }
}

/// (P11) No entry at all is a warning, unless something worse was said.
#[test]
fn no_entries_is_a_warning() {
    check(
        "",
        str![[r#"
1:1 no-entries

"#]],
    );
    check(
        "# only\n\n",
        str![[r#"
1:1 no-entries

"#]],
    );
    check(
        "web gunicorn\n",
        str![[r#"
1:4 missing-colon

"#]],
    );
}

/// A line and column for every place, counted in characters.
#[test]
fn columns_count_characters() {
    check(
        "# \u{6f22}\n\u{9}w\u{e9}b\u{6f22}: x\nweb: \u{6f22}\u{5b57}\nweb:\u{6f22}",
        str![[r#"
4:1 web | 4:5 漢
2:3 invalid-name
4:1 duplicate-name

"#]],
    );
}

/// (P1) UTF-8 with and without a mark, UTF-16 of both kinds, and what is neither.
#[test]
fn encodings_are_decoded() {
    let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| {
        std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(bytes).collect::<Vec<u8>>()
    };
    let cases: [(&str, Vec<u8>); 9] = [
        ("UTF-8", b"web: caf\xC3\xA9".to_vec()),
        ("UTF-8 with a mark", b"\xEF\xBB\xBFweb: x".to_vec()),
        ("UTF-16, little endian", utf16("web: \u{e9}\u{1f600}", u16::to_le_bytes)),
        ("UTF-16, big endian", utf16("web: \u{e9}\u{1f600}", u16::to_be_bytes)),
        ("Latin-1", b"web: caf\xE9 x".to_vec()),
        ("Latin-1 with a mark", b"\xEF\xBB\xBFcaf\xE9".to_vec()),
        ("half a surrogate pair", b"\xFF\xFEa\0\x3D\xD8b\0".to_vec()),
        ("half a unit", b"\xFE\xFF\0ab".to_vec()),
        ("nothing", Vec::new()),
    ];
    let mut out = String::new();
    for (name, bytes) in cases {
        writeln!(out, "{name}: {:?}", decode(bytes)).unwrap();
    }
    assert_data_eq!(
        out,
        str![[r#"
UTF-8: ("web: café", Utf8)
UTF-8 with a mark: ("web: x", Utf8)
UTF-16, little endian: ("web: é😀", Utf16)
UTF-16, big endian: ("web: é😀", Utf16)
Latin-1: ("web: caf� x", Invalid { utf16: false, file_offset: 8, byte: 233, text_range: 8..11 })
Latin-1 with a mark: ("caf�", Invalid { utf16: false, file_offset: 6, byte: 233, text_range: 3..6 })
half a surrogate pair: ("a�b", Invalid { utf16: true, file_offset: 4, byte: 61, text_range: 1..4 })
half a unit: ("a�", Invalid { utf16: true, file_offset: 4, byte: 98, text_range: 1..4 })
nothing: ("", Utf8)

"#]]
        .raw()
    );
}

/// (P8) A line that may be a command is not to become a second `web`.
#[test]
fn commands_without_a_type_leave_web_alone() {
    let help = |procfile: &str| {
        let stderr = App::procfile(procfile).build().stderr;
        stderr.lines().find_map(|line| line.split_once("put its process type before it: ")).unwrap().1.to_string()
    };
    assert_eq!(help("npm install\n"), "`web: npm install`");
    assert_eq!(help("npm install\nworker: node web.js\n"), "`web: npm install`");
    assert_eq!(help("npm install\nweb: node server.js\n"), "`TYPE: npm install`");
    assert_eq!(help(" web : node server.js\nnpm install\n"), "`TYPE: npm install`");
}
