//! Mutations: that there are some of each kind, that they are CRDs, and that the same seed gives the same ones.

use std::collections::BTreeSet;

use crdgen_schema::definition;

use super::{SEVERAL, Variant, chain, mutations, variants};

/// A CRD with a place for every mutation.
fn crd() -> String {
    let text = "
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.a.example.com}
spec:
  group: a.example.com
  names: {kind: Thing, plural: things}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema: &schema
        openAPIV3Schema:
          type: object
          properties:
            zebraCount: {type: integer, default: 1, maximum: 5}
            spec:
              type: object
              description: The specification.
              x-kubernetes-preserve-unknown-fields: true
              required: [dateOfBirth]
              properties:
                dateOfBirth: {type: string, format: date}
                size: {type: string, minLength: 1, pattern: '^[a-z]+'}
                action: {type: string, enum: [auditAll, Deny]}
                rules:
                  type: array
                  items: &rule {type: object, properties: {mode: {type: string, enum: [On-Off, other]}, name: {type: string}}}
                firstRule: *rule
                other: {type: object, properties: {deep: {type: object, required: [a], properties: {a: {type: string}, b: {type: boolean}}}}}
            status: {type: object, properties: {labels: {type: object, additionalProperties: {type: string}}, last: *rule}}
    - {name: v1beta1, served: true, storage: false, schema: *schema}
";
    definition::load("crd.yaml", text).definitions.remove(0).json
}

fn grown(seed: u64) -> Vec<Variant> {
    variants(&crd(), seed).unwrap().collect()
}

#[test]
fn every_mutation_finds_a_place() {
    let found: BTreeSet<&str> = (0..8).flat_map(grown).map(|variant| variant.mutation).collect();
    let all: BTreeSet<&str> = mutations().map(|mutation| mutation.name).chain([SEVERAL]).collect();
    assert_eq!(all.difference(&found).collect::<Vec<_>>(), Vec::<&&str>::new());
}

#[test]
fn every_variant_is_read_without_an_error_and_differs_from_the_crd() {
    let before = definition::load("crd.json", &crd()).definitions.remove(0).json;
    for seed in 0..8 {
        let chains = (0..8).flat_map(|number| chain(&crd(), seed + number, 3).unwrap().collect::<Vec<_>>());
        for Variant { label, text, .. } in grown(seed).into_iter().chain(chains) {
            let loaded = definition::load("crd.json", &text);
            assert!(!loaded.diagnostics.has_errors(), "{label}: {}", loaded.diagnostics);
            assert!(loaded.definitions.len() > 1 || loaded.definitions[0].json != before, "{label}");
        }
    }
}

#[test]
fn a_seed_decides_everything() {
    assert_eq!(grown(3), grown(3));
    assert_ne!(grown(3), grown(4));
}

#[test]
fn properties_stay_in_their_order() {
    let added = grown(1).into_iter().find(|variant| variant.mutation == "value added as the last").unwrap();
    let place = |text: &str| added.text.find(text).unwrap();
    assert!(place("zebraCount") < place("spec\":{\"type") && place("dateOfBirth") < place("action"), "{}", added.text);
}

#[test]
fn the_steps_of_a_chain_build_on_each_other() {
    let steps: Vec<Variant> = chain(&crd(), 2, 3).unwrap().collect();
    assert_eq!(steps.len(), 3);
    let texts: BTreeSet<&String> = steps.iter().map(|step| &step.text).collect();
    assert_eq!(texts.len(), 3);
}
