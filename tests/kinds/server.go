package main

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// table asks for a list as a table.
const table = "application/json;as=Table;v=v1;g=meta.k8s.io"

// generallyAvailable are the versions of groups that are served by default.
var generallyAvailable = regexp.MustCompile(`^v\d+$`)

type server struct {
	address, token string
}

// groupVersion is a served version of a group.
type groupVersion struct {
	name      string
	resources []resource
	priority  priority
}

// priority says where a group stands among the others, and the version in it.
type priority struct {
	Group   int `json:"groupPriorityMinimum"`
	Version int `json:"versionPriority"`
}

// resource is a served resource or subresource, as discovery and its list in form of a table show it.
type resource struct {
	Name, SingularName, Group, Version, Kind, StorageVersionHash string
	Namespaced                                                   bool
	Verbs, ShortNames, Categories                                []string

	listKind string
	columns  []column
	// Whether a deletion is answered with the object.
	returned bool
}

type column struct {
	Name, Type, Format, Description string
	Priority                        int
}

// get decodes the answer to a GET request.
func (s server) get(path, accept string, into any) error {
	request, err := http.NewRequest(http.MethodGet, s.address+path, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+s.token)
	request.Header.Set("Accept", accept)
	// The server's certificate is its own, made for the loopback address.
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s", path, response.Status)
	}
	return json.NewDecoder(response.Body).Decode(into)
}

// groupVersions are the served versions in the server's order.
func (s server) groupVersions() ([]string, error) {
	var groups struct {
		Groups []struct {
			Versions []struct{ GroupVersion, Version string }
		}
	}
	if err := s.get("/apis", "application/json", &groups); err != nil {
		return nil, err
	}
	all := []string{"v1"}
	for _, group := range groups.Groups {
		for _, version := range group.Versions {
			if generallyAvailable.MatchString(version.Version) {
				all = append(all, version.GroupVersion)
			}
		}
	}
	return all, nil
}

func (s server) resources() ([]groupVersion, error) {
	names, err := s.groupVersions()
	if err != nil {
		return nil, err
	}
	priorities, err := s.priorities()
	if err != nil {
		return nil, err
	}
	returned, err := s.returned()
	if err != nil {
		return nil, err
	}
	var all []groupVersion
	for _, name := range names {
		var list struct{ Resources []resource }
		if err := s.get(root(name), "application/json", &list); err != nil {
			return nil, err
		}
		for i := range list.Resources {
			if err := s.look(root(name), &list.Resources[i]); err != nil {
				return nil, err
			}
			list.Resources[i].returned = returned[list.Resources[i].path(root(name))]
		}
		all = append(all, groupVersion{name, list.Resources, priorities[name]})
	}
	return all, nil
}

// path is the path of an object.
func (r resource) path(root string) string {
	if r.Namespaced {
		root += "/namespaces/{namespace}"
	}
	return root + "/" + r.Name + "/{name}"
}

// returned are the paths of objects whose deletion is answered with the object and not with a Status.
func (s server) returned() (map[string]bool, error) {
	var document struct {
		Paths map[string]struct {
			Delete struct {
				Action    string `json:"x-kubernetes-action"`
				Responses map[string]struct {
					Schema struct {
						Ref string `json:"$ref"`
					}
				}
			}
		}
	}
	if err := s.get("/openapi/v2", "application/json", &document); err != nil {
		return nil, err
	}
	all := map[string]bool{}
	for path, operations := range document.Paths {
		answer := operations.Delete.Responses["200"].Schema.Ref
		all[path] = operations.Delete.Action == "delete" && !strings.HasSuffix(answer, ".meta.v1.Status")
	}
	return all, nil
}

// priorities are what APIServices say of the versions of groups. The group of APIServices has none.
func (s server) priorities() (map[string]priority, error) {
	var list struct {
		Items []struct {
			Spec struct {
				Group, Version string
				priority
			}
		}
	}
	if err := s.get("/apis/apiregistration.k8s.io/v1/apiservices", "application/json", &list); err != nil {
		return nil, err
	}
	all := map[string]priority{}
	for _, item := range list.Items {
		all[strings.TrimPrefix(item.Spec.Group+"/"+item.Spec.Version, "/")] = item.Spec.priority
	}
	return all, nil
}

// look fills in what a resource's list shows.
func (s server) look(root string, of *resource) error {
	for _, verb := range of.Verbs {
		if verb != "list" {
			continue
		}
		path := root + "/" + of.Name
		var list struct{ Kind string }
		if err := s.get(path+"?limit=1", "application/json", &list); err != nil {
			return err
		}
		var shown struct{ ColumnDefinitions []column }
		if err := s.get(path+"?limit=1", table, &shown); err != nil {
			return err
		}
		of.listKind, of.columns = list.Kind, shown.ColumnDefinitions
	}
	return nil
}

// schemas are the schemas of all OpenAPI documents.
func (s server) schemas() (map[string]*schema, error) {
	var index struct{ Paths map[string]struct{} }
	if err := s.get("/openapi/v3", "application/json", &index); err != nil {
		return nil, err
	}
	all := map[string]*schema{}
	for path := range index.Paths {
		var document struct {
			Components struct{ Schemas map[string]*schema }
		}
		if err := s.get("/openapi/v3/"+path, "application/json", &document); err != nil {
			return nil, err
		}
		for name, found := range document.Components.Schemas {
			all[name] = found
		}
	}
	return all, nil
}

// root is the path beneath which the resources of a version are.
func root(groupVersion string) string {
	if strings.Contains(groupVersion, "/") {
		return "/apis/" + groupVersion
	}
	return "/api/" + groupVersion
}
