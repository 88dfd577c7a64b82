//! Names for the members of one scope: the shortest that are unique in it.
//!
//! In: texts, and how each is named at a [`Level`]. Out: one name each. A text that collides moves to a more telling
//! level; the most natural owner keeps the short name. There is no counter: a name depends on its own text, and on
//! whether others in the scope want the same. At the last level no two texts are the same, and nobody takes that name.

use std::collections::{BTreeMap, BTreeSet};

use super::word::Level;

/// One text that needs a name.
pub(super) struct Claim<'a> {
    /// The text, different from all others of the scope.
    pub(super) text: &'a str,
    /// Whether the short name is more its own than another's.
    pub(super) natural: bool,
}

/// Names all claims, in their order. `name` gives the name of a claim at a level, `taken` says which names are not to
/// be had.
pub(super) fn assign(
    claims: &[Claim<'_>],
    name: impl Fn(usize, Level) -> String,
    taken: impl Fn(&str) -> bool,
) -> Vec<String> {
    let mut levels = vec![Level::Singular; claims.len()];
    let mut names: Vec<String> = (0..claims.len()).map(|index| name(index, Level::Singular)).collect();
    loop {
        let losers = losers(claims, &levels, &names, &taken);
        let mut moved = false;
        for index in losers {
            if let Some(level) = levels[index].next() {
                levels[index] = level;
                names[index] = name(index, level);
                moved = true;
            }
        }
        if !moved {
            return names;
        }
    }
}

/// Everyone whose name is taken or belongs to another.
fn losers(claims: &[Claim<'_>], levels: &[Level], names: &[String], taken: &impl Fn(&str) -> bool) -> BTreeSet<usize> {
    let mut owners: BTreeMap<&str, usize> = BTreeMap::new();
    let mut beaten = BTreeSet::new();
    let rank = |index: usize| {
        let can_move = levels[index].next().is_some();
        (can_move, levels[index], !claims[index].natural, claims[index].text)
    };
    for (index, name) in names.iter().enumerate() {
        if taken(name) {
            beaten.insert(index);
            continue;
        }
        let Some(&owner) = owners.get(name.as_str()) else {
            owners.insert(name, index);
            continue;
        };
        let (keeps, loses) = if rank(owner) <= rank(index) { (owner, index) } else { (index, owner) };
        owners.insert(name, keeps);
        beaten.insert(loses);
    }
    beaten
}

#[cfg(test)]
mod tests {
    use super::{super::identifier, *};

    #[test]
    fn a_text_that_spells_the_last_name_of_another_gives_way() {
        let texts = [
            "A-bDash-C",
            "A-b-DashC",
            "ADashBDashDashC",
            "ADashBDashDashCCapitalized",
            "U41U2dU62U44U61U73U68U2dU43Text",
        ];
        let claims: Vec<Claim<'_>> = texts.iter().map(|text| Claim { text, natural: false }).collect();
        let names = assign(&claims, |index, level| identifier::ty(texts[index], false, level), |_| false);
        assert_eq!(names[0], texts[4]);
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), texts.len(), "{names:?}");
    }
}
