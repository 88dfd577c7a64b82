//! Inputs that were findings once, and the machinery itself.

use std::{fs, path::Path};

use crate::{target, worker};

#[test]
fn inputs_that_were_findings_once_are_none_now() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs");
    let mut count = 0;
    for target in target::ALL {
        for entry in fs::read_dir(folder.join(target.name)).unwrap() {
            let path = entry.unwrap().path();
            let input = fs::read_to_string(&path).unwrap();
            let outcome = worker::on_usual_stack(|| worker::attempt(&target, &input)).unwrap();
            assert!(outcome.is_ok(), "{}: {outcome:?}", path.display());
            count += 1;
        }
    }
    assert!(count >= 3);
}
