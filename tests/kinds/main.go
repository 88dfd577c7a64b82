// Program kinds prints what Go's source and a running kube-apiserver say of the built-in kinds: the files that
// `cargo xtask kinds` keeps in the folder apiserver/src/kind/table, whose module says how they are written.
//
// Structs, fields, their types, and what is in struct tags come from Go's types by reflection. What Kubernetes' generators
// read from comments (list types, documented defaults, enumerations, what is required) comes from the server's OpenAPI documents. What the server
// really sets comes from its own functions.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
)

func main() {
	address := flag.String("server", "", "the URL of kube-apiserver")
	token := flag.String("token", "", "an administrator's token")
	out := flag.String("out", ".", "the folder for the files")
	flag.Parse()
	if err := run(server{*address, *token}, *out); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(from server, out string) error {
	all := structs{found: map[reflect.Type][]field{}}
	if err := all.findAll(); err != nil {
		return err
	}
	schemas, err := from.schemas()
	if err != nil {
		return err
	}
	served, err := from.resources()
	if err != nil {
		return err
	}
	if err := from.saveDocuments(out); err != nil {
		return err
	}
	text, err := all.print(schemas, defaults(schemas))
	if err != nil {
		return err
	}
	internal := findInternals()
	for name, text := range map[string]string{
		"structs.txt": text, "internal.txt": internal.print(), "resources.txt": printResources(served), "columns.txt": printColumns(served),
		"descriptions.txt": printDescriptions(schemas, all.options()),
	} {
		if err := os.WriteFile(filepath.Join(out, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
