// Measures CEL as kube-apiserver runs it for custom resources: what it takes to compile the rules of a schema, and to
// evaluate one rule.
//
//	measure compile SECONDS < schemas.jsonl    a line each: {"schema": …}
//	measure rules SECONDS < rules.jsonl        a line each: {"schema": …, "isRoot": …, "value": …}
//
// SECONDS is how long each line is measured. For each line, a line with nanoseconds of the processor is printed, or with an
// error.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"syscall"
	"time"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
)

// line is what is measured.
type line struct {
	Schema apiextensionsv1.JSONSchemaProps `json:"schema"`
	IsRoot bool                            `json:"isRoot"`
	Value  json.RawMessage                 `json:"value"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) != 2 {
		return fmt.Errorf("measure compile|rules SECONDS")
	}
	seconds, err := strconv.ParseFloat(arguments[1], 64)
	if err != nil {
		return err
	}
	measures := map[string]func(*line, *structuralschema.Structural, time.Duration) (any, error){
		"compile": compile,
		"rules":   rule,
	}
	measure := measures[arguments[0]]
	if measure == nil {
		return fmt.Errorf("unknown command %q", arguments[0])
	}
	return each(os.Stdin, os.Stdout, func(line *line) (any, error) {
		schema, err := structural(&line.Schema)
		if err != nil {
			return nil, err
		}
		return measure(line, schema, time.Duration(seconds*float64(time.Second)))
	})
}

// each answers every line of in with a line of out.
func each(in io.Reader, out io.Writer, answer func(*line) (any, error)) error {
	reader, writer := bufio.NewReaderSize(in, 1<<20), bufio.NewWriter(out)
	decoder, encoder := json.NewDecoder(reader), json.NewEncoder(writer)
	for number := 1; ; number++ {
		var next line
		if err := decoder.Decode(&next); err == io.EOF {
			return writer.Flush()
		} else if err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
		found, err := answer(&next)
		if err != nil {
			found = map[string]any{"error": err.Error()}
		}
		if err := encoder.Encode(found); err != nil {
			return err
		}
	}
}

func structural(schema *apiextensionsv1.JSONSchemaProps) (*structuralschema.Structural, error) {
	var internal apiextensions.JSONSchemaProps
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(schema, &internal, nil); err != nil {
		return nil, err
	}
	return structuralschema.NewStructural(&internal)
}

// nanoseconds runs body for some time of the processor, the garbage collector's included, after one run that is not counted.
// It returns the mean time of a run.
func nanoseconds(long time.Duration, body func()) float64 {
	body()
	runs, total := 0, time.Duration(0)
	for batch := 1; total < long; {
		started := processor()
		for i := 0; i < batch; i++ {
			body()
		}
		taken := processor() - started
		total += taken
		runs += batch
		if taken < time.Millisecond {
			batch *= 2
		}
	}
	return float64(total.Nanoseconds()) / float64(max(runs, 1))
}

// processor returns how long the processor has worked for this program.
func processor() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
