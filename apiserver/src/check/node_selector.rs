//! Checks of what selects nodes, and of taints' effects.
//!
//! Source: `ValidateNodeSelector`, `validateTaintEffect`.

use super::Field;

impl Field<'_> {
    /// The value must be a `NodeSelector`.
    pub(crate) fn node_selector(self) {
        let terms = self.get("nodeSelectorTerms");
        if terms.is_empty() {
            terms.required("must have at least one node selector term");
        }
        terms.items().for_each(|term| term.node_selector_term(true));
    }

    /// The value must be a `NodeSelectorTerm`, whose values may have to be those of labels.
    pub(crate) fn node_selector_term(self, checks_values: bool) {
        for requirement in self.get("matchExpressions").items() {
            requirement.node_label_requirement(checks_values);
        }
        for requirement in self.get("matchFields").items() {
            requirement.node_field_requirement();
        }
    }

    fn node_label_requirement(self, checks_values: bool) {
        let (operator, values) = (self.get("operator"), self.get("values"));
        match operator.text() {
            "Gt" | "Lt" if values.len() != 1 => {
                values.required("must be specified single value when `operator` is 'Lt' or 'Gt'");
            }
            "Gt" | "Lt" => {}
            other if values.set_requirement(other) => {}
            _ => operator.invalid("not a valid selector operator"),
        }
        self.key_and_values(checks_values);
    }

    fn node_field_requirement(self) {
        let (operator, values, key) = (self.get("operator"), self.get("values"), self.get("key"));
        match operator.text() {
            "In" | "NotIn" if values.len() != 1 => {
                values.required("must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
            }
            "In" | "NotIn" => {}
            _ => operator.invalid("not a valid selector operator"),
        }
        if key.text() == "metadata.name" {
            values.items().for_each(Self::dns_subdomain);
        } else {
            key.invalid("not a valid field selector key");
        }
    }

    /// The text must be the effect of a taint.
    pub(crate) fn taint_effect(self) {
        self.one_of(&["NoSchedule", "PreferNoSchedule", "NoExecute"]);
    }
}
