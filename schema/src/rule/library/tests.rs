use crdgen_cel::{Arena, Compiled, Environment, Evaluation, NoSizes, Type, Value};

/// Compiles and evaluates an expression, in which `s` is a text.
fn evaluate(source: &str, check: impl FnOnce(&Compiled, Evaluation<'_>)) {
    let environment = Environment::new(super::library()).variable("s", Type::String);
    let compiled = environment.compile(source).unwrap_or_else(|issues| panic!("{source}: {issues}"));
    let program = compiled.program().unwrap();
    check(&compiled, program.evaluate(&Arena::new(), &[Value::String("héllo wörld")], 1_000_000));
}

/// Every expression must be true, as it is in the API server.
fn hold(expressions: &[&str]) {
    for source in expressions {
        evaluate(source, |_, evaluation| {
            assert!(matches!(evaluation.outcome, Ok(Value::Bool(true))), "{source}: {:?}", evaluation.outcome);
        });
    }
}

#[test]
fn quantities_are_exact() {
    hold(&[
        "quantity('1k') == quantity('1000')",
        "quantity('1Ki').compareTo(quantity('1024')) == 0",
        "quantity('0.1').add(quantity('0.2')) == quantity('0.3')",
        "quantity('1').sub(quantity('1.5')).compareTo(quantity('-500m')) == 0",
        "quantity('1').add(2) == quantity('3') && quantity('1').sub(2) == quantity('-1')",
        "quantity('1Gi').isGreaterThan(quantity('1G')) && quantity('1').isLessThan(quantity('1001m'))",
        "quantity('1k').isInteger() && quantity('1k').asInteger() == 1000 && !quantity('1m').isInteger()",
        "quantity('1500m').asApproximateFloat() == 1.5",
        "sign(quantity('-1')) == -1 && sign(quantity('0')) == 0",
        "isQuantity('1.5Gi') && isQuantity('1e3') && isQuantity('+1') && !isQuantity('1 k') && !isQuantity('1kk') && !isQuantity('')",
        "!quantity('9223372036854775808').isInteger()",
        "quantity('100000000000000000000').isGreaterThan(quantity('9223372036854775807'))",
    ]);
}

#[test]
fn urls_have_parts() {
    hold(&[
        "isURL('https://a/') && isURL('/a') && !isURL('a') && !isURL('../a') && !isURL('https://a:x/') && !isURL('')",
        "url('https://u:p@example.com:80/a%20b?x=1&y=2&x=3#f').getScheme() == 'https'",
        "url('https://u:p@example.com:80/a').getHost() == 'example.com:80'",
        "url('https://[::1]:80/').getHostname() == '::1' && url('https://[::1]:80/').getPort() == '80'",
        "url('https://a/b c').getEscapedPath() == '/b%20c'",
        "url('/a?x=1&y=2&x=3').getQuery() == {'x': ['1', '3'], 'y': ['2']}",
        "url('/a').getScheme() == '' && url('/a').getHost() == '' && url('/a').getPort() == ''",
        "url('https://a/') == url('https://a/') && url('https://a/') != url('https://a')",
    ]);
}

#[test]
fn addresses_have_families() {
    hold(&[
        "isIP('127.0.0.1') && isIP('::1') && !isIP('127.0.0.01') && !isIP('1.2.3') && !isIP('fe80::1%eth0') && !isIP('::ffff:1.2.3.4')",
        "ip('1.2.3.4').family() == 4 && ip('2001:db8::1').family() == 6",
        "ip('127.0.0.1').isLoopback() && ip('::1').isLoopback()",
        "ip('0.0.0.0').isUnspecified() && ip('224.0.0.1').isLinkLocalMulticast() && ip('169.254.1.1').isLinkLocalUnicast() && ip('8.8.8.8').isGlobalUnicast()",
        "ip.isCanonical('2001:db8::1') && !ip.isCanonical('2001:DB8::1')",
        "ip('2001:DB8::0:1') == ip('2001:db8::1') && string(ip('2001:DB8::0:1')) == '2001:db8::1'",
        "isCIDR('10.0.0.0/8') && !isCIDR('10.0.0.0') && !isCIDR('10.0.0.0/33') && !isCIDR('10.0.0.0/08')",
        "cidr('10.0.0.0/8').containsIP('10.1.2.3') && !cidr('10.0.0.0/8').containsIP(ip('11.0.0.0'))",
        "cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && !cidr('10.1.0.0/16').containsCIDR(cidr('10.0.0.0/8'))",
        "cidr('10.1.2.3/16').ip() == ip('10.1.2.3') && cidr('10.1.2.3/16').masked() == cidr('10.1.0.0/16') && cidr('10.1.2.3/16').prefixLength() == 16",
        "string(cidr('2001:DB8::/32')) == '2001:db8::/32'",
    ]);
}

#[test]
fn versions_are_ordered() {
    hold(&[
        "semver('1.2.3').major() == 1 && semver('1.2.3').minor() == 2 && semver('1.2.3').patch() == 3",
        "semver('1.2.3').compareTo(semver('1.2.3-rc.1')) == 1 && semver('1.0.0-rc.2').isLessThan(semver('1.0.0-rc.10'))",
        "semver('2.0.0').isGreaterThan(semver('1.99.99'))",
        "semver('1.0.0+a') == semver('1.0.0+b')",
        "isSemver('1.2.3-alpha.1+build') && !isSemver('v1.2.3') && !isSemver('1.2') && !isSemver('01.2.3')",
        "isSemver('v1.2', true) && !isSemver('v1.2', false) && semver('v1.2', true) == semver('1.2.0') && semver('01.02', true).minor() == 2",
    ]);
}

#[test]
fn formats_say_what_is_wrong() {
    hold(&[
        "format.named('dns1123Label').hasValue() && !format.named('unknown').hasValue()",
        "!format.dns1123Label().validate('abc').hasValue()",
        "format.dns1123Label().validate('A_').value().size() == 1",
        "format.dns1123Subdomain().validate('a..b').hasValue() && !format.dns1035Label().validate('a-b').hasValue()",
        "!format.qualifiedName().validate('a/b').hasValue() && format.qualifiedName().validate('a/b/c').hasValue()",
        "!format.dns1123LabelPrefix().validate('a-').hasValue() && format.dns1123LabelPrefix().validate('-a').hasValue()",
        "!format.dns1123SubdomainPrefix().validate('a.b-').hasValue()",
        "format.dns1123SubdomainPrefix().validate('a.').hasValue()",
        "!format.dns1035LabelPrefix().validate('a-').hasValue() && format.dns1035LabelPrefix().validate('1a').hasValue()",
        "!format.labelValue().validate('').hasValue() && format.labelValue().validate('-').hasValue()",
        "!format.uri().validate('https://a/').hasValue() && format.uri().validate('a').hasValue()",
        "!format.uuid().validate('123e4567-e89b-12d3-a456-426614174000').hasValue() && format.uuid().validate('x').hasValue()",
        "!format.byte().validate('aGk=').hasValue() && format.byte().validate('a').hasValue()",
        "!format.date().validate('2021-01-01').hasValue() && format.date().validate('2021-13-01').hasValue()",
        "!format.datetime().validate('2021-01-01T00:00:00Z').hasValue() && format.datetime().validate('x').hasValue()",
        "format.dns1123Label() == format.named('dns1123Label').value()",
    ]);
}

#[test]
fn lists_and_patterns_have_more_functions() {
    hold(&[
        "[1, 3, 2].max() == 3 && [1, 3, 2].min() == 1 && ['a', 'b'].max() == 'b'",
        "[1, 2].sum() == 3 && [1.5, 2.5].sum() == 4.0 && [1u].sum() == 1u && [duration('1s'), duration('2s')].sum() == duration('3s')",
        "[1, 2, 2].isSorted() && ![2, 1].isSorted() && [].isSorted()",
        "[1, 2, 1].indexOf(1) == 0 && [1, 2, 1].lastIndexOf(1) == 2 && [1].indexOf(5) == -1",
        "'abc 123 45'.find('[0-9]+') == '123' && 'abc'.find('[0-9]') == ''",
        "'1 22 333'.findAll('[0-9]+') == ['1', '22', '333'] && '1 22 333'.findAll('[0-9]+', 2) == ['1', '22'] && 'a'.findAll('b') == []",
    ]);
}

#[test]
fn a_value_beside_another_type_is_different_but_not_equal() {
    hold(&[
        "dyn(quantity('1')) != dyn(1)",
        "dyn(1) != dyn(quantity('1'))",
        "!(dyn(1) in [dyn(quantity('1'))])",
        // What cannot be compared makes no difference in a list.
        "[dyn(quantity('1'))] == [dyn(1)]",
    ]);
}

#[test]
fn what_cannot_be_read_fails_with_the_servers_words() {
    for (source, expected) in [
        ("quantity(s)", "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"),
        ("url(s)", r#"URL parse error during conversion from string: parse "héllo wörld": invalid URI for request"#),
        (
            "ip(s)",
            r#"IP Address "héllo wörld" parse error during conversion from string: ParseAddr("héllo wörld"): unable to parse IP"#,
        ),
        (
            "cidr(s)",
            r#"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix("héllo wörld"): no '/'"#,
        ),
        ("semver(s)", "No Major.Minor.Patch elements found"),
        ("quantity('1.5' + '').asInteger()", "cannot convert value to integer"),
        ("cidr('10.0.0.0/8').containsIP(s)", "no such overload"),
        (
            "cidr('10.0.0.0/8').containsCIDR(s)",
            r#"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix("héllo wörld"): no '/'"#,
        ),
        ("[].max() > 0", "max called on empty list"),
        ("[1].filter(v, v > 1).min()", "min called on empty list"),
        ("dyn(quantity('1')) == dyn(1)", "no such overload"),
        ("s.find(s + '(')", "Illegal regex: error parsing regexp: missing closing ): `héllo wörld(`"),
        (
            "ip('1.2.3.4' + s)",
            r#"IP Address "1.2.3.4héllo wörld" parse error during conversion from string: ParseAddr("1.2.3.4héllo wörld"): unexpected character (at "héllo wörld")"#,
        ),
        (
            "ip.isCanonical(s)",
            r#"IP Address "héllo wörld" parse error during conversion from string: ParseAddr("héllo wörld"): unable to parse IP"#,
        ),
    ] {
        evaluate(source, |_, evaluation| {
            assert_eq!(evaluation.outcome.expect_err(source).message(), expected, "{source}");
        });
    }
}

#[test]
fn functions_cost_what_they_cost_in_the_server() {
    for (source, estimate, cost) in [
        ("quantity('1k').add(1).isInteger()", "3..3", 3),
        ("url('https://a/') == url('https://b/')", "3..3", 3),
        ("ip('1.2.3.4') == ip('::1')", "3..3", 3),
        ("cidr('10.0.0.0/8').containsIP('10.1.2.3')", "3..6", 3),
        ("semver('1.2.3').isLessThan(semver('2.0.0'))", "3..3", 3),
        ("format.uuid().validate('x').hasValue()", "34..34", 20),
        ("[1, 2, 3].sum() + [1, 2].max()", "26..26", 6),
        ("'abc'.find('b') + 'b'", "2..2", 2),
        ("['a'].indexOf('a')", "11..1844674407370955275", 0),
        ("isURL('/a') && isIP('::1') && isCIDR('::/0')", "1..3", 3),
    ] {
        evaluate(source, |compiled, evaluation| {
            let range = compiled.estimate(&NoSizes);
            assert_eq!(format!("{}..{}", range.min, range.max), estimate, "{source}");
            assert_eq!(evaluation.cost, cost, "{source}");
        });
    }
}
