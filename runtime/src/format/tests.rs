use std::{
    collections::{BTreeSet, HashSet},
    net::Ipv4Addr,
};

use jiff::{SignedDuration, Timestamp, civil};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::*;
use crate::object;

/// `text` has a value, which is written as `written`.
fn check<F: Format>(text: &str, written: &str) {
    match Formatted::<F>::from(text).parse() {
        Ok(value) => assert_eq!(F::format(&value), written, "{text:?}"),
        Err(error) => panic!("{text:?}: {error}"),
    }
}

fn check_error<F: Format>(text: &str, message: &str) {
    let error = Formatted::<F>::from(text).parse().err().map(|error| error.to_string());
    assert_eq!(error.as_deref(), Some(message), "{text:?}");
}

#[test]
fn date_times_have_any_offset_and_are_written_in_utc() {
    check::<DateTime>("2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z");
    check::<DateTime>("2024-01-02T03:04:05.120+01:30", "2024-01-02T01:34:05.12Z");
    check::<DateTime>("2024-01-02t03:04:05,5z", "2024-01-02T03:04:05.5Z");
}

#[test]
fn a_date_time_that_kubernetes_refuses_is_an_error() {
    let message = |text: &str| format!("not a date-time of RFC 3339 like 2024-01-02T03:04:05Z: {text:?}");
    for text in ["", "2024-01-02", "2024-01-02 03:04:05Z", "20240102T030405Z", "2024-01-02T03:04:05"] {
        check_error::<DateTime>(text, &message(text));
    }
    assert!(Formatted::<DateTime>::from("2024-01-02T03:04:05+99:00").parse().is_err());
}

#[test]
fn times_of_kubernetes_convert_both_ways_in_whole_seconds() {
    let time = Time("2024-01-02T03:04:05.678Z".parse().unwrap());
    let text = Formatted::<DateTime>::from(time.clone());
    assert_eq!(serde_json::to_value(&text).unwrap(), serde_json::to_value(&time).unwrap());
    assert_eq!(Time::try_from(&text).unwrap().0.to_string(), "2024-01-02T03:04:05Z");
    assert!(Time::try_from(&Formatted::from("soon")).is_err());
}

#[test]
fn dates_are_days_of_the_calendar() {
    check::<Date>("2024-02-29", "2024-02-29");
    check::<Date>("0000-01-01", "0000-01-01");
    check_error::<Date>("2023-02-29", "not a date like 2024-01-02: \"2023-02-29\"");
    check_error::<Date>("20240229", "not a date like 2024-01-02: \"20240229\"");
}

#[test]
fn durations_of_go_are_read_exactly() {
    check::<Duration>("1h30m", "1h30m0s");
    check::<Duration>("-1.5h", "-1h30m0s");
    check::<Duration>("+90s", "1m30s");
    check::<Duration>("0", "0s");
    check::<Duration>(".5s", "500ms");
    check::<Duration>("1.000000001s", "1.000000001s");
    check::<Duration>("1500us", "1.5ms");
    check::<Duration>("-1.5µs", "-1.5µs");
    check::<Duration>("7ns", "7ns");
    check::<Duration>("100h0.333333333333333333333h", "100h19m59.999999999s");
    check::<Duration>("-9223372036854775808ns", "-2562047h47m16.854775808s");
}

#[test]
fn other_durations_are_the_sum_of_what_has_a_unit() {
    check::<Duration>("3 weeks", "504h0m0s");
    check::<Duration>("2 days 4 hours", "52h0m0s");
    check::<Duration>("PT1H", "1h0m0s");
    check::<Duration>("1.5 days", "120h0m0s");
    check::<Duration>("1 Hr, 2 apples and 1wk", "169h0m0s");
}

#[test]
fn a_text_without_an_amount_of_time_is_no_duration() {
    for text in ["", "h", "1", "1 x", "-", "99999999999999999999s"] {
        check_error::<Duration>(text, &format!("not a duration like 1h30m or 3 weeks: {text:?}"));
    }
    check_error::<Duration>(
        "9223372037s",
        "not a duration like 1h30m or 3 weeks: \"9223372037s\" is longer than 292 years",
    );
}

#[test]
fn every_duration_that_the_api_server_accepts_has_a_value_and_no_other_has() {
    let texts = ["1h", "1.5h", "-1m", "0", "22 ns", "PT1H", "3 weeks", "1.h", "x 5 min y", "h", "1", "1 x", "P", "1.."];
    for text in texts {
        let accepted = crdgen_schema::format::Format::Duration.matches(text);
        assert_eq!(Formatted::<Duration>::from(text).parse().is_ok(), accepted, "{text:?}");
    }
}

#[test]
fn bytes_are_base64() {
    check::<Bytes>("aGk=", "aGk=");
    check::<Bytes>("", "");
    check::<Bytes>("+/==", "+w==");
    assert_eq!(Formatted::<Bytes>::from(vec![0xFB, 0xFF]).as_str(), "+/8=");
    check_error::<Bytes>("aGk", "not base64: Invalid padding");
    assert!(Formatted::<Bytes>::from("aG-_").parse().is_err() && Formatted::<Bytes>::from("aGk=\n").parse().is_err());
}

#[test]
fn addresses_are_as_lax_as_old_go() {
    check::<Ip>("10.0.0.1", "10.0.0.1");
    check::<Ip>("010.000.0.1", "10.0.0.1");
    check::<Ip>("0001::00000:01", "1::1");
    check::<Ip>("::ffff:1.2.03.4", "::ffff:1.2.3.4");
    check_error::<Ip>("1.2.3", "not an IP address: \"1.2.3\"");
    for text in ["", "1.2.3.256", "1..2.3", "fe80::1%eth0", ":", "1::2::3"] {
        assert!(Formatted::<Ip>::from(text).parse().is_err(), "{text:?}");
    }
    assert_eq!(Formatted::<Ip>::from(Ipv4Addr::LOCALHOST).as_str(), "127.0.0.1");
}

#[test]
fn networks_keep_the_bits_behind_the_prefix() {
    check::<Cidr>("10.0.0.5/8", "10.0.0.5/8");
    check::<Cidr>("010.0.0.1/032", "10.0.0.1/32");
    check::<Cidr>("00001::/64", "1::/64");
    for text in ["10.0.0.0", "10.0.0.0/33", "::/129", "1.2.3.4/", "1.2.3.4/-1", "1.2.3.4/+1", "1.2.3.4/8/8"] {
        check_error::<Cidr>(text, &format!("not an IP network like 10.0.0.0/8: {text:?}"));
    }
}

#[test]
fn a_long_text_is_shortened_in_messages() {
    let message = Formatted::<Ip>::from("é".repeat(1000)).parse().unwrap_err().to_string();
    assert_eq!(message, format!("not an IP address: \"{}\"…", "é".repeat(32)));
}

#[test]
fn values_become_their_text() {
    assert_eq!(Formatted::<DateTime>::from(Timestamp::UNIX_EPOCH).as_str(), "1970-01-01T00:00:00Z");
    assert_eq!(Formatted::<Date>::from(civil::date(2024, 1, 2)).to_string(), "2024-01-02");
    assert_eq!(Formatted::<Duration>::from(SignedDuration::MIN).as_str(), "-2562047788015215h30m8.999999999s");
}

#[test]
fn it_is_compared_and_hashed_by_its_text() {
    let texts = || ["1m", "60s", "1m"].into_iter().map(Formatted::<Duration>::from);
    assert_eq!((texts().collect::<HashSet<_>>().len(), texts().collect::<BTreeSet<_>>().len()), (2, 2));
    assert_eq!(format!("{:?}", Formatted::<Duration>::default()), "\"\"");
}

#[derive(Clone)]
struct Backup {
    started: Formatted<DateTime>,
    every: Option<Formatted<Duration>>,
}

object! { Backup {
    started: "started", required;
    every: "every", optional;
} }

#[test]
fn any_string_is_read_and_kept() {
    let json = r#"{"started":"yesterday","every":"25 hours"}"#;
    let backup: Backup = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::to_string(&backup).unwrap(), json);
}

#[test]
fn only_strings_are_read() {
    let error = serde_json::from_str::<Backup>(r#"{"started": 1}"#).unwrap_err();
    assert_eq!(error.to_string(), "started: invalid type: integer `1`, expected a string at line 1 column 13");
    assert!(serde_json::from_str::<Formatted<Ip>>("null").is_err());
}
