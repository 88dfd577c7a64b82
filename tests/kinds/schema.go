package main

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// schema is a part of an OpenAPI document.
type schema struct {
	Type, Format         string
	Description          string
	Default              json.RawMessage
	Enum                 []string
	Required             []string
	Properties           map[string]*schema
	Items                *schema
	AdditionalProperties *schema
	ListType             string   `json:"x-kubernetes-list-type"`
	ListKeys             []string `json:"x-kubernetes-list-map-keys"`
	MapType              string   `json:"x-kubernetes-map-type"`
	Unions               []union  `json:"x-kubernetes-unions"`
}

// union says which fields of a struct exclude one another: the field that names the one that is set, and the names of the others
// in it.
type union struct {
	Discriminator string
	Fields        map[string]string `json:"fields-to-discriminateBy"`
}

// print writes a union after the head of a struct.
func (u union) print() string {
	var fields []string
	for _, name := range sorted(u.Fields) {
		fields = append(fields, name+":"+u.Fields[name])
	}
	return " union=" + u.Discriminator + "," + strings.Join(fields, ",")
}

// formats are the formats that follow from Go's types. Those of times stand in the schemas of their types.
var formats = map[string]string{"int32": "int32", "int64": "int64", "float64": "double", "bytes": "byte"}

// definition is the name of a type's schema in OpenAPI documents.
func definition(of reflect.Type) string {
	host, path, _ := strings.Cut(of.PkgPath(), "/")
	labels := strings.Split(host, ".")
	slices.Reverse(labels)
	return strings.Join(labels, ".") + "." + strings.ReplaceAll(path, "/", ".") + "." + of.Name()
}

// marks are what a struct's schema says of a field beyond its type.
func (s *schema) marks(of field) []string {
	if s == nil || s.Properties[of.name] == nil {
		return nil
	}
	property := s.Properties[of.name]
	var marks []string
	if slices.Contains(s.Required, of.name) {
		marks = append(marks, "required")
	}
	switch property.ListType {
	case "", "atomic":
	case "map":
		marks = append(marks, "list=map:"+strings.Join(property.ListKeys, ","))
	default:
		marks = append(marks, "list="+property.ListType)
	}
	if property.MapType != "" {
		marks = append(marks, "map="+property.MapType)
	}
	if found := string(property.Default); found != of.impliedDefault() {
		marks = append(marks, "default="+found)
	}
	// None has another one so far, and the table has no place for it.
	if implied := formats[strings.TrimPrefix(of.base(), "*")]; property.Format != implied {
		marks = append(marks, "format="+property.Format)
	}
	// These stand last, because they may have blanks in them.
	if values := property.values(); len(values) > 0 {
		marks = append(marks, "values="+strings.Join(values, ","))
	}
	return marks
}

// values are the values that a text may have, or the texts in a list or map.
func (s *schema) values() []string {
	for _, of := range []*schema{s, s.Items, s.AdditionalProperties} {
		if of != nil && len(of.Enum) > 0 {
			return of.Enum
		}
	}
	return nil
}

// base is the type without its name, if what it is stands beside the name.
func (f field) base() string {
	if at := strings.Index(f.kind, "="); at >= 0 && !strings.HasPrefix(f.kind, "*") {
		return f.kind[at+1:]
	}
	return f.kind
}

// impliedDefault is the default that Kubernetes' generator writes for a field without one of its own: the zero value of what
// Go always writes.
func (f field) impliedDefault() string {
	switch {
	case f.isStruct:
		return "{}"
	case f.optional:
		return ""
	}
	switch f.base() {
	case "string":
		return `""`
	case "bool":
		return "false"
	case "int32", "int64", "float64":
		return "0"
	}
	return ""
}
