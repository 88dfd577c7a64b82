//! Texts for formats: such as people write, odd ones that are still right, and wrong ones.
//!
//! In: the name of a format, enforced by kube-apiserver or not. Out: texts. It checks nothing.

/// Texts that have the format of that name, the plainest first; none if the name says nothing.
pub(crate) fn texts(name: &str) -> &'static [&'static str] {
    match name.replace('-', "").as_str() {
        "datetime" => &[
            "2024-02-29T12:34:56Z",
            "2024-02-29T12:34:56.123456789+05:30",
            "1985-04-12T23:20:50.52Z",
            "2024-01-02t03:04:05,5z",
            "0001-01-01T00:00:00Z",
        ],
        "date" => &["2024-02-29", "0001-01-01", "9999-12-31"],
        "time" => &["12:34:56Z", "12:34:56.5+05:30"],
        "duration" => &["1h30m", "3 weeks", "1.5h", "-1m", "0", "22 ns", "PT1H"],
        "byte" => &["aGVsbG8=", "+/==", "AAEC/w=="],
        "binary" => &["hello"],
        "ip" => &["10.0.0.1", "2001:db8::1"],
        "ipv4" => &["10.0.0.1", "010.0.0.1", "::ffff:1.2.3.4"],
        "ipv6" => &["2001:db8::1", "::", "::ffff:1.2.3.4"],
        "cidr" => &["10.0.0.0/8", "10.0.0.5/8", "2001:db8::/32", "::1/128"],
        "mac" => &["01:23:45:67:89:ab", "01-23-45-67-89-AB", "0123.4567.89ab"],
        "uri" => &["https://example.com/a?b=c#d", "/path", "*", "mailto:a@example.com", "http://[::1]:80/%20"],
        "urireference" | "url" => &["https://example.com/a", "a/b"],
        "email" => &["someone@example.com", "Some One <a@example.com>", "\"a b\"@example.com"],
        "hostname" => &["example.com", "localhost", "m\u{fc}nchen.de"],
        "uuid" | "uuid4" => &["9b2d8f6a-2c3e-4f5a-8b6c-7d8e9f0a1b2c", "9B2D8F6A2C3E4F5A8B6C7D8E9F0A1B2C"],
        "uuid3" => &["9b2d8f6a-2c3e-3f5a-8b6c-7d8e9f0a1b2c"],
        "uuid5" => &["9b2d8f6a-2c3e-5f5a-8b6c-7d8e9f0a1b2c"],
        "bsonobjectid" => &["507f1f77bcf86cd799439011"],
        "isbn" | "isbn10" => &["0321751043", "0-321-75104-3", "097522980X"],
        "isbn13" => &["978-0321751041", "9780321751041"],
        "creditcard" => &["4111111111111111", "4111-1111-1111-1111"],
        "ssn" => &["111-22-3333", "111 22 3333"],
        "hexcolor" => &["#ff8800", "fff"],
        "rgbcolor" => &["rgb(255,128,0)", "rgb( 1 , 2 , 3 )"],
        "quantity" => &["100Mi", "0.5", "1e3", "-1"],
        "k8sshortname" => &["a-1", "name"],
        "k8slongname" => &["a.b-1", "example.com"],
        "regex" => &["^a+$"],
        "int32" | "int64" => &["1", "-1"],
        _ => &[],
    }
}

/// Texts that have no format that Kubernetes knows, but that a server may have stored: before a format was enforced, or where
/// it is not.
pub(crate) const WRONG: [&str; 6] = [
    "not a format",
    "2024-13-45T99:99:99",
    "1 x",
    "::1::",
    "\u{e9}\u{20ac}\u{1f600}",
    "line one\nline two\t\"quoted\" \\",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Format;

    #[test]
    fn every_enforced_format_has_texts_that_have_it() {
        const NAMES: [&str; 25] = [
            "bsonobjectid",
            "uri",
            "email",
            "hostname",
            "ipv4",
            "ipv6",
            "cidr",
            "mac",
            "uuid",
            "uuid3",
            "uuid4",
            "uuid5",
            "isbn",
            "isbn10",
            "isbn13",
            "creditcard",
            "ssn",
            "hexcolor",
            "rgbcolor",
            "byte",
            "date",
            "duration",
            "date-time",
            "k8s-short-name",
            "k8s-long-name",
        ];
        for name in NAMES {
            let format = Format::from_name(name).unwrap();
            assert!(!texts(name).is_empty(), "{name}");
            for text in texts(name) {
                assert!(format.matches(text), "{name} must accept {text:?}");
            }
        }
    }
}
