//! All checks: their codes, how bad what they find is, and where the rule comes from.
//!
//! Codes stay the same from release to release.

use crdgen_schema::diagnostic::{Severity, code};

use super::profile::Profile;

/// One check.
#[derive(Debug)]
pub(crate) struct Check {
    /// Its code, for tools and for switching it off.
    pub(crate) code: &'static str,
    /// How bad what it finds is.
    pub(crate) severity: Severity,
    /// The smallest profile that has it.
    pub(crate) profile: Profile,
    /// What it finds, as the table in `docs/lint.md` has it.
    pub(crate) meaning: &'static str,
    /// Where the rule comes from.
    pub(crate) source: &'static str,
}

macro_rules! checks {
    ($($name:ident = $code:expr, $severity:ident, $profile:ident, $source:literal, $meaning:literal;)*) => {
        $(#[doc = $meaning] pub(crate) const $name: &Check = &Check {
            code: $code,
            severity: Severity::$severity,
            profile: Profile::$profile,
            meaning: $meaning,
            source: $source,
        };)*

        /// All of them, in the order of the documentation.
        pub(crate) const ALL: &[&Check] = &[$($name,)*];
    };
}

checks! {
    // What kube-apiserver refuses or drops.
    REFUSED = code::REFUSED, Error, Default, "kube-apiserver", "the API server refuses the CRD";
    UNKNOWN_KEYWORD = code::UNKNOWN_KEYWORD, Warning, Default, "kube-apiserver", "a keyword that schemas do not have, and that the API server drops";
    YAML_1_1 = code::YAML_1_1, Warning, Default, "YAML 1.1", "an unquoted key or value that is not read as its text, such as `no` or `1.20`";
    NEEDS_NEWER = "needs-newer-kubernetes", Error, Default, "apiserver/pkg/cel/environment", "something that the release named by `--kubernetes` does not know";

    // Rules.
    RULE_INVALID = "rule-invalid", Error, Default, "kube-apiserver", "a rule or `messageExpression` that does not compile";
    RULE_OLD_SELF = "rule-old-self", Error, Default, "kube-apiserver", "`oldSelf` where old values cannot be matched with new ones, or `optionalOldSelf` without it";
    RULE_COST = "rule-cost", Error, Default, "kube-apiserver", "a rule or `messageExpression` that can cost more than the API server allows for one";
    SCHEMA_COST = "schema-cost", Error, Default, "kube-apiserver", "rules that together can cost more than the API server allows for a schema";
    RULE_COST_SHARE = "rule-cost-share", Warning, Default, "crdgen", "a rule that can cost more than a share of the limit (`--cost-share`, 80 %)";
    RULE_UNUSED = "rule-unused", Warning, Default, "crdgen", "a rule that never runs, because no value can stand where it is";
    RULE_CONSTANT = "rule-constant", Warning, Default, "crdgen", "a rule that reads neither `self` nor `oldSelf`, so that it always says the same";
    RULE_READS_ABSENT = "rule-reads-absent", Warning, Default, "crdgen", "a rule that reads an optional property without asking whether it is there: objects without it are refused with \"no such key\"";
    RULE_REPEATED = "rule-repeated", Warning, Default, "duplicatemarkers", "a rule that an earlier one repeats";
    RULE_WITHOUT_MESSAGE = "rule-without-message", Warning, Strict, "CRD documentation", "a rule without `message` and `messageExpression`: users are shown the expression";

    // What does nothing, or refuses everything.
    IDLE_CONSTRAINT = "idle-constraint", Warning, Default, "markerscope", "a constraint that says nothing about values of the type, such as `maxLength` of an integer";
    UNKNOWN_FORMAT = "unknown-format", Warning, Default, "kube-apiserver", "a `format` that the API server does not check";
    UNSATISFIABLE = "unsatisfiable", Warning, Default, "crdgen", "constraints that no value fulfils, such as a minimum above the maximum";
    REQUIRED_UNDECLARED = "required-undeclared", Warning, Default, "crdgen", "a required property that is not declared: it is dropped, and every object is refused";
    REPEATED_VALUE = "repeated-value", Warning, Default, "duplicatemarkers", "a value in `enum` or `required` that appears twice";
    FIELD_PATH = "dangling-path", Warning, Default, "crdgen", "a path of a printer column or of `scale` to a field that no object can have";
    MARKER_IN_DESCRIPTION = "marker-in-description", Warning, Default, "forbiddenmarkers", "a marker (`+kubebuilder:…`) in a description, which had no effect";
    STATUS_SUBRESOURCE = "status-subresource", Warning, Default, "statussubresource", "a `status` without a status subresource, or the reverse";

    // Conventions that a project decides for.
    CONDITIONS = "conditions", Warning, Strict, "conditions", "`status.conditions` that is not a list map by `type`";
    FIELD_NAME = "field-name", Warning, Strict, "jsontags", "a property whose name is not in camelCase";
    DEFAULT_OF_REQUIRED = "default-of-required", Warning, Strict, "defaultorrequired", "a required property with a default";
    LIST_TYPE = "list-type", Warning, Strict, "ssatags", "a list without `x-kubernetes-list-type`";
    SET_OF_OBJECTS = "set-of-objects", Warning, Strict, "ssatags", "a set of objects, which server-side apply cannot merge field by field";
    ITEMS_WITHOUT_REQUIRED = "items-without-required", Warning, Strict, "arrayofstruct", "a list of objects none of whose properties is required";
    MAX_LENGTH = "max-length", Warning, Strict, "maxlength", "a string without a bound";
    MAX_ITEMS = "max-items", Warning, Strict, "maxlength", "a list without `maxItems`";
    MAX_PROPERTIES = "max-properties", Warning, Strict, "maxlength", "a map without `maxProperties`";
    MIN_LENGTH = "min-length", Warning, Strict, "minlength", "a required string that may be empty: neither `minLength` nor `enum`, `pattern` or `format`";
    INTEGER_FORMAT = "integer-format", Warning, Strict, "integers", "an integer whose format is neither int32 nor int64";
    INTEGER_BOUNDS = "integer-bounds", Warning, Strict, "API conventions", "an integer without `minimum` or `maximum`";
    NO_FLOATS = "no-floats", Warning, Strict, "nofloats", "a floating-point number";
    NO_BOOLS = "no-bools", Warning, Strict, "nobools", "a boolean, which no third state can be added to";
    NO_DURATIONS = "no-durations", Warning, Strict, "nodurations", "a duration as text: an integer with its unit in the name is read alike everywhere";
    NO_MAPS = "no-maps", Warning, Strict, "nomaps", "a map of anything but strings: lists of named objects are preferred";
    NO_NULLABLE = "no-nullable", Warning, Strict, "nonullable", "`nullable`, which makes null and absent two things";
    NO_PHASE = "no-phase", Warning, Strict, "nophase", "a property named `phase`: conditions are preferred";
    NO_REFERENCES = "no-references", Warning, Strict, "noreferences", "a property named `…Reference` and not `…Ref`";
    NO_TIMESTAMPS = "no-timestamps", Warning, Strict, "notimestamp", "a property named `…Timestamp` and not `…Time`";
    STATUS_OPTIONAL = "status-optional", Warning, Strict, "statusoptional", "a property right beneath `status` that is required";
    DESCRIPTION = "description", Warning, Strict, "API conventions", "a property without a description";
    DESCRIPTION_START = "description-start", Warning, Strict, "commentstart", "a description that starts with the field's name in Go and not in JSON";
    UNKNOWN_FIELDS = "unknown-fields", Warning, Strict, "API conventions", "`x-kubernetes-preserve-unknown-fields`: what stands there is not checked";
}

/// The check of that code.
pub(crate) fn find(code: &str) -> Option<&'static Check> {
    ALL.iter().copied().find(|check| check.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_words_joined_by_dashes() {
        for check in ALL {
            assert_eq!(ALL.iter().filter(|other| other.code == check.code).count(), 1, "{}", check.code);
            assert!(check.code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
            assert_eq!(find(check.code).map(|found| found.meaning), Some(check.meaning));
        }
    }
}
