package main

import (
	"context"
	"testing"
	"time"

	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
)

// Over how many runs allocations are counted.
const allocationRuns = 20

// rule measures the evaluation of a schema's only rule on one value, from the decoded value to the errors.
func rule(line *line, schema *structuralschema.Structural, long time.Duration) (any, error) {
	var value any
	if err := utiljson.Unmarshal(line.Value, &value); err != nil {
		return nil, err
	}
	validator := cel.NewValidator(schema, line.IsRoot, celconfig.PerCallLimit)
	evaluate := func() field.ErrorList {
		errors, _ := validator.Validate(context.Background(), nil, schema, value, nil, celconfig.RuntimeCELCostBudget)
		return errors
	}
	found := map[string]any{}
	if errors := evaluate(); len(errors) > 0 {
		found["error"] = errors.ToAggregate().Error()
		return found, nil
	}
	found["evaluate"] = nanoseconds(long, func() { evaluate() })
	found["allocations"] = testing.AllocsPerRun(allocationRuns, func() { evaluate() })
	return found, nil
}
