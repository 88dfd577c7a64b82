//! Where the field is that a path of an error names.
//!
//! In: a document, and a path in either spelling of the API server. Out: the places of the field's key and value, or of the
//! nearest one around it. Names in a path are not escaped: of all ways to read it, the one that leads furthest counts.

use super::{Content, Node};
use crate::diagnostic::Position;

/// Where a field was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'p> {
    /// Where its name starts; none for a document and for an item of an array.
    pub key: Option<Position>,
    /// Where its value starts.
    pub value: Option<Position>,
    /// What is left of the path, if this is only the nearest field around the one that it names.
    pub rest: &'p str,
}

impl Place<'_> {
    /// Where the field starts: at its name, if it has one.
    pub fn start(&self) -> Option<Position> {
        self.key.or(self.value)
    }
}

impl Node<'_> {
    /// The place of the field at a path from this node, such as `spec.ports[0].name`, `spec.labels[app]` or `spec.labels.app`;
    /// of one that is missing, the place of the nearest one around it.
    ///
    /// ```
    /// use crdgen_schema::{diagnostic::Position, yaml};
    ///
    /// let parsed = yaml::parse("spec:\n  labels: {a.b: 1}\n");
    /// let place = parsed.documents[0].find("spec.labels[a.b]");
    /// assert_eq!((place.start(), place.rest), (Some(Position { line: 2, column: 12 }), ""));
    /// ```
    pub fn find<'p>(&self, path: &'p str) -> Place<'p> {
        furthest(self, Place { key: None, value: self.position, rest: path })
    }
}

/// Every node is at the end of one path only, so this looks at each node once at most.
fn furthest<'p>(node: &Node<'_>, at: Place<'p>) -> Place<'p> {
    let below = match &node.content {
        Content::Sequence(items) => item(items, at.rest),
        Content::Mapping(mapping) => {
            let fitting = mapping.members().iter().filter_map(|member| {
                let rest = after_name(at.rest, &member.name)?;
                let place = Place { key: member.key, value: member.value.position, rest };
                Some(furthest(&member.value, place))
            });
            fitting.min_by_key(|place| place.rest.len())
        }
        _ => None,
    };
    below.unwrap_or(at)
}

fn item<'p>(items: &[Node<'_>], path: &'p str) -> Option<Place<'p>> {
    let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
    let item = items.get(index.parse::<usize>().ok()?)?;
    Some(furthest(item, Place { key: None, value: item.position, rest }))
}

/// What follows a name at the start of a path: `.name` or `[name]`.
fn after_name<'p>(path: &'p str, name: &str) -> Option<&'p str> {
    if path.is_empty() {
        return None;
    }
    if let Some(key) = path.strip_prefix('[') {
        return key.strip_prefix(name)?.strip_prefix(']');
    }
    let rest = path.strip_prefix('.').unwrap_or(path).strip_prefix(name)?;
    (rest.is_empty() || rest.starts_with(['.', '['])).then_some(rest)
}

#[cfg(all(test, feature = "yaml"))]
mod tests {
    use crate::yaml;

    const TEXT: &str = "\
spec:
  ports:
    - name: a
    - {name: b, '': c}
  labels: {app: x, app.kubernetes.io/name: y, 'a[0]': z}
  app: {labels.app: 1}
  app.labels: {app: {deep: 1}}
";

    #[track_caller]
    fn check(path: &str, position: &str, rest: &str) {
        let parsed = yaml::parse(TEXT);
        let place = parsed.documents[0].find(path);
        assert_eq!((place.start().unwrap().to_string().as_str(), place.rest), (position, rest), "{path}");
    }

    #[test]
    fn a_field_is_found_by_both_spellings_of_its_path() {
        check("spec", "1:1", "");
        check("spec.ports[1].name", "4:8", "");
        check("spec.ports[1]", "4:7", "");
        check("spec.ports[1][]", "4:17", "");
        check("spec.labels[app.kubernetes.io/name]", "5:20", "");
        check("spec.labels.app.kubernetes.io/name", "5:20", "");
        check("spec.labels[a[0]]", "5:47", "");
    }

    #[test]
    fn of_a_field_that_is_missing_the_nearest_one_around_it_is_found() {
        check("<nil>", "1:1", "<nil>");
        check("", "1:1", "");
        check("status.phase", "1:1", "status.phase");
        check("spec.ports[7].name", "2:3", "[7].name");
        check("spec.ports[0].port", "3:7", ".port");
        check("spec.labels.other", "5:3", ".other");
        check("spec.labels[app].other", "5:12", ".other");
    }

    #[test]
    fn of_several_ways_to_read_a_path_the_one_that_leads_furthest_counts() {
        check("spec.app.labels.app", "6:9", "");
        check("spec.app.labels.app.deep", "7:22", "");
        check("spec.app.labels.other", "7:3", ".other");
    }
}
