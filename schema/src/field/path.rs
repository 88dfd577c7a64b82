//! The path from an object's root to one of its fields.
//!
//! In: names, indexes and keys, one borrowed link a step, so that walking an object costs nothing until there is an
//! error to print. Out: both spellings that the API server uses.

use std::fmt;

/// A path, as a link to its parent.
#[derive(Clone, Copy, Debug)]
pub struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Root,
    Name(&'a str),
    Index(usize),
    Key(&'a str),
}

/// A path as kube-openapi writes it, keys of maps like names: `spec.labels.app`. The root is empty, and a key right beneath it
/// has a dot of its own.
#[derive(Clone, Copy, Debug)]
pub struct Dotted<'a>(Path<'a>);

impl<'a> Path<'a> {
    /// The object itself.
    pub const ROOT: Path<'static> = Path { parent: None, step: Step::Root };

    /// The field of that name.
    pub fn child<'b>(&'b self, name: &'b str) -> Path<'b> {
        Path { parent: Some(self), step: Step::Name(name) }
    }

    /// The item at that index.
    pub fn index(&self, index: usize) -> Path<'_> {
        Path { parent: Some(self), step: Step::Index(index) }
    }

    /// The value of a map under that key.
    pub fn key<'b>(&'b self, key: &'b str) -> Path<'b> {
        Path { parent: Some(self), step: Step::Key(key) }
    }

    /// Whether this is the object itself.
    pub fn is_root(&self) -> bool {
        matches!(self.step, Step::Root)
    }

    /// The other spelling: `spec.labels.app` instead of `spec.labels[app]`.
    pub fn dotted(&self) -> Dotted<'a> {
        Dotted(*self)
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, dotted_keys: bool) -> fmt::Result {
        // A walk from the leaf to the root, and back: paths are short, and no stack is at stake.
        let mut steps = Vec::new();
        let mut link = Some(self);
        while let Some(path) = link {
            steps.push(path.step);
            link = path.parent;
        }
        let mut first = true;
        for step in steps.into_iter().rev() {
            match step {
                Step::Root => continue,
                Step::Index(index) => write!(f, "[{index}]")?,
                // `field.Path` takes a name that is empty for a key.
                Step::Name(key @ "") | Step::Key(key) if !dotted_keys => write!(f, "[{key}]")?,
                Step::Name(name) if first => f.write_str(name)?,
                Step::Name(name) | Step::Key(name) => write!(f, ".{name}")?,
            }
            first = false;
        }
        Ok(())
    }
}

/// As `field.Path` writes it: `spec.labels[app]`, and `<nil>` for the root.
impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_root() { f.write_str("<nil>") } else { self.write(f, false) }
    }
}

impl fmt::Display for Dotted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(f, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_name_the_same_field() {
        let (spec, key) = (Path::ROOT.child("spec"), String::from("app"));
        let labels = spec.child("labels");
        let path = labels.key(&key);
        let item = path.index(3);
        assert_eq!(item.to_string(), "spec.labels[app][3]");
        assert_eq!(item.dotted().to_string(), "spec.labels.app[3]");
        assert_eq!(Path::ROOT.key("a").to_string(), "[a]");
        assert_eq!(spec.child("").to_string(), "spec[]");
    }

    #[test]
    fn a_dot_stands_before_every_key_that_is_written_like_a_name() {
        assert_eq!(Path::ROOT.child("a").dotted().to_string(), "a");
        assert_eq!(Path::ROOT.key("a").dotted().to_string(), ".a");
    }

    #[test]
    fn the_root_is_nil_or_nothing() {
        assert_eq!(Path::ROOT.to_string(), "<nil>");
        assert_eq!(Path::ROOT.dotted().to_string(), "");
    }
}
