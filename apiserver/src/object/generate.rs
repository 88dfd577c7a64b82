//! Values that the server generates: uids, names from `generateName`, and times.

use jiff::Timestamp;
use rand::RngExt;

/// The longest base of a generated name: together with the five random characters it has 63.
const LONGEST_BASE: usize = 58;
/// The characters of random names: no vowels, so that no words appear, and none that look alike.
/// Source: `k8s.io/apimachinery/pkg/util/rand`.
const ALPHABET: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

/// A random name with a base, as `SimpleNameGenerator` makes it.
pub(crate) fn name(base: &str) -> String {
    let mut end = base.len().min(LONGEST_BASE);
    while !base.is_char_boundary(end) {
        end -= 1;
    }
    let mut random = rand::rng();
    let tail = (0..5).map(|_| char::from(ALPHABET[random.random_range(0..ALPHABET.len())]));
    base[..end].chars().chain(tail).collect()
}

/// A random uid (UUID version 4).
pub(crate) fn uid() -> String {
    let random: u128 = rand::rng().random();
    let bits = (random & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// `metav1.Time`: RFC 3339 in UTC, whole seconds.
pub(crate) fn time(now: Timestamp) -> String {
    now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_names_keep_their_base_up_to_63_bytes_in_all() {
        assert!(name("gen-").starts_with("gen-"));
        assert_eq!(name("gen-").len(), 9);
        assert_eq!(name(&"é".repeat(40)).len(), 63);
    }

    #[test]
    fn uids_are_of_version_4_and_differ() {
        let (a, b) = (uid(), uid());
        assert_ne!(a, b);
        assert_eq!((a.len(), &a[14..15]), (36, "4"));
        assert!("89ab".contains(&a[19..20]));
    }

    #[test]
    fn times_have_whole_seconds() {
        assert_eq!(time(Timestamp::UNIX_EPOCH), "1970-01-01T00:00:00Z");
    }
}
