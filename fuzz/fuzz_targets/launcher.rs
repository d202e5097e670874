//! Any arguments are decoded and expanded without a panic; what was decoded is what was encoded.

#![no_main]

use libfuzzer_sys::fuzz_target;
use octopilot_procfile::launcher::template::Template;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.split(|byte| *byte == b'\0').map(OsStr::from_bytes);
    let value = parts.next().map(OsString::from);
    let arguments: Vec<OsString> = parts.map(OsString::from).collect();
    let count = arguments.len().to_string().into();
    for arguments in [arguments.clone(), [vec![count], arguments].concat()] {
        let Some((template, rest)) = Template::decode(&arguments) else { continue };
        let encoded: Vec<OsString> = template.encode().iter().map(|token| OsString::from(&**token)).collect();
        let (again, _) = Template::decode(&encoded).expect("what was encoded");
        assert_eq!(again, template);
        assert!(rest.len() < arguments.len());
        for value in [None, value.clone()] {
            let _ = template.expand(&|_| value.clone());
        }
    }
});
