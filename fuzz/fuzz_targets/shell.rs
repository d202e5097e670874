//! Any text is read, soon and without a panic, and what is said of it is true of the text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use octopilot_procfile::launcher::template::Template;
use octopilot_procfile::shell::{Budget, Dialect, Given, Reading, Simple, read, script, simple};
use std::ffi::OsString;

fuzz_target!(|line: &str| {
    for dialect in [Dialect::Bash, Dialect::Sh] {
        match read(line, dialect, &Budget::default()) {
            Ok(Reading::Words(words)) => assert!(!words.is_empty() && !words[0].is_empty()),
            Ok(Reading::Script(script)) => {
                for stay in &script.stays {
                    assert!(line.get(stay.at.clone()).is_some(), "{stay:?}");
                }
                for at in script.invocations.iter().flat_map(|invocation| &invocation.words) {
                    assert!(line.get(at.clone()).is_some(), "{at:?}");
                }
                if let Some(rewritten) = &script.rewritten {
                    assert!(rewritten.contains("exec ") || rewritten.contains("\"$@\""), "{rewritten}");
                }
            }
            Err(unreadable) => assert!(unreadable.at.is_none_or(|at| line.is_char_boundary(at))),
        }
        for given in [Given::Rewritten, Given::Word, Given::File] {
            let _ = script(line, dialect, given, &Budget::default());
        }
    }
    match simple(line, &Budget::default()) {
        Ok(Simple::Template(template, _)) => {
            let tokens: Vec<OsString> = template.encode().iter().map(|token| OsString::from(&**token)).collect();
            assert_eq!(Template::decode(&tokens), Some((template, &[][..])));
        }
        Ok(Simple::Words(words)) => assert!(!words.is_empty()),
        Ok(Simple::NeedsShell(needs)) => {
            assert!(!needs.is_empty() && needs.iter().all(|(_, at)| line.get(at.clone()).is_some()), "{needs:?}");
        }
        Err(unreadable) => assert!(unreadable.at.is_none_or(|at| line.is_char_boundary(at))),
    }
});
