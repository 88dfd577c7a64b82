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
		text.WriteString(version.name + "\n")
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
