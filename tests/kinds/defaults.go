package main

import (
	"encoding/json"
	"math/rand"
	"reflect"
	"strings"

	quantity "k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/kubernetes/pkg/api/legacyscheme"

	// Each registers its group's types with the functions that set defaults.
	_ "k8s.io/kubernetes/pkg/apis/admissionregistration/install"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/authentication/install"
	_ "k8s.io/kubernetes/pkg/apis/authorization/install"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install"
	_ "k8s.io/kubernetes/pkg/apis/batch/install"
	_ "k8s.io/kubernetes/pkg/apis/certificates/install"
	_ "k8s.io/kubernetes/pkg/apis/coordination/install"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/discovery/install"
	_ "k8s.io/kubernetes/pkg/apis/events/install"
	_ "k8s.io/kubernetes/pkg/apis/flowcontrol/install"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	_ "k8s.io/kubernetes/pkg/apis/node/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
	_ "k8s.io/kubernetes/pkg/apis/resource/install"
	_ "k8s.io/kubernetes/pkg/apis/scheduling/install"
	_ "k8s.io/kubernetes/pkg/apis/storage/install"
)

// rounds is how many objects of each kind are tried.
const rounds = 1500

// deepest is how often a type may stand in itself in objects that are tried.
const deepest = 1

// place is a field of a struct.
type place struct {
	owner reflect.Type
	name  string
}

// outcomes are what became of a field that was empty, in all objects that were tried: JSON, or "" if it stayed empty.
type outcomes map[place]map[string]bool

// defaults finds the fields that get a value of their own whenever they are empty, whatever stands beside them: what the server's
// own functions do to many objects made at random says so. A field whose value depends on others is none of them: strategies
// know it.
func defaults(schemas map[string]*schema) map[place]string {
	seen := outcomes{}
	for kind, of := range legacyscheme.Scheme.AllKnownTypes() {
		if kind.Version == runtime.APIVersionInternal || !generallyAvailable.MatchString(kind.Version) {
			continue
		}
		if strings.HasSuffix(kind.Kind, "List") || strings.HasSuffix(kind.Kind, "Options") {
			continue
		}
		random := maker{rand.New(rand.NewSource(1)), schemas, map[reflect.Type]int{}}
		for range rounds {
			object := reflect.New(of)
			random.fill(object.Elem())
			before := object.Interface().(runtime.Object).DeepCopyObject()
			legacyscheme.Scheme.Default(object.Interface().(runtime.Object))
			seen.compare(reflect.ValueOf(before).Elem(), object.Elem())
		}
	}
	always := map[place]string{}
	for where, values := range seen {
		for value := range values {
			if len(values) == 1 && value != "" {
				always[where] = value
			}
		}
	}
	return always
}

// maker makes objects at random.
type maker struct {
	*rand.Rand
	schemas map[string]*schema
	inside  map[reflect.Type]int
}

// fill gives some fields of a value a value.
func (m maker) fill(value reflect.Value) {
	if words[value.Type()] != "" {
		m.fillWord(value)
		return
	}
	switch value.Kind() {
	case reflect.Struct:
		if m.inside[value.Type()] > deepest {
			return
		}
		m.inside[value.Type()]++
		for i := range value.NumField() {
			member := value.Type().Field(i)
			if values := m.schemas[definition(value.Type())].enum(member); len(values) > 0 && m.Intn(4) > 0 {
				m.choose(value.Field(i), values)
			} else if member.Anonymous || m.Intn(2) == 0 {
				m.fill(value.Field(i))
			}
		}
		m.inside[value.Type()]--
	case reflect.Pointer:
		value.Set(reflect.New(value.Type().Elem()))
		m.fill(value.Elem())
	case reflect.Slice:
		value.Set(reflect.MakeSlice(value.Type(), 1, 1))
		m.fill(value.Index(0))
	case reflect.Map:
		value.Set(reflect.MakeMap(value.Type()))
		content := reflect.New(value.Type().Elem()).Elem()
		m.fill(content)
		key := []string{"cpu", "memory", "storage"}[m.Intn(3)]
		value.SetMapIndex(reflect.ValueOf(key).Convert(value.Type().Key()), content)
	case reflect.String:
		value.SetString([]string{"a", "a:latest", "rbac.authorization.k8s.io", "Group", "b"}[m.Intn(5)])
	case reflect.Bool:
		value.SetBool(m.Intn(2) == 0)
	case reflect.Int32, reflect.Int64:
		value.SetInt(int64(m.Intn(9)))
	}
}

func (m maker) fillWord(value reflect.Value) {
	if value.Type() == reflect.TypeFor[quantity.Quantity]() {
		value.Set(reflect.ValueOf(quantity.MustParse([]string{"1", "100m", "1Gi"}[m.Intn(3)])))
	}
}

// choose sets a text, or a pointer to one, to one of the values that it may have.
func (m maker) choose(value reflect.Value, values []string) {
	text := values[m.Intn(len(values))]
	if value.Kind() == reflect.Pointer {
		value.Set(reflect.New(value.Type().Elem()))
		value = value.Elem()
	}
	if value.Kind() == reflect.String {
		value.SetString(text)
	}
}

// enum are the values that the schema lists for a field.
func (s *schema) enum(member reflect.StructField) []string {
	name, _, _ := strings.Cut(member.Tag.Get("json"), ",")
	if s == nil || s.Properties[name] == nil {
		return nil
	}
	return s.Properties[name].Enum
}

// compare notes what became of each field that was empty.
func (o outcomes) compare(before, after reflect.Value) {
	if words[before.Type()] != "" {
		return
	}
	switch before.Kind() {
	case reflect.Struct:
		o.compareFields(before.Type(), before, after)
	case reflect.Pointer:
		// Some defaults take away what makes no sense beside them.
		if !before.IsNil() && !after.IsNil() {
			o.compare(before.Elem(), after.Elem())
		}
	case reflect.Slice:
		for i := range min(before.Len(), after.Len()) {
			o.compare(before.Index(i), after.Index(i))
		}
	}
}

// compareFields does so for the fields of a struct. Those of embedded structs are fields of the owner.
func (o outcomes) compareFields(owner reflect.Type, before, after reflect.Value) {
	for i := range before.NumField() {
		member := before.Type().Field(i)
		old, new := before.Field(i), after.Field(i)
		name, _, _ := strings.Cut(member.Tag.Get("json"), ",")
		switch {
		case !member.IsExported():
		case name == "" && old.Kind() == reflect.Struct:
			o.compareFields(owner, old, new)
		default:
			// A word is a moment or a quantity: none has a default that does not depend on anything.
			if old.IsZero() && old.Kind() != reflect.Struct && !isWord(member.Type) {
				o.note(place{owner, name}, new)
			}
			o.compare(old, new)
		}
	}
}

func isWord(of reflect.Type) bool {
	return words[of] != "" || of.Kind() == reflect.Pointer && words[of.Elem()] != ""
}

func (o outcomes) note(where place, value reflect.Value) {
	text := ""
	// Lists and maps without content are left out when they are written.
	isEmpty := (value.Kind() == reflect.Map || value.Kind() == reflect.Slice) && value.Len() == 0
	if !value.IsZero() && !isEmpty {
		encoded, err := json.Marshal(value.Interface())
		if err != nil {
			panic(err)
		}
		text = string(encoded)
	}
	if o[where] == nil {
		o[where] = map[string]bool{}
	}
	o[where][text] = true
}
