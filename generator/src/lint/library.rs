//! Since which release rules may use which functions and features of CEL.
//!
//! In: a rule. Out: what it uses that not every release has.
//!
//! Source: `baseOpts` in `k8s.io/apiserver/pkg/cel/environment/base.go`. A release takes in new expressions what the release
//! before it knew, so that it can be rolled back: what is introduced in 1.28 there is taken from 1.29 on.

use std::collections::BTreeSet;

use crdgen_schema::rule::SurveyedRule;

use super::release::Release;

/// A part of CEL that came with a release, how people call it, and its overloads by their names in cel-go.
struct Part {
    /// The first release that takes it.
    since: u32,
    name: &'static str,
    overloads: &'static [&'static str],
    /// What the names of more overloads end in.
    endings: &'static [&'static str],
}

const PARTS: &[Part] = &[
    Part {
        since: 29,
        name: "optional values (`optional.of`, `?.`, `[?…]`, `orValue`, `optMap`)",
        overloads: &[
            "optional_of",
            "optional_ofNonZeroValue",
            "optional_none",
            "optional_value",
            "optional_hasValue",
            "optional_or_optional",
            "optional_orValue_value",
            "select_optional_field",
            "list_optindex_optional_int",
            "optional_list_optindex_optional_int",
            "map_optindex_optional_value",
            "optional_map_optindex_optional_value",
            "optional_list_index_int",
            "optional_map_index_value",
        ],
        endings: &[],
    },
    Part {
        since: 29,
        name: "quantities (`quantity`, `isQuantity`)",
        overloads: &[
            "string_to_quantity",
            "is_quantity_string",
            "quantity_is_greater_than",
            "quantity_is_less_than",
            "quantity_compare_to",
            "quantity_add",
            "quantity_sub",
        ],
        endings: &[],
    },
    Part { since: 30, name: "`format` of a string", overloads: &["string_format"], endings: &[] },
    Part { since: 30, name: "`strings.quote`", overloads: &["strings_quote"], endings: &[] },
    Part {
        since: 30,
        name: "sets (`sets.contains`, `sets.equivalent`, `sets.intersects`)",
        overloads: &["list_sets_contains_list", "list_sets_equivalent_list", "list_sets_intersects_list"],
        endings: &[],
    },
    Part {
        since: 31,
        name: "IP addresses (`ip`, `isIP`)",
        overloads: &["string_to_ip", "is_ip", "ip_is_canonical", "ip_to_string"],
        endings: &[],
    },
    Part {
        since: 31,
        name: "CIDR ranges (`cidr`, `isCIDR`)",
        overloads: &["string_to_cidr", "is_cidr", "cidr_to_string"],
        endings: &[],
    },
    Part {
        since: 32,
        name: "named formats (`format.dns1123Label()`, `format.named`)",
        overloads: &["format-named", "format-validate"],
        endings: &[],
    },
    // Version 2 of cel-go's optional values: it is in the release of cel-go that 1.33 is built with, and not held back.
    Part {
        since: 33,
        name: "`first`, `last` and `unwrapOpt` of a list",
        overloads: &["list_first", "list_last", "optional_unwrap", "optional_unwrapOpt"],
        endings: &[],
    },
    Part {
        since: 34,
        name: "semantic versions (`semver`, `isSemver`)",
        overloads: &[
            "string_to_semver",
            "string_bool_to_semver",
            "is_semver_string",
            "is_semver_string_bool",
            "semver_is_greater_than",
            "semver_is_less_than",
            "semver_compare_to",
        ],
        endings: &[],
    },
    Part { since: 35, name: "`slice` of a list", overloads: &["list_slice"], endings: &[] },
    Part { since: 35, name: "`flatten` of a list", overloads: &["list_flatten", "list_flatten_int"], endings: &[] },
    Part {
        since: 35,
        name: "`sort` and `sortBy` of a list",
        overloads: &[],
        endings: &["_sort", "_sortByAssociatedKeys"],
    },
    Part { since: 35, name: "`lists.range`", overloads: &["lists_range"], endings: &[] },
    Part { since: 35, name: "`reverse` of a list", overloads: &["list_reverse"], endings: &[] },
    Part { since: 35, name: "`distinct` of a list", overloads: &["list_distinct"], endings: &[] },
];

/// Comparisons of numbers of different types: `less_int64_double` for instance.
const NUMBERS: [&str; 3] = ["int64", "uint64", "double"];
const COMPARISONS: [&str; 4] = ["less_", "less_equals_", "greater_", "greater_equals_"];

/// What the expressions of a rule use that not every release with rules has, each with the first release that takes it.
pub(crate) fn needs(rule: &SurveyedRule<'_>) -> BTreeSet<(Release, &'static str)> {
    let calls = rule.calls();
    let mut needs: BTreeSet<_> = calls.iter().filter_map(|overloads| need(overloads)).collect();
    if rule.has_loop_of_two_variables() {
        needs.insert((Release::new(33), "macros with two variables (`all(i, v, …)`, `transformList`)"));
    }
    needs
}

/// What a call needs. If it may mean several overloads, because a type is known at run time only, the oldest one will do.
fn need(overloads: &[&str]) -> Option<(Release, &'static str)> {
    let needs: Option<Vec<_>> = overloads.iter().map(|overload| part(overload)).collect();
    needs?.into_iter().min()
}

/// The part that an overload belongs to; none if every release has it.
fn part(overload: &str) -> Option<(Release, &'static str)> {
    if COMPARISONS.iter().any(|prefix| compares_across_types(overload, prefix)) {
        return Some((Release::new(29), "comparisons of numbers of different types"));
    }
    let is_of = |part: &&Part| {
        part.overloads.contains(&overload) || part.endings.iter().any(|ending| overload.ends_with(ending))
    };
    PARTS.iter().find(is_of).map(|part| (Release::new(part.since), part.name))
}

/// Whether an overload is the comparison of that name for two types of numbers.
fn compares_across_types(overload: &str, prefix: &str) -> bool {
    let types = overload.strip_prefix(prefix).and_then(|rest| rest.split_once('_'));
    types.is_some_and(|(left, right)| NUMBERS.contains(&left) && NUMBERS.contains(&right) && left != right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_needs_the_oldest_overload_that_it_may_mean() {
        assert_eq!(need(&["less_int64"]), None);
        assert_eq!(need(&["less_int64", "less_int64_double"]), None);
        let across = need(&["less_equals_int64_double"]).map(|(release, _)| release);
        assert_eq!(across, Some(Release::new(29)));
        assert_eq!(need(&["list_first"]).map(|(release, _)| release), Some(Release::new(33)));
        let either = need(&["semver_is_less_than", "quantity_is_less_than"]).map(|(release, _)| release);
        assert_eq!(either, Some(Release::new(29)));
    }
}
