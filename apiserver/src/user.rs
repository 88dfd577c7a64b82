//! Who makes a request.
//!
//! Source: `k8s.io/apiserver/pkg/authentication/user`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// The group of those who may do everything.
const MASTERS: &str = "system:masters";
/// The groups of everybody.
const AUTHENTICATED: &str = "system:authenticated";
const UNAUTHENTICATED: &str = "system:unauthenticated";
const SERVICE_ACCOUNTS: &str = "system:serviceaccounts";
/// What the names of service accounts start with.
const ACCOUNT: &str = "system:serviceaccount:";

/// Who makes a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) uid: String,
    pub(crate) groups: Vec<String>,
    pub(crate) extra: BTreeMap<String, Vec<String>>,
}

impl User {
    /// Who has the token of the settings.
    pub(crate) fn administrator() -> Self {
        Self::new("admin", "admin", [MASTERS, AUTHENTICATED])
    }

    /// Who has no token.
    pub(crate) fn anonymous() -> Self {
        Self::new("system:anonymous", "", [UNAUTHENTICATED])
    }

    /// A controller of this server.
    pub(crate) fn controller() -> Self {
        Self::new("system:kube-controller-manager", "", [MASTERS, AUTHENTICATED])
    }

    /// A service account.
    pub(crate) fn service_account(namespace: &str, name: &str, uid: &str) -> Self {
        let own = format!("{SERVICE_ACCOUNTS}:{namespace}");
        Self::new(&format!("{ACCOUNT}{namespace}:{name}"), uid, [SERVICE_ACCOUNTS, &own, AUTHENTICATED])
    }

    /// Somebody whom an administrator acts for.
    pub(crate) fn impersonated(name: &str, uid: &str, groups: Vec<String>) -> Self {
        let mut user = Self { name: name.to_owned(), uid: uid.to_owned(), groups, ..Self::default() };
        if user.groups.is_empty()
            && let Some((namespace, _)) = name.strip_prefix(ACCOUNT).and_then(|rest| rest.split_once(':'))
        {
            user.groups = vec![SERVICE_ACCOUNTS.to_owned(), format!("{SERVICE_ACCOUNTS}:{namespace}")];
        }
        let everybody = if name == "system:anonymous" { UNAUTHENTICATED } else { AUTHENTICATED };
        if ![AUTHENTICATED, UNAUTHENTICATED].iter().any(|group| user.is_in(group)) {
            user.groups.push(everybody.to_owned());
        }
        user
    }

    /// Somebody of whom only these are known.
    pub(crate) fn new<const N: usize>(name: &str, uid: &str, groups: [&str; N]) -> Self {
        let groups = groups.into_iter().map(str::to_owned).collect();
        Self { name: name.to_owned(), uid: uid.to_owned(), groups, ..Self::default() }
    }

    /// Whether they may do everything.
    pub(crate) fn is_master(&self) -> bool {
        self.is_in(MASTERS)
    }

    /// Whether they are in a group.
    pub(crate) fn is_in(&self, group: &str) -> bool {
        self.groups.iter().any(|own| own == group)
    }

    /// As `UserInfo` has it.
    pub(crate) fn info(&self) -> Value {
        let mut info = json!({"username": self.name, "groups": self.groups});
        if !self.uid.is_empty() {
            info["uid"] = json!(self.uid);
        }
        if !self.extra.is_empty() {
            info["extra"] = json!(self.extra);
        }
        info
    }
}
