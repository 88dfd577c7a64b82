package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
)

// saveDocuments writes the server's OpenAPI documents into the folder openapi, each named after its path.
func (s server) saveDocuments(out string) error {
	var index struct{ Paths map[string]struct{} }
	if err := s.get("/openapi/v3", "application/json", &index); err != nil {
		return err
	}
	paths := []string{"/openapi/v2"}
	for path := range index.Paths {
		paths = append(paths, "/openapi/v3/"+path)
	}
	folder := filepath.Join(out, "openapi")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, path := range paths {
		var text json.RawMessage
		if err := s.get(path, "application/json", &text); err != nil {
			return err
		}
		name := strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", "+")
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
