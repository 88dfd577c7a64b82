use std::collections::HashSet;

use serde_json::json;

use super::*;
use crate::object;

fn check(text: &str, nanos: i128) {
    assert_eq!(Quantity::from(text).value().map(Amount::as_nanos), Ok(nanos), "{text:?}");
}

/// The amount in units, thousandths and as a float.
fn check_as(text: &str, units: i64, millis: i64, float: f64) {
    let amount = Quantity::from(text).value().unwrap();
    assert_eq!((amount.as_i64(), amount.as_millis()), (units, millis), "{text:?}");
    assert!((amount.as_f64() - float).abs() <= float.abs() * f64::EPSILON, "{text:?}: {}", amount.as_f64());
}

fn check_malformed(text: &str) {
    assert_eq!(Quantity::from(text).value(), Err(QuantityError::Malformed(text.to_owned())));
}

const ONE: i128 = 1_000_000_000;

#[test]
fn every_suffix_multiplies() {
    let decimal = [("n", 1), ("u", 1_000), ("m", 1_000_000), ("", ONE), ("k", ONE * 1_000), ("M", ONE * 1_000_000)];
    let large = [("G", 9), ("T", 12), ("P", 15), ("E", 18)].map(|(suffix, power)| (suffix, ONE * 10_i128.pow(power)));
    let binary = [("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40), ("Pi", 50), ("Ei", 60)];
    let binary = binary.map(|(suffix, power)| (suffix, ONE << power));
    for (suffix, unit) in decimal.into_iter().chain(large).chain(binary) {
        check(&format!("3{suffix}"), 3 * unit);
        check(&format!("-3{suffix}"), -3 * unit);
        check(&format!("+0{suffix}"), 0);
    }
}

#[test]
fn a_number_may_have_a_point_and_zeros_anywhere() {
    check("1.5", 1_500_000_000);
    check(".5", 500_000_000);
    check("5.", 5 * ONE);
    check("1.G", ONE * ONE);
    check("00012.3400k", 12_340 * ONE);
    check("  7 ", 7 * ONE);
    check("1.1Gi", 1_181_116_006_400_000_000);
}

#[test]
fn an_exponent_moves_the_point() {
    check("2e3", 2_000 * ONE);
    check("2E+3", 2_000 * ONE);
    check("25e-1", 2_500_000_000);
    check("1.25e1", 12_500_000_000);
    check("0.000000000000000000000000000000000001e40", 10_000 * ONE);
    check("1000000000000000000000000000000e-30", ONE);
    check("0e99999999999", 0);
    check("1E", ONE * ONE * ONE);
}

#[test]
fn what_is_below_a_billionth_rounds_away_from_zero() {
    check("0.1n", 1);
    check("-0.1n", -1);
    check("1.0000000001", ONE + 1);
    check("1.1e-9", 2);
    check("1e-99999999999", 1);
    check("1.00000000000000000000000000000000000000001Ei", (ONE << 60) + 1);
    check("0.00000000000000000000000000000000000000001Ki", 1);
    check("1.0000000000000000", ONE);
}

#[test]
fn units_and_thousandths_round_away_from_zero() {
    check_as("100m", 1, 100, 0.1);
    check_as("-100m", -1, -100, -0.1);
    check_as("1u", 1, 1, 0.000_001);
    check_as("2", 2, 2000, 2.0);
    check_as("0", 0, 0, 0.0);
}

#[test]
fn what_sixty_four_bits_cannot_hold_is_the_nearest_that_they_can() {
    check_as("1e20", i64::MAX, i64::MAX, 1e20);
    check_as("-1e20", i64::MIN, i64::MIN, -1e20);
    check_as("9E", 9_000_000_000_000_000_000, i64::MAX, 9e18);
}

#[test]
fn a_binary_suffix_is_capped_as_in_kubernetes() {
    check("8Ei", i128::from(i64::MAX) * ONE);
    check("-9Ei", -i128::from(i64::MAX) * ONE);
    check(&format!("{}Ki", "9".repeat(100)), i128::from(i64::MAX) * ONE);
}

#[test]
fn other_texts_are_no_quantities() {
    for text in
        ["", "+", "-", ".", "Ki", "aoeu", "1i", "1.1.M", "1+1.0M", "0.1mi", ".5i", "-3.01e-", "1 k", "1ki", "1e1.5"]
    {
        check_malformed(text);
    }
    let message = Quantity::from("1i").value().unwrap_err().to_string();
    assert_eq!(message, "not a quantity: \"1i\": expected a number, perhaps with a suffix, like 2, 500m, 1.5Gi or 2e3");
}

#[test]
fn numbers_of_any_size_end_in_an_error_at_once() {
    for text in ["1e30", "1e9999999999", &"9".repeat(10_000), "200000000000E", "1e9223372036854775807"] {
        let expected = QuantityError::OutOfRange(text.to_owned());
        assert_eq!(Quantity::from(text).value(), Err(expected));
    }
    check("0.9e29", 9 * 10_i128.pow(37));
}

#[test]
fn amounts_are_compared_but_texts_are_equal() {
    let compare = |a: &str, b: &str| Quantity::from(a).compare(&b.into()).unwrap();
    assert_eq!(compare("1", "1000m"), Ordering::Equal);
    assert_eq!(compare("1Gi", "1G"), Ordering::Greater);
    assert_eq!(compare("-1", "1n"), Ordering::Less);
    let quantities = ["1", "1000m", "1"].map(Quantity::from);
    assert_eq!(quantities.into_iter().chain([Quantity::from(1)]).collect::<HashSet<_>>().len(), 3);
    assert!(Quantity::from("x").compare(&1.into()).is_err());
}

#[test]
fn the_type_of_k8s_openapi_converts_both_ways() {
    let quantity = Quantity::from(resource::Quantity("1.5Gi".to_owned()));
    assert_eq!(
        (quantity.to_string().as_str(), resource::Quantity::from(quantity.clone()).0.as_str()),
        ("1.5Gi", "1.5Gi")
    );
    assert_eq!(resource::Quantity::from(Quantity::from(5)).0, "5");
    assert_eq!(IntOrString::from(quantity), "1.5Gi".into());
}

#[derive(Clone)]
struct Volume {
    size: Quantity,
    limit: Option<Quantity>,
}

object! { Volume { size: "size", required; limit: "limit", optional; } }

#[test]
fn it_is_read_and_written_as_it_stands() {
    for json in [json!({"size": "007Gi", "limit": 5}), json!({"size": 7, "limit": "1.50"})] {
        let volume: Volume = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(serde_json::to_value(&volume).unwrap(), json);
    }
    assert!(serde_json::from_value::<Volume>(json!({"size": true})).is_err());
}
