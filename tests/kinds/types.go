package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	discovery "k8s.io/api/apidiscovery/v2"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	quantity "k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/version"
	builtin "k8s.io/client-go/kubernetes/scheme"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

// words are the types with a decoder of their own.
var words = map[reflect.Type]string{
	reflect.TypeFor[meta.Time]():                                  "time",
	reflect.TypeFor[meta.MicroTime]():                             "micro-time",
	reflect.TypeFor[meta.FieldsV1]():                              "fields",
	reflect.TypeFor[quantity.Quantity]():                          "quantity",
	reflect.TypeFor[intstr.IntOrString]():                         "int-or-string",
	reflect.TypeFor[runtime.RawExtension]():                       "raw",
	reflect.TypeFor[apiextensions.JSON]():                         "json",
	reflect.TypeFor[apiextensions.JSONSchemaPropsOrBool]():        "schema-or-bool",
	reflect.TypeFor[apiextensions.JSONSchemaPropsOrArray]():       "schema-or-list",
	reflect.TypeFor[apiextensions.JSONSchemaPropsOrStringArray](): "schema-or-names",
}

// field is a field of a struct, with the fields of embedded structs in their place.
type field struct {
	name, kind string
	// Whether Go leaves it out if it is empty.
	optional, isStruct bool
	marks              []string
}

// embedded are the structs that a field stands in, from the outermost: their names, and their numbers in protobuf messages.
type embedded struct {
	names, numbers []string
}

func (e embedded) and(member reflect.StructField) embedded {
	return embedded{append(slices.Clone(e.names), member.Name), append(slices.Clone(e.numbers), number(member))}
}

// structs finds every struct that an object of a served group-version may contain.
type structs struct {
	found map[reflect.Type][]field
}

// findAll finds what all registered kinds are made of.
func (s *structs) findAll() error {
	all := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		builtin.AddToScheme, apiextensions.AddToScheme, apiregistration.AddToScheme, discovery.AddToScheme, meta.AddMetaToScheme,
	} {
		if err := add(all); err != nil {
			return err
		}
	}
	meta.AddToGroupVersion(all, meta.SchemeGroupVersion)
	for kind, of := range all.AllKnownTypes() {
		if generallyAvailable.MatchString(kind.Version) {
			s.find(of)
		}
	}
	s.find(reflect.TypeFor[version.Info]())
	return nil
}

// options are the descriptions of all structs with query parameters. No other part of a served document has them.
func (s *structs) options() map[string]map[string]string {
	all := map[string]map[string]string{}
	for of := range s.found {
		documented, is := reflect.New(of).Interface().(interface {
			runtime.Object
			SwaggerDoc() map[string]string
		})
		if is && strings.HasSuffix(of.Name(), "Options") {
			all[name(of)] = documented.SwaggerDoc()
		}
	}
	return all
}

func (s *structs) find(of reflect.Type) {
	if _, known := s.found[of]; known || words[of] != "" {
		return
	}
	s.found[of] = nil
	s.found[of] = s.fields(of, of, embedded{})
}

// fields are the fields of a struct, which stand in the embedded structs of outer.
func (s *structs) fields(owner, of reflect.Type, outer embedded) []field {
	var all []field
	for i := range of.NumField() {
		member := of.Field(i)
		name, options, _ := strings.Cut(member.Tag.Get("json"), ",")
		switch {
		case name == "" && strings.Contains(options, "inline"):
			all = append(all, s.fields(owner, member.Type, outer.and(member))...)
		case name != "" && name != "-":
			all = append(all, s.field(owner, member, name, options, outer))
		}
	}
	return all
}

func (s *structs) field(owner reflect.Type, member reflect.StructField, name, options string, outer embedded) field {
	made := field{name: name, kind: s.typeOf(owner, member.Type)}
	made.isStruct = member.Type.Kind() == reflect.Struct && words[member.Type] == ""
	for option := range strings.SplitSeq(options, ",") {
		switch option {
		case "omitempty", "omitzero":
			if option == "omitzero" || canBeEmpty(member.Type) {
				made.optional = true
			}
		case "":
		default:
			panic(fmt.Sprintf("%s.%s: unknown option %q", owner, name, option))
		}
	}
	// What is embedded without a number (TypeMeta) is in no message.
	if path := outer.and(member).numbers; !slices.Contains(path, "") {
		made.marks = append(made.marks, strings.Join(path, "."))
	}
	if len(outer.names) > 0 {
		made.marks = append(made.marks, "in="+strings.Join(outer.names, "."))
	}
	for strategy := range strings.SplitSeq(member.Tag.Get("patchStrategy"), ",") {
		switch strategy {
		case "merge":
			made.marks = append(made.marks, strings.TrimSuffix("merge="+member.Tag.Get("patchMergeKey"), "="))
		case "retainKeys":
			made.marks = append(made.marks, "retain-keys")
		case "replace":
			made.marks = append(made.marks, "replace")
		case "":
		default:
			panic(fmt.Sprintf("%s.%s: unknown patch strategy %q", owner, name, strategy))
		}
	}
	return made
}

// canBeEmpty says whether omitempty means anything to the type: structs are never empty.
func canBeEmpty(of reflect.Type) bool {
	return of.Kind() != reflect.Struct
}

// number is the number of the field in protobuf messages. The wire type beside it is wrong at times: it follows from the Go type.
func number(member reflect.StructField) string {
	parts := strings.Split(member.Tag.Get("protobuf"), ",")
	if len(parts) < 2 {
		return ""
	}
	return parts[1]
}

// typeOf writes a type. What is declared in the owner's package stands without its name.
func (s *structs) typeOf(owner, of reflect.Type) string {
	if word, is := words[of]; is {
		return word
	}
	declared := ""
	if of.Name() != "" && of.PkgPath() != "" {
		declared = of.Name()
		if of.PkgPath() != owner.PkgPath() {
			declared = name(of)
		}
	}
	if of.Kind() == reflect.Struct {
		s.find(of)
		return declared
	}
	kind := s.underlying(owner, of)
	if declared == "" {
		return kind
	}
	return declared + "=" + kind
}

func (s *structs) underlying(owner, of reflect.Type) string {
	switch of.Kind() {
	case reflect.Pointer:
		return "*" + s.typeOf(owner, of.Elem())
	case reflect.Slice:
		if of.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		return "[]" + s.typeOf(owner, of.Elem())
	case reflect.Map:
		key, _, _ := strings.Cut(s.typeOf(owner, of.Key()), "=")
		return "{" + key + "}" + s.typeOf(owner, of.Elem())
	case reflect.Interface:
		return "any"
	case reflect.String, reflect.Bool, reflect.Int32, reflect.Int64, reflect.Float64:
		return of.Kind().String()
	}
	panic(fmt.Sprintf("%s has a field of type %s", owner, of))
}

// name is the name of a type with the part of its package's path that says which it is.
func name(of reflect.Type) string {
	path := of.PkgPath()
	for _, prefix := range []string{"k8s.io/api/", "k8s.io/apimachinery/pkg/apis/", "k8s.io/apimachinery/pkg/",
		"k8s.io/apiextensions-apiserver/pkg/apis/", "k8s.io/kube-aggregator/pkg/apis/"} {
		if short, is := strings.CutPrefix(path, prefix); is {
			return short + "." + of.Name()
		}
	}
	panic(fmt.Sprintf("%s is in none of the packages that are expected", of))
}
