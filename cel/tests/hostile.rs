//! Expressions that want too much: a clear error, within bounded time and memory.

use crdgen_cel::{Arena, Environment, Value};

/// What an expression comes to, as text. The stack is that of a thread of `std` or tokio.
fn outcome(source: &str) -> String {
    let run = || compile_and_run(source);
    std::thread::scope(|scope| {
        std::thread::Builder::new().stack_size(2 << 20).spawn_scoped(scope, run).unwrap().join().unwrap()
    })
}

fn compile_and_run(source: &str) -> String {
    match Environment::standard().compile(source) {
        Err(issues) => issues.to_string(),
        Ok(compiled) => match compiled.program() {
            Err(message) => message,
            Ok(program) => {
                let arena = Arena::new();
                match program.evaluate(&arena, &[], 1_000_000).outcome {
                    Ok(Value::String(text)) => format!("{} characters", text.chars().count()),
                    Ok(value) => value.to_string(),
                    Err(fault) => fault.message().to_owned(),
                }
            }
        },
    }
}

fn check(source: &str, expected: &str) {
    let found = outcome(source);
    assert!(found.starts_with(expected), "{source:.60}: {found:.300}");
}

const TOO_DEEP: &str = "ERROR: <input>:-1:0: expression recursion limit exceeded: 250";
const TOO_HIGH: &str = "ERROR: <input>:-1:0: max recursion depth exceeded";
const TOO_EXPENSIVE: &str = "operation cancelled: actual cost limit exceeded";

#[test]
fn brackets_nest_up_to_a_limit() {
    for count in [250, 40_000] {
        for (open, close) in [("(", ")"), ("[", "]"), ("{1:", "}"), ("dyn(", ")"), ("[1].map(v,", ")")] {
            if count * (open.len() + close.len()) < 100_000 {
                check(&format!("{}1{}", open.repeat(count), close.repeat(count)), TOO_DEEP);
            }
        }
        for open in ["(", "[", "{", "f(", "a["] {
            check(&open.repeat(count), "ERROR: <input>:");
        }
    }
}

#[test]
fn as_many_brackets_as_there_may_be_fit_on_the_stack() {
    for (open, inner, close, expected) in [
        ("(", "1", ")", "1"),
        ("[", "1", "]", "[[["),
        ("{1:", "1", "}", "{1: {1: "),
        ("dyn(", "1", ")", "1"),
        ("true ? true : ", "true", "", "true"),
        ("[1, 2].all(v, ", "true", ")", "operation cancelled"),
        ("optional.of(1).optMap(v, ", "1", ")", "optional(optional("),
    ] {
        check(&format!("{}{inner}{}", open.repeat(248), close.repeat(248)), expected);
    }
}

#[test]
fn chains_nest_up_to_a_limit() {
    for (start, link) in [("1", "+1"), ("1", "*1"), ("'a'", ".trim()"), ("dyn({})", ".?a"), ("[1]", ".map(v,v)")] {
        check(&format!("{start}{}", link.repeat(251)), TOO_HIGH);
        check(&format!("{start}{}", link.repeat(90_000 / link.len())), TOO_HIGH);
        assert!(!outcome(&format!("{start}{}", link.repeat(249))).starts_with("ERROR"), "{link}");
    }
    check(&format!("1{}", "+1".repeat(250)), "251");
    // These are balanced, and signs cancel each other.
    check(&format!("true{}", "&&true".repeat(16_000)), "true");
    check(&format!("{}true", "!".repeat(90_000)), "true");
}

#[test]
fn texts_and_numbers_have_limits() {
    check(&"a".repeat(100_001), "ERROR: <input>:-1:0: expression code point size exceeds limit");
    check(&"1".repeat(50_000), "ERROR: <input>:1:1: invalid int literal");
    check(&format!("1.{}", "1".repeat(50_000)), "1.1111");
    check(&format!("size('{}')", "a".repeat(90_000)), "90000");
    check("9223372036854775807 * 9223372036854775807", "integer overflow");
    check(&format!("duration('{}h')", "9".repeat(500)), "ERROR: <input>:1:10: invalid duration argument");
}

#[test]
fn what_grows_is_stopped_by_the_budget() {
    let items = "[1,2,3,4,5,6,7,8,9,10]";
    let nested = (0..7).fold("1".to_owned(), |inner, _| format!("{items}.map(v, {inner})"));
    check(&nested, TOO_EXPENSIVE);
    check("lists.range(9223372036854775807)", TOO_EXPENSIVE);
    check("lists.range(9000).map(v, lists.range(9000))", TOO_EXPENSIVE);
    let grown = format!("'a'{}", ".replace('', 'bbbbbbbbbbbbbbbbbbbb')".repeat(8));
    check(&grown, TOO_EXPENSIVE);
    let doubled = (0..12).fold("'0123456789'".to_owned(), |text, _| format!("({text} + {text})"));
    check(&doubled, "40960 characters");
    let bound = (0..40).fold("'0123456789'".to_owned(), |text, _| format!("[{text}].map(v, v + v)[0]"));
    check(&bound, TOO_EXPENSIVE);
}

#[test]
fn macros_that_double_are_not_expanded_without_end() {
    let chain = format!("optional.of(1){}", ".optMap(v, v)".repeat(100));
    let found = outcome(&chain);
    assert!(found.contains("the macros of the expression make more than"), "{found:.200}");
}

#[test]
fn widths_and_precisions_are_read_as_go_reads_them() {
    for (format, length) in [("%.400f", 146), ("%.65536f", 1), ("%.99999999f", 10), ("%.400e", 400), ("%.70000e", 4464)]
    {
        check(&format!("'{format}'.format([1.0])"), &format!("{length} characters"));
    }
    check("'%.99999999999999999999f'.format([1.0])", "ERROR: <input>:1:");
}

#[test]
fn patterns_take_no_more_memory_than_they_may() {
    for pattern in [r"(a{1000}){1000}", r"((a{1000}){0,}){2}", "a{1001}"] {
        check(&format!("'a'.matches('{pattern}')"), "ERROR: <input>:1:13: invalid matches argument");
    }
    check(&format!("'{}'.matches('(a*)*b')", "a".repeat(1000)), "false");
}
