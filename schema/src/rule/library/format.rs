//! Named formats: `format.dns1123Label().validate(name)`.

use crdgen_cel::{
    Arena, CallEstimate, Charge, Cost, Fault, Function, List, Opaque, OpaqueKind, Outcome, Overload, PER_CHARACTER,
    PER_PATTERN_CHARACTER, Value,
    costs::{ONE, characters, size},
};

use super::{no_overload, url};
use crate::{format::Format, name};

const KIND: OpaqueKind = OpaqueKind { name: "kubernetes.NamedFormat", size: None, equal: None };
/// The length of the longest pattern that a name is checked with, as Kubernetes counts it.
const LONGEST_NAME_PATTERN: f64 = 128.0;

/// A format: its name in CEL, and its own; how long its pattern counts as; and what is wrong with a text.
struct Named {
    key: &'static str,
    name: &'static str,
    pattern_size: u64,
    faults: fn(&str) -> Vec<String>,
}

const FORMATS: &[Named] = &[
    Named { key: "dns1123Label", name: "DNS1123Label", pattern_size: 30, faults: name::dns_label },
    Named { key: "dns1123Subdomain", name: "DNS1123Subdomain", pattern_size: 60, faults: name::dns_subdomain },
    Named { key: "dns1035Label", name: "DNS1035Label", pattern_size: 30, faults: name::dns_1035_label },
    Named { key: "qualifiedName", name: "QualifiedName", pattern_size: 60, faults: name::label_key },
    Named {
        key: "dns1123LabelPrefix",
        name: "DNS1123LabelPrefix",
        pattern_size: 30,
        faults: |text| name::dns_label(&complete(text)),
    },
    Named {
        key: "dns1123SubdomainPrefix",
        name: "DNS1123SubdomainPrefix",
        pattern_size: 60,
        faults: |text| name::dns_subdomain(&complete(text)),
    },
    Named {
        key: "dns1035LabelPrefix",
        name: "DNS1035LabelPrefix",
        pattern_size: 30,
        faults: |text| name::dns_1035_label(&complete(text)),
    },
    Named { key: "labelValue", name: "LabelValue", pattern_size: 40, faults: name::label_value },
    Named {
        key: "uri",
        name: "URI",
        pattern_size: 1103,
        faults: |text| url::check_request(text).err().into_iter().collect(),
    },
    Named {
        key: "uuid",
        name: "uuid",
        pattern_size: 70,
        faults: |text| unless(Format::from_name("uuid"), text, "does not match the UUID format"),
    },
    Named {
        key: "byte",
        name: "byte",
        pattern_size: 84,
        faults: |text| unless(Format::from_name("byte"), text, "invalid base64"),
    },
    Named {
        key: "date",
        name: "date",
        pattern_size: 71,
        faults: |text| unless(Format::from_name("date"), text, "invalid date"),
    },
    Named {
        key: "datetime",
        name: "datetime",
        pattern_size: 71,
        faults: |text| unless(Format::from_name("datetime"), text, "invalid datetime"),
    },
];

/// A prefix as a name: what may stand after its last dash stands there.
fn complete(prefix: &str) -> String {
    match prefix.strip_suffix('-') {
        Some(rest) if !rest.is_empty() => {
            let mut name = rest.to_owned();
            name.pop();
            name + "a"
        }
        _ => prefix.to_owned(),
    }
}

fn unless(format: Option<Format>, text: &str, fault: &str) -> Vec<String> {
    let matches = format.is_some_and(|format| format.matches(text));
    if matches { Vec::new() } else { vec![fault.to_owned()] }
}

/// A text, one character more, times the format's pattern.
const VALIDATION: Cost = Cost {
    charge: Charge::Arguments(|_, arguments| match arguments[0] {
        Ok(Value::Opaque(opaque)) if opaque.kind.name == KIND.name => {
            let pattern = find(opaque).map_or(0, |named| named.pattern_size);
            let pattern = crdgen_cel::Range::exactly(pattern).scaled(PER_PATTERN_CHARACTER).max;
            characters(size(arguments[1]) + 1).saturating_mul(pattern)
        }
        _ => 1,
    }),
    estimate: |call| {
        let text = call.size(0).scaled(PER_CHARACTER);
        CallEstimate::of(text.scaled(LONGEST_NAME_PATTERN * PER_PATTERN_CHARACTER))
    },
};

macro_rules! constants {
    ($($key:literal $index:literal)*) => {
        &[
            $(Function::new(
                concat!("format.", $key),
                &[Overload::new(
                    concat!("format.", $key),
                    concat!("format.", $key, "() -> kubernetes.NamedFormat"),
                    |arena, _| Ok(value(arena, &FORMATS[$index])),
                )],
            ),)*
            Function::costing(
                "format.named",
                ONE,
                &[Overload::new("format-named", "format.named(string) -> optional(kubernetes.NamedFormat)", named)],
            ),
            Function::costing(
                "validate",
                VALIDATION,
                &[Overload::new(
                    "format-validate",
                    "kubernetes.NamedFormat.validate(string) -> optional(list(string))",
                    validate,
                )],
            ),
        ]
    };
}

pub(super) const FUNCTIONS: &[Function] = constants!(
    "dns1123Label" 0
    "dns1123Subdomain" 1
    "dns1035Label" 2
    "qualifiedName" 3
    "dns1123LabelPrefix" 4
    "dns1123SubdomainPrefix" 5
    "dns1035LabelPrefix" 6
    "labelValue" 7
    "uri" 8
    "uuid" 9
    "byte" 10
    "date" 11
    "datetime" 12
);

fn value<'a>(arena: &'a Arena, named: &'static Named) -> Value<'a> {
    arena.opaque(Opaque { kind: &KIND, parts: arena.values(&[Value::String(named.name)]) })
}

fn find(opaque: &Opaque<'_>) -> Option<&'static Named> {
    let Some(Value::String(name)) = opaque.parts.first() else { return None };
    FORMATS.iter().find(|named| named.name == *name)
}

fn named<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let key = arguments[0].string()?;
    let found = FORMATS.iter().find(|named| named.key == key).map(|named| arena.value(value(arena, named)));
    Ok(Value::Optional(found))
}

fn validate<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let Value::Opaque(opaque) = arguments[0] else { return no_overload() };
    let named = find(opaque).ok_or(Fault::NO_SUCH_OVERLOAD)?;
    let faults: Vec<_> =
        (named.faults)(arguments[1].string()?).iter().map(|fault| Value::String(arena.text(fault))).collect();
    if faults.is_empty() {
        return Ok(Value::Optional(None));
    }
    Ok(Value::Optional(Some(arena.value(Value::List(List::Values(arena.values(&faults)))))))
}
