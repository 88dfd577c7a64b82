package main

import (
	"reflect"
	"strings"
	"unicode"

	"k8s.io/apimachinery/pkg/runtime"
	version "k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
)

// internals are the server's own types beside those of its API: what its errors print of an object follows from them.
type internals struct {
	// The fields of the server's own type, by the API's type.
	found map[reflect.Type][]internalField
}

// internalField is a field of one of the server's own types.
type internalField struct {
	// As Go's encoder writes it: these types have no names for JSON.
	name string
	// The name of the API's field, with a ^ before it if that stands in the struct around; empty if there is none.
	json string
	// What the API's field is not: "value" or "pointer".
	differs string
}

// findInternals pairs the types of every kind, and of what they are made of.
func findInternals() internals {
	all := internals{map[reflect.Type][]internalField{}}
	known := legacyscheme.Scheme.AllKnownTypes()
	for kind, of := range known {
		own := version.GroupVersionKind{Group: kind.Group, Version: runtime.APIVersionInternal, Kind: kind.Kind}
		if internal := known[own]; internal != nil && generallyAvailable.MatchString(kind.Version) {
			all.pair(of, internal, nil)
		}
	}
	return all
}

func (a *internals) pair(of, internal, outer reflect.Type) {
	if _, done := a.found[of]; done || of == internal || words[of] != "" {
		return
	}
	a.found[of] = nil
	a.found[of] = a.fields(of, internal, outer)
}

func (a *internals) fields(of, internal, outer reflect.Type) []internalField {
	var all []internalField
	for i := range internal.NumField() {
		member := internal.Field(i)
		tag, _, _ := strings.Cut(member.Tag.Get("json"), ",")
		switch {
		case member.Name == "TypeMeta" || !member.IsExported() || tag == "-":
			continue
		case member.Name == "ObjectMeta" || member.Name == "ListMeta":
			all = append(all, internalField{name: "", json: "metadata"})
			continue
		case member.Anonymous && tag == "":
			inner := of
			if own, is := of.FieldByName(member.Name); is && own.Type.Kind() == reflect.Struct {
				inner = own.Type
			}
			all = append(all, a.fields(inner, member.Type, outer)...)
			continue
		}
		made := internalField{name: member.Name}
		if tag != "" {
			made.name = tag
		}
		own, is := of.FieldByName(member.Name)
		if !is && outer != nil {
			if own, is = outer.FieldByName(member.Name); is {
				made.json = "^"
			}
		}
		if is {
			name, _, _ := strings.Cut(own.Tag.Get("json"), ",")
			made.json += name
			if pointer := member.Type.Kind() == reflect.Pointer; pointer != (own.Type.Kind() == reflect.Pointer) {
				made.differs = map[bool]string{true: "pointer", false: "value"}[pointer]
			}
			a.below(own.Type, member.Type, of)
		}
		all = append(all, made)
	}
	return all
}

// below goes on with what a field is made of.
func (a *internals) below(of, internal, outer reflect.Type) {
	for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice || of.Kind() == reflect.Map {
		of = of.Elem()
	}
	for internal.Kind() == reflect.Pointer || internal.Kind() == reflect.Slice || internal.Kind() == reflect.Map {
		internal = internal.Elem()
	}
	if of.Kind() == reflect.Struct && internal.Kind() == reflect.Struct {
		a.pair(of, internal, outer)
	}
}

// print writes internal.txt: a block for each struct of the API that the server does not print as its table says, with a name in
// capitals for each of its fields in their order.
func (a *internals) print() string {
	byName := map[string]reflect.Type{}
	for of := range a.found {
		byName[name(of)] = of
	}
	var text strings.Builder
	for _, name := range sorted(byName) {
		of := byName[name]
		if a.isImplied(of) {
			continue
		}
		text.WriteString(name + "\n")
		for _, field := range a.found[of] {
			words := []string{" " + field.name, field.json, field.differs}
			if field.name == capital(field.json) {
				words[0] = " ="
			}
			text.WriteString(strings.TrimRight(strings.Join(words, " "), " ") + "\n")
		}
	}
	return text.String()
}

// isImplied says whether the fields are those of the API's type in their order, with a capital in front of each.
func (a *internals) isImplied(of reflect.Type) bool {
	api := structs{found: map[reflect.Type][]field{}}
	fields := api.fields(of, of, embedded{})
	var expected []internalField
	for _, field := range fields {
		switch field.name {
		case "kind", "apiVersion":
			if _, is := of.FieldByName("TypeMeta"); is {
				continue
			}
		case "metadata":
			expected = append(expected, internalField{json: "metadata"})
			continue
		}
		expected = append(expected, internalField{name: capital(field.name), json: field.name})
	}
	found := a.found[of]
	if len(found) != len(expected) {
		return false
	}
	for i := range found {
		if found[i] != expected[i] {
			return false
		}
	}
	return true
}

func capital(text string) string {
	for i, first := range text {
		return string(unicode.ToUpper(first)) + text[i+1:]
	}
	return text
}
