package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// print writes structs.txt.
func (s *structs) print(schemas map[string]*schema, set map[place]string) (string, error) {
	byName := map[string]reflect.Type{}
	for of := range s.found {
		byName[name(of)] = of
	}
	var text strings.Builder
	for _, name := range sorted(byName) {
		of := byName[name]
		described := schemas[definition(of)]
		text.WriteString(name)
		if described != nil && described.MapType != "" {
			text.WriteString(" " + described.MapType)
		}
		if described != nil {
			for _, union := range described.Unions {
				text.WriteString(union.print())
			}
		}
		text.WriteString("\n")
		for _, field := range s.found[of] {
			printed := field.name
			if field.optional {
				printed += "?"
			}
			if value := set[place{of, field.name}]; value != "" {
				field.marks = append(field.marks, "set="+value)
			}
			words := slices.Concat([]string{" " + printed, field.kind}, field.marks, described.marks(field))
			for _, word := range words[1:] {
				if strings.HasPrefix(word, "format=") {
					return "", fmt.Errorf("%s.%s: %s does not follow from the type", name, field.name, word)
				}
				if strings.ContainsAny(word, " \n") && !strings.HasPrefix(word, "values=") {
					return "", fmt.Errorf("%s.%s: a blank in %q", name, field.name, word)
				}
			}
			text.WriteString(strings.Join(words, " ") + "\n")
		}
	}
	return text.String(), nil
}

// printResources writes resources.txt.
func printResources(served []groupVersion) string {
	var text strings.Builder
	for _, version := range served {
		text.WriteString(version.name)
		if version.priority != (priority{}) {
			fmt.Fprintf(&text, " priority=%d,%d", version.priority.Group, version.priority.Version)
		}
		text.WriteString("\n")
		for _, of := range version.resources {
			verbs := strings.Join(of.Verbs, ",")
			if _, subresource, is := strings.Cut(of.Name, "/"); is {
				words := []string{"  " + subresource, of.Kind, verbs}
				if of.Version != "" {
					words = append(words, "version="+strings.TrimPrefix(of.Group+"/"+of.Version, "/"))
				}
				text.WriteString(strings.Join(words, " ") + "\n")
				continue
			}
			scope := "cluster"
			if of.Namespaced {
				scope = "namespaced"
			}
			words := []string{" " + of.Name, of.SingularName, of.Kind, scope, verbs}
			for _, option := range []struct{ name, value string }{
				{"list", of.listKind}, {"short", strings.Join(of.ShortNames, ",")},
				{"categories", strings.Join(of.Categories, ",")}, {"hash", of.StorageVersionHash},
			} {
				if option.value != "" {
					words = append(words, option.name+"="+option.value)
				}
			}
			if of.returned {
				words = append(words, "returned")
			}
			text.WriteString(strings.Join(words, " ") + "\n")
		}
	}
	return text.String()
}

// printColumns writes columns.txt. A description that several resources have stands at the top, named after the column.
func printColumns(served []groupVersion) string {
	counts, names, taken := map[string]int{}, map[string]string{}, map[string]int{}
	for _, version := range served {
		for _, of := range version.resources {
			for _, column := range of.columns {
				counts[column.Description]++
			}
		}
	}
	var top, text strings.Builder
	for _, version := range served {
		for _, of := range version.resources {
			if len(of.columns) > 0 {
				text.WriteString(version.name + " " + of.Name + "\n")
			}
			for _, column := range of.columns {
				description := escape(column.Description)
				if counts[column.Description] > 1 && names[description] == "" {
					name := "@" + column.Name
					if taken[name]++; taken[name] > 1 {
						name = fmt.Sprintf("%s %d", name, taken[name])
					}
					names[description] = name
					top.WriteString(name + "|" + description + "\n")
				}
				if name := names[description]; name != "" {
					description = name
				}
				fmt.Fprintf(&text, " %s|%s|%s|%d|%s\n", column.Name, column.Type, column.Format, column.Priority, description)
			}
		}
	}
	return top.String() + text.String()
}

// printDescriptions writes descriptions.txt: what the documents say of the types that all versions share, and of options.
func printDescriptions(schemas map[string]*schema, options map[string]map[string]string) string {
	all := map[string]map[string]string{}
	for _, name := range sorted(schemas) {
		short, shared := strings.CutPrefix(name, "io.k8s.apimachinery.pkg.")
		short = strings.TrimPrefix(short, "apis.")
		if scale := strings.TrimPrefix(name, "io.k8s.api."); strings.HasPrefix(scale, "autoscaling.v1.Scale") {
			short, shared = scale, true
		}
		if !shared {
			continue
		}
		parts := strings.Split(short, ".")
		last := len(parts) - 1
		texts := map[string]string{"": schemas[name].Description}
		for property, of := range schemas[name].Properties {
			texts[property] = of.Description
		}
		all[strings.Join(parts[:last], "/")+"."+parts[last]] = texts
	}
	for name, texts := range options {
		if all[name] == nil {
			all[name] = texts
		}
	}
	var text strings.Builder
	for _, name := range sorted(all) {
		text.WriteString(name + "\n")
		for _, property := range sorted(all[name]) {
			if all[name][property] != "" {
				text.WriteString(" " + property + "|" + escape(all[name][property]) + "\n")
			}
		}
	}
	return text.String()
}

// escape writes a text on one line. None has a backslash of its own.
func escape(text string) string {
	return strings.ReplaceAll(text, "\n", `\n`)
}

func sorted[V any](all map[string]V) []string {
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
