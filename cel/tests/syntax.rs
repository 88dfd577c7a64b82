//! Texts that do not parse, and what is said of them: cel-go's words, to the last mark.

use crdgen_cel::Environment;

fn check(table: &[(&str, &str)]) {
    for (source, expected) in table {
        let issues = Environment::standard().compile(source).expect_err(source);
        assert_eq!(issues.to_string(), *expected, "{source}");
    }
}

#[test]
fn what_is_no_expression_is_shown_where_it_goes_wrong() {
    check(&[
        (
            "1 +",
            "ERROR: <input>:1:4: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | 1 +\n | ...^",
        ),
        ("1 2", "ERROR: <input>:1:3: Syntax error: extraneous input '2' expecting <EOF>\n | 1 2\n | ..^"),
        ("a b", "ERROR: <input>:1:3: Syntax error: extraneous input 'b' expecting <EOF>\n | a b\n | ..^"),
        ("(1", "ERROR: <input>:1:3: Syntax error: missing ')' at '<EOF>'\n | (1\n | ..^"),
        ("{'a' 1}", "ERROR: <input>:1:6: Syntax error: missing ':' at '1'\n | {'a' 1}\n | .....^"),
        ("a.", "ERROR: <input>:1:3: Syntax error: no viable alternative at input '.'\n | a.\n | ..^"),
        ("a..b", "ERROR: <input>:1:3: Syntax error: no viable alternative at input '..'\n | a..b\n | ..^"),
        (
            "1 ++ 2",
            "ERROR: <input>:1:4: Syntax error: extraneous input '+' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | 1 ++ 2\n | ...^",
        ),
        (
            "f(1,",
            "ERROR: <input>:1:5: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | f(1,\n | ....^",
        ),
        (
            "true ? 1",
            "ERROR: <input>:1:9: Syntax error: mismatched input '<EOF>' expecting ':'\n | true ? 1\n | ........^",
        ),
        (
            "a = b",
            "ERROR: <input>:1:3: Syntax error: token recognition error at: '= '\n | a = b\n | ..^\nERROR: <input>:1:5: Syntax error: extraneous input 'b' expecting <EOF>\n | a = b\n | ....^",
        ),
        (
            "a & b",
            "ERROR: <input>:1:3: Syntax error: token recognition error at: '& '\n | a & b\n | ..^\nERROR: <input>:1:5: Syntax error: extraneous input 'b' expecting <EOF>\n | a & b\n | ....^",
        ),
        (
            "#",
            "ERROR: <input>:1:1: Syntax error: token recognition error at: '#'\n | #\n | ^\nERROR: <input>:1:2: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | #\n | .^",
        ),
        (
            "'abc",
            "ERROR: <input>:1:1: Syntax error: token recognition error at: ''abc'\n | 'abc\n | ^\nERROR: <input>:1:5: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | 'abc\n | ....^",
        ),
        (
            "1 +\n  * 2",
            "ERROR: <input>:2:3: Syntax error: extraneous input '*' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n |   * 2\n | ..^",
        ),
        (
            "é + ;",
            "ERROR: <input>:1:1: Syntax error: token recognition error at: 'é'\n | é + ;\n | ＾\nERROR: <input>:1:3: Syntax error: mismatched input '+' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | é + ;\n | ．.^\nERROR: <input>:1:5: Syntax error: token recognition error at: ';'\n | é + ;\n | ．...^\nERROR: <input>:1:6: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | é + ;\n | ．....^",
        ),
        (r#""""x"#, "ERROR: <input>:1:3: Syntax error: token recognition error at: '\"x'\n | \"\"\"x\n | ..^"),
        ("for", "ERROR: <input>:1:1: reserved identifier: for\n | for\n | ^"),
        (
            "a.in",
            "ERROR: <input>:1:3: Syntax error: no viable alternative at input '.in'\n | a.in\n | ..^\nERROR: <input>:1:5: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | a.in\n | ....^",
        ),
        (
            "x[?",
            "ERROR: <input>:1:4: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | x[?\n | ...^",
        ),
    ]);
}

#[test]
fn literals_must_fit_and_escapes_must_exist() {
    check(&[
        ("9223372036854775808", "ERROR: <input>:1:1: invalid int literal\n | 9223372036854775808\n | ^"),
        ("-9223372036854775809", "ERROR: <input>:1:1: invalid int literal\n | -9223372036854775809\n | ^"),
        ("18446744073709551616u", "ERROR: <input>:1:1: invalid uint literal\n | 18446744073709551616u\n | ^"),
        ("1e999", "ERROR: <input>:1:1: invalid double literal\n | 1e999\n | ^"),
        (
            r"'\q'",
            "ERROR: <input>:1:1: Syntax error: token recognition error at: ''\\q'\n | '\\q'\n | ^\nERROR: <input>:1:4: Syntax error: token recognition error at: '''\n | '\\q'\n | ...^\nERROR: <input>:1:5: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | '\\q'\n | ....^",
        ),
        (r"'\uD800'", "ERROR: <input>:1:1: invalid unicode code point\n | '\\uD800'\n | ^"),
        (r"b'\u0041'", "ERROR: <input>:1:1: unable to unescape string\n | b'\\u0041'\n | ^"),
        ("0x", "ERROR: <input>:1:2: Syntax error: extraneous input 'x' expecting <EOF>\n | 0x\n | .^"),
    ]);
}

#[test]
fn macros_want_a_plain_variable() {
    check(&[
        ("[1].all(1, true)", "ERROR: <input>:1:9: argument must be a simple name\n | [1].all(1, true)\n | ........^"),
        (
            "[1].exists(a.b, true)",
            "ERROR: <input>:1:13: argument must be a simple name\n | [1].exists(a.b, true)\n | ............^",
        ),
        (
            "[1].map(v, v, v, v)",
            "ERROR: <input>:1:8: undeclared reference to 'map' (in container '')\n | [1].map(v, v, v, v)\n | .......^\nERROR: <input>:1:9: undeclared reference to 'v' (in container '')\n | [1].map(v, v, v, v)\n | ........^\nERROR: <input>:1:12: undeclared reference to 'v' (in container '')\n | [1].map(v, v, v, v)\n | ...........^\nERROR: <input>:1:15: undeclared reference to 'v' (in container '')\n | [1].map(v, v, v, v)\n | ..............^\nERROR: <input>:1:18: undeclared reference to 'v' (in container '')\n | [1].map(v, v, v, v)\n | .................^",
        ),
        (
            "[1].transformMap(k, k, k)",
            "ERROR: <input>:1:21: duplicate variable name: k\n | [1].transformMap(k, k, k)\n | ....................^",
        ),
        ("has(a)", "ERROR: <input>:1:5: invalid argument to has() macro\n | has(a)\n | ....^"),
        ("has(1)", "ERROR: <input>:1:5: invalid argument to has() macro\n | has(1)\n | ....^"),
        (
            "[1].map(@result, 1)",
            "ERROR: <input>:1:9: Syntax error: token recognition error at: '@'\n | [1].map(@result, 1)\n | ........^",
        ),
        (
            "[1].filter(__result__, true)",
            "ERROR: <input>:1:12: iteration variable overwrites accumulator variable\n | [1].filter(__result__, true)\n | ...........^",
        ),
        (
            "[1].transformMapEntry(k, v, k)",
            "ERROR: <input>:1:22: found no matching overload for 'cel.@mapInsert' applied to '(map(dyn, dyn), int)'\n | [1].transformMapEntry(k, v, k)\n | .....................^",
        ),
        (
            "{'a': 1}.all(k, k, true)",
            "ERROR: <input>:1:17: duplicate variable name: k\n | {'a': 1}.all(k, k, true)\n | ................^",
        ),
    ]);
}
