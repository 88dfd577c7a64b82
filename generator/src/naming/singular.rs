//! The singular of an English word.
//!
//! In: one lower-case word. Out: its singular; the word itself when in doubt, since a plural as a type's name is only
//! unusual, but a mutilated word is wrong.

/// Words that look like regular plurals and are not, or whose singular is irregular.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("aks", "aks"),
    ("alias", "alias"),
    ("aliases", "alias"),
    ("amis", "ami"),
    ("analyses", "analysis"),
    ("analytics", "analytics"),
    ("apis", "api"),
    ("aws", "aws"),
    ("axes", "axis"),
    ("bases", "base"),
    ("basis", "basis"),
    ("bias", "bias"),
    ("buses", "bus"),
    ("caches", "cache"),
    ("canvas", "canvas"),
    ("cas", "ca"),
    ("children", "child"),
    ("cookies", "cookie"),
    ("cors", "cors"),
    ("cpus", "cpu"),
    ("credentials", "credentials"),
    ("criteria", "criterion"),
    ("data", "data"),
    ("dns", "dns"),
    ("ebs", "ebs"),
    ("ecs", "ecs"),
    ("eks", "eks"),
    ("gas", "gas"),
    ("gbps", "gbps"),
    ("gcs", "gcs"),
    ("glasses", "glass"),
    ("gpus", "gpu"),
    ("https", "https"),
    ("ids", "id"),
    ("indices", "index"),
    ("kms", "kms"),
    ("kubernetes", "kubernetes"),
    ("leaves", "leaf"),
    ("lens", "lens"),
    ("matrices", "matrix"),
    ("mbps", "mbps"),
    ("menus", "menu"),
    ("metadata", "metadata"),
    ("movies", "movie"),
    ("nas", "nas"),
    ("news", "news"),
    ("nfs", "nfs"),
    ("os", "os"),
    ("people", "person"),
    ("proxies", "proxy"),
    ("rds", "rds"),
    ("redis", "redis"),
    ("series", "series"),
    ("shelves", "shelf"),
    ("skus", "sku"),
    ("sms", "sms"),
    ("snis", "sni"),
    ("sns", "sns"),
    ("species", "species"),
    ("sqs", "sqs"),
    ("sts", "sts"),
    ("taxes", "tax"),
    ("tls", "tls"),
    ("tpus", "tpu"),
    ("uris", "uri"),
    ("vcpus", "vcpu"),
    ("vertices", "vertex"),
];

/// The singular of `word`.
pub(super) fn singular(word: &str) -> String {
    if let Ok(found) = EXCEPTIONS.binary_search_by_key(&word, |(plural, _)| plural) {
        return EXCEPTIONS[found].1.to_owned();
    }
    let stem = |suffix: &str| word.strip_suffix(suffix).filter(|stem| stem.len() > 1);
    if let Some(stem) = stem("ies") {
        return format!("{stem}y");
    }
    for (plural, one) in [("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("zzes", "zz"), ("uses", "us")]
    {
        if let Some(stem) = stem(plural).filter(|stem| plural != "uses" || ends_like_status(stem)) {
            return format!("{stem}{one}");
        }
    }
    let unchanged = ["ss", "us", "is"].iter().any(|ending| word.ends_with(ending));
    match stem("s") {
        Some(stem) if !unchanged => stem.to_owned(),
        _ => word.to_owned(),
    }
}

/// `statuses` and `viruses` end in `us`; `clauses` and `houses` in `use`.
fn ends_like_status(stem: &str) -> bool {
    ["stat", "vir", "camp", "b", "prospect", "nex", "calcul"].contains(&stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceptions_are_sorted_for_the_search() {
        assert!(EXCEPTIONS.is_sorted());
    }

    #[test]
    fn plurals_lose_their_ending_and_other_words_keep_theirs() {
        let pairs = [
            ("listeners", "listener"),
            ("policies", "policy"),
            ("addresses", "address"),
            ("processes", "process"),
            ("databases", "database"),
            ("responses", "response"),
            ("boxes", "box"),
            ("matches", "match"),
            ("caches", "cache"),
            ("hashes", "hash"),
            ("statuses", "status"),
            ("aliases", "alias"),
            ("windows", "window"),
            ("clauses", "clause"),
            ("addons", "addon"),
            ("scenarios", "scenario"),
            ("ips", "ip"),
            ("cidrs", "cidr"),
            ("ingress", "ingress"),
            ("status", "status"),
            ("analysis", "analysis"),
            ("tls", "tls"),
            ("dns", "dns"),
            ("series", "series"),
            ("children", "child"),
            ("uris", "uri"),
            ("cors", "cors"),
            ("gpus", "gpu"),
            ("amis", "ami"),
            ("prometheus", "prometheus"),
            ("s", "s"),
        ];
        for (plural, expected) in pairs {
            assert_eq!(singular(plural), expected, "{plural}");
        }
    }
}
