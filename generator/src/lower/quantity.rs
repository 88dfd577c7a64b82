//! Which int-or-string properties hold quantities.

/// The pattern with which controller-gen, and what follows it, writes `k8s.io/apimachinery/pkg/api/resource.Quantity`.
const PATTERN: &str = r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$";

/// Whether a pattern is that of a quantity.
pub(super) fn is_pattern(pattern: &str) -> bool {
    pattern == PATTERN
}
