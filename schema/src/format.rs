//! The string formats that kube-apiserver v1.36 enforces, as lax and as strict as its own checks are.
//!
//! In: the name of a format and a text. Out: whether the text has that format. Formats of numbers are ranges, and belong
//! to [`crate::constraint`].

mod address;
mod code;
mod duration;
mod email;
mod uri;

use crate::{calendar, name};

/// An enforced string format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// `bsonobjectid`
    BsonObjectId,
    /// `uri`
    Uri,
    /// `email`
    Email,
    /// `hostname`
    Hostname,
    /// `ipv4`
    Ipv4,
    /// `ipv6`
    Ipv6,
    /// `cidr`
    Cidr,
    /// `mac`
    Mac,
    /// `uuid`
    Uuid,
    /// `uuid3`
    Uuid3,
    /// `uuid4`
    Uuid4,
    /// `uuid5`
    Uuid5,
    /// `isbn`
    Isbn,
    /// `isbn10`
    Isbn10,
    /// `isbn13`
    Isbn13,
    /// `creditcard`
    CreditCard,
    /// `ssn`
    Ssn,
    /// `hexcolor`
    HexColor,
    /// `rgbcolor`
    RgbColor,
    /// `byte`: base64.
    Byte,
    /// `password`: anything.
    Password,
    /// `date`
    Date,
    /// `duration`
    Duration,
    /// `date-time`
    DateTime,
    /// `k8s-short-name`
    ShortName,
    /// `k8s-long-name`
    LongName,
}

impl Format {
    /// The format of that name; dashes in it are ignored. Any other name is not enforced.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name.replace('-', "").as_str() {
            "bsonobjectid" => Self::BsonObjectId,
            "uri" => Self::Uri,
            "email" => Self::Email,
            "hostname" => Self::Hostname,
            "ipv4" => Self::Ipv4,
            "ipv6" => Self::Ipv6,
            "cidr" => Self::Cidr,
            "mac" => Self::Mac,
            "uuid" => Self::Uuid,
            "uuid3" => Self::Uuid3,
            "uuid4" => Self::Uuid4,
            "uuid5" => Self::Uuid5,
            "isbn" => Self::Isbn,
            "isbn10" => Self::Isbn10,
            "isbn13" => Self::Isbn13,
            "creditcard" => Self::CreditCard,
            "ssn" => Self::Ssn,
            "hexcolor" => Self::HexColor,
            "rgbcolor" => Self::RgbColor,
            "byte" => Self::Byte,
            "password" => Self::Password,
            "date" => Self::Date,
            "duration" => Self::Duration,
            "datetime" => Self::DateTime,
            "k8sshortname" => Self::ShortName,
            "k8slongname" => Self::LongName,
            _ => return None,
        })
    }

    /// Whether `text` has this format.
    pub fn matches(self, text: &str) -> bool {
        match self {
            Self::BsonObjectId => code::is_bson_object_id(text),
            Self::Uri => uri::is_request_uri(text),
            Self::Email => email::is_address(text),
            Self::Hostname => address::is_hostname(text),
            Self::Ipv4 => address::is_ipv4(text),
            Self::Ipv6 => address::is_ipv6(text),
            Self::Cidr => address::is_cidr(text),
            Self::Mac => address::is_mac(text),
            Self::Uuid => code::is_uuid(text, None),
            Self::Uuid3 => code::is_uuid(text, Some(b'3')),
            Self::Uuid4 => code::is_uuid(text, Some(b'4')),
            Self::Uuid5 => code::is_uuid(text, Some(b'5')),
            Self::Isbn => code::is_isbn10(text) || code::is_isbn13(text),
            Self::Isbn10 => code::is_isbn10(text),
            Self::Isbn13 => code::is_isbn13(text),
            Self::CreditCard => code::is_credit_card(text),
            Self::Ssn => code::is_ssn(text),
            Self::HexColor => code::is_hex_color(text),
            Self::RgbColor => code::is_rgb_color(text),
            Self::Byte => code::is_base64(text),
            Self::Password => true,
            Self::Date => calendar::is_date(text),
            Self::Duration => duration::duration(text).is_some(),
            Self::DateTime => calendar::is_date_time(text),
            // Unlike a DNS subdomain's, a long name's parts may have any length.
            Self::ShortName => name::dns_label(text).is_empty(),
            Self::LongName => name::dns_subdomain(text).is_empty(),
        }
    }
}

/// How long a text of the format `duration` says.
pub(crate) fn duration(text: &str) -> Option<crdgen_cel::Duration> {
    duration::duration(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(format: &str, good: &[&str], bad: &[&str]) {
        let format = Format::from_name(format).unwrap();
        for text in good {
            assert!(format.matches(text), "{format:?} must accept {text:?}");
        }
        for text in bad {
            assert!(!format.matches(text), "{format:?} must refuse {text:?}");
        }
        assert_eq!(format.matches(""), format == Format::Password);
    }

    #[test]
    fn names_ignore_dashes() {
        assert_eq!(Format::from_name("date-time"), Some(Format::DateTime));
        assert_eq!(Format::from_name("datetime"), Some(Format::DateTime));
        assert_eq!(Format::from_name("ip-v4"), Some(Format::Ipv4));
        assert_eq!(Format::from_name("int32"), None);
        assert_eq!(Format::from_name("semver"), None);
    }

    #[test]
    fn addresses_are_as_lax_as_old_go() {
        check(
            "ipv4",
            &["1.2.3.4", "010.0.0.1", "::ffff:1.2.3.4"],
            &["1.2.3", "256.1.1.1", "1.2.3.4.5", "::1", " 1.2.3.4"],
        );
        check(
            "ipv6",
            &["::1", "::", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4"],
            &["1.2.3.4", "fe80::1%eth0", "1::2::3", "12345::", "1:2"],
        );
        check(
            "cidr",
            &["10.0.0.5/8", "010.0.0.1/32", "::1/128", "00001::/64"],
            &["10.0.0.0", "10.0.0.0/33", "::/129", "1.2.3.4/", "1.2.3.4/-1"],
        );
        check(
            "mac",
            &["01:23:45:67:89:ab", "01-23-45-67-89-AB-cd-ef", "0123.4567.89ab"],
            &["01:23:45:67:89", "01:23-45:67:89:ab", "0123.4567.89a", "zz:23:45:67:89:ab"],
        );
        check(
            "hostname",
            &["a", "example.com", "a1.b-c.org", "münchen.de"],
            &["abc-def", "-a", "a.b", "a..com", "a_b.com", "1.2.3.4"],
        );
    }

    #[test]
    fn uris_may_be_paths_or_a_star() {
        check(
            "uri",
            &[
                "http://a",
                "/p",
                "*",
                "mailto:a@b",
                "a:b",
                "http://[::1]:80/x?y",
                "http://u:p@h/%20",
                "http://[fe80::1%25en0]/",
            ],
            &[
                "a",
                "a/b",
                ":a",
                "http://a b",
                "http://a:x",
                "/%zz",
                "http://[1.2.3.4]/",
                "http://[::1",
                "http://a\u{7f}",
                "http://%41/",
            ],
        );
    }

    #[test]
    fn email_addresses_may_have_a_name() {
        check(
            "email",
            &["a@b", "Foo <a@b>", "\"a b\" <a@b>", "\"a b\"@c", "a@[1.2.3.4]", "a@b (comment)", "list: a@b;", "é@ö"],
            &[
                "a",
                "a@",
                "@b",
                "a@b c@d",
                "a..b@c",
                ".a@b",
                "a@b, c@d",
                "<a@b",
                "a@[x]",
                "list: a@b, c@d;",
                "=?x?q?y?= <a@b>",
            ],
        );
    }

    #[test]
    fn codes_have_their_check_digits() {
        check("bsonobjectid", &["0123456789abcdefABCDEF01"], &["0123456789abcdef", "0123456789abcdefABCDEFxx"]);
        check(
            "uuid",
            &[
                "01234567-89ab-cdef-0123-456789ABCDEF",
                "0123456789abcdef0123456789abcdef",
                "01234567-89abcdef0123-456789abcdef",
            ],
            &["01234567-89ab-cdef-0123-456789abcde", "0-1234567-89ab-cdef-0123-456789abcde"],
        );
        check("uuid3", &["01234567-89ab-3def-0123-456789abcdef"], &["01234567-89ab-4def-8123-456789abcdef"]);
        check(
            "uuid4",
            &["01234567-89ab-4def-8123-456789abcdef"],
            &["01234567-89ab-4def-7123-456789abcdef", "01234567-89ab-5def-8123-456789abcdef"],
        );
        check("uuid5", &["01234567-89ab-5def-b123-456789abcdef"], &["01234567-89ab-5def-c123-456789abcdef"]);
        check("isbn10", &["0321751043", "0-321-75104-3", "097522980X"], &["0321751044", "978-0321751041"]);
        check("isbn13", &["978-0321751041"], &["978-0321751042", "0321751043"]);
        check("isbn", &["0321751043", "978-0321751041"], &["1"]);
        check("creditcard", &["4111-1111-1111-1111", "x4111 1111 1111 1111"], &["4111-1111-1111-1112", "1234"]);
        check("ssn", &["111-22-3333", "111 22 3333"], &["111223333", "111-22-333"]);
        check("hexcolor", &["#fff", "FFFFFF"], &["#ffff", "#ggg"]);
        check("rgbcolor", &["rgb(0,10,255)", "rgb( 1 , 2 , 3 )"], &["rgb(256,0,0)", "rgb(01,0,0)", "rgb(1,2)"]);
        check("byte", &["aGk=", "aGVsbG8h", "+/=="], &["aGk", "a===", "aG-_", "aGk=\n"]);
        check("password", &["", "x"], &[]);
    }

    #[test]
    fn times_are_read_as_kube_openapi_reads_them() {
        check("date", &["2024-02-29", "0000-01-01"], &["2023-02-29", "2024-13-01", "2024-1-01", "2024-01-01 "]);
        check(
            "duration",
            &["1h", "1.5h", "-1m", "0", "22 ns", "PT1H", "3 weeks", "1.h", "x 5 min y"],
            &["h", "1", "1 x", "P", "1..", "99999999999999999999s"],
        );
        check(
            "date-time",
            &[
                "2024-01-02T03:04:05Z",
                "2024-01-02t03:04:05,5z",
                "2024-01-02T03:04:05+24:00",
                "2024-01-02T23:59:59.123-01:30",
            ],
            &[
                "2024-01-02 03:04:05Z",
                "2024-01-02T24:04:05Z",
                "2024-01-02T03:60:05Z",
                "2024-01-02T03:04:60Z",
                "2024-02-30T03:04:05Z",
                "2024-01-02T03:04:05",
            ],
        );
    }

    #[test]
    fn names_are_those_of_kubernetes() {
        check("k8s-short-name", &["a-1"], &["A", "a.b", &"a".repeat(64)]);
        check("k8s-long-name", &["a.b-1", &"a".repeat(100)], &["a..b", "A", &"a".repeat(254)]);
    }
}
