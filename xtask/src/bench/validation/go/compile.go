package main

import (
	"time"

	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
)

// compile measures what the API server does with the rules of a schema before it validates the first object: it declares
// the types, and parses, checks, estimates and plans each rule.
func compile(_ *line, schema *structuralschema.Structural, long time.Duration) (any, error) {
	taken := nanoseconds(long, func() { cel.NewValidator(schema, true, celconfig.PerCallLimit) })
	return map[string]any{"compile": taken}, nil
}
