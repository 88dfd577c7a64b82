//! Names for the members of one scope: the shortest that are unique in it.
//!
//! In: texts, and how each is named at a [`Level`]. Out: one name each. A text that collides moves to a more detailed
//! level; the most natural owner keeps the short name, and a name that was given before stays where it is. There is no
//! counter: a name depends on its own text, and on whether others in the scope want the same. At the last level no two
//! texts are the same, and nobody takes that name.

use std::collections::BTreeMap;

use super::word::Level;

/// One text that needs a name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim<'a> {
    /// The text, different from all others of the scope.
    pub(super) text: &'a str,
    /// Whether the short name is more its own than another's.
    pub(super) natural: bool,
    /// The name that it has whatever the others want, if there is one.
    pub(super) fixed: Option<&'a str>,
}

/// The names of a scope.
#[derive(Debug, Default)]
pub(super) struct Assignment {
    /// One for each claim, in their order.
    pub(super) names: Vec<String>,
    /// Pairs of claims that want the same name: the one that keeps it, and the one that gets another.
    pub(super) contests: Vec<(usize, usize)>,
}

/// Names all claims. `name` gives the name of a claim at a level, `taken` says which names are not to be had.
pub(super) fn assign(
    claims: &[Claim<'_>],
    name: impl Fn(usize, Level) -> String,
    taken: impl Fn(&str) -> bool,
) -> Assignment {
    let mut levels: Vec<Option<Level>> =
        claims.iter().map(|claim| claim.fixed.is_none().then_some(Level::Singular)).collect();
    let mut names: Vec<String> = claims
        .iter()
        .enumerate()
        .map(|(index, claim)| claim.fixed.map_or_else(|| name(index, Level::Singular), str::to_owned))
        .collect();
    let mut contests = Vec::new();
    loop {
        let losers = losers(claims, &levels, &names, &taken);
        let mut moved = false;
        // Two names that are both fixed; they lose in each round.
        let mut stuck = Vec::new();
        for (loser, winner) in losers {
            let contest = winner.map(|winner| (winner, loser));
            if let Some(level) = levels[loser].and_then(Level::next) {
                contests.extend(contest);
                levels[loser] = Some(level);
                names[loser] = name(loser, level);
                moved = true;
            } else {
                stuck.extend(contest);
            }
        }
        if !moved {
            contests.extend(stuck);
            return Assignment { names, contests };
        }
    }
}

/// Everyone whose name is taken or belongs to another, and that other.
fn losers(
    claims: &[Claim<'_>],
    levels: &[Option<Level>],
    names: &[String],
    taken: &impl Fn(&str) -> bool,
) -> BTreeMap<usize, Option<usize>> {
    let mut owners: BTreeMap<&str, usize> = BTreeMap::new();
    let mut beaten = BTreeMap::new();
    let rank = |index: usize| {
        let can_move = levels[index].is_some_and(|level| level.next().is_some());
        (can_move, levels[index], !claims[index].natural, claims[index].text)
    };
    for (index, name) in names.iter().enumerate() {
        if levels[index].is_some() && taken(name) {
            beaten.insert(index, None);
            continue;
        }
        let Some(&owner) = owners.get(name.as_str()) else {
            owners.insert(name, index);
            continue;
        };
        let (keeps, loses) = if rank(owner) <= rank(index) { (owner, index) } else { (index, owner) };
        owners.insert(name, keeps);
        beaten.insert(loses, Some(keeps));
    }
    beaten
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{super::case, *};

    fn claims<'a>(texts: &'a [(&'a str, Option<&'a str>)]) -> Vec<Claim<'a>> {
        texts.iter().map(|&(text, fixed)| Claim { text, natural: false, fixed }).collect()
    }

    fn types(texts: &[(&str, Option<&str>)], taken: &[&str]) -> Vec<String> {
        let claims = claims(texts);
        let name = |index: usize, level: Level| case::ty(claims[index].text, false, level);
        assign(&claims, name, |name| taken.contains(&name)).names
    }

    #[test]
    fn a_text_that_spells_the_last_name_of_another_gives_way() {
        let texts = [
            "A-bDash-C",
            "A-b-DashC",
            "ADashBDashDashC",
            "ADashBDashDashCCapitalized",
            "U41U2dU62U44U61U73U68U2dU43Text",
        ];
        let names = types(&texts.map(|text| (text, None)), &[]);
        assert_eq!(names[0], texts[4]);
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), texts.len(), "{names:?}");
    }

    #[test]
    fn a_fixed_name_stays_and_others_give_way() {
        assert_eq!(types(&[("a-b", Some("AB")), ("aB", None)], &[]), ["AB", "ABCamelcase"]);
        assert_eq!(types(&[("a", Some("Other")), ("other", None)], &[]), ["Other", "OtherLowercase"]);
    }

    #[test]
    fn two_that_have_the_same_fixed_name_are_found_once() {
        let claims = claims(&[("a", Some("X")), ("b", Some("X")), ("c-d", None), ("cD", None)]);
        let assignment = assign(&claims, |index, level| case::ty(claims[index].text, false, level), |_| false);
        assert_eq!(assignment.contests.iter().filter(|contest| **contest == (0, 1)).count(), 1);
    }

    #[test]
    fn a_name_that_is_taken_is_nobodys() {
        assert_eq!(types(&[("a", None)], &["A"]), ["ALowercase"]);
        assert_eq!(types(&[("a", Some("A"))], &["A"]), ["A"]);
    }
}
