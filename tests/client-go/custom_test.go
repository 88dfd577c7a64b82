package client

import (
	"context"
	"slices"
	"testing"
	"time"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/client/clientset/clientset"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/scale"
	"k8s.io/client-go/tools/cache"
)

var things = schema.GroupVersionResource{Group: "clientgo.example.com", Version: "v1", Resource: "things"}

// define makes the CRD of things with the apiextensions clientset, in protobuf.
func define(t *testing.T) {
	config := config(t)
	config.AcceptContentTypes = protobuf + ",application/json"
	config.ContentType = protobuf
	clients, err := clientset.NewForConfig(config)
	must(t, err)
	integer := apiextensionsv1.JSONSchemaProps{Type: "object", Properties: map[string]apiextensionsv1.JSONSchemaProps{
		"replicas": {Type: "integer", Default: &apiextensionsv1.JSON{Raw: []byte("1")}},
	}}
	text := ".status.selector"
	definition := &apiextensionsv1.CustomResourceDefinition{
		ObjectMeta: metav1.ObjectMeta{Name: things.GroupResource().String()},
		Spec: apiextensionsv1.CustomResourceDefinitionSpec{
			Group: things.Group,
			Names: apiextensionsv1.CustomResourceDefinitionNames{Plural: "things", Singular: "thing", Kind: "Thing", ListKind: "ThingList"},
			Scope: apiextensionsv1.NamespaceScoped,
			Versions: []apiextensionsv1.CustomResourceDefinitionVersion{{
				Name: things.Version, Served: true, Storage: true,
				Schema: &apiextensionsv1.CustomResourceValidation{OpenAPIV3Schema: &apiextensionsv1.JSONSchemaProps{
					Type: "object",
					Properties: map[string]apiextensionsv1.JSONSchemaProps{
						"spec": integer,
						"status": {Type: "object", Properties: map[string]apiextensionsv1.JSONSchemaProps{
							"replicas": {Type: "integer"}, "selector": {Type: "string"},
						}},
					},
				}},
				Subresources: &apiextensionsv1.CustomResourceSubresources{
					Status: &apiextensionsv1.CustomResourceSubresourceStatus{},
					Scale: &apiextensionsv1.CustomResourceSubresourceScale{
						SpecReplicasPath: ".spec.replicas", StatusReplicasPath: ".status.replicas", LabelSelectorPath: &text,
					},
				},
			}},
		},
	}
	made, err := clients.ApiextensionsV1().CustomResourceDefinitions().Create(t.Context(), definition, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		return
	}
	must(t, err)
	equal(t, "the default came back", string(made.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"].Properties["replicas"].Default.Raw), "1")
	established := func(ctx context.Context) (bool, error) {
		found, err := clients.ApiextensionsV1().CustomResourceDefinitions().Get(ctx, made.Name, metav1.GetOptions{})
		return err == nil && slices.ContainsFunc(found.Status.Conditions, func(condition apiextensionsv1.CustomResourceDefinitionCondition) bool {
			return condition.Type == apiextensionsv1.Established && condition.Status == apiextensionsv1.ConditionTrue
		}), err
	}
	must(t, wait.PollUntilContextTimeout(t.Context(), 20*time.Millisecond, 30*time.Second, true, established))
}

func thing(name string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": things.GroupVersion().String(), "kind": "Thing", "metadata": map[string]any{"name": name}, "spec": map[string]any{},
	}}
}

func TestDynamicClient(t *testing.T) {
	define(t)
	space := namespace(t, typed(t))
	clients, err := dynamic.NewForConfig(config(t))
	must(t, err)
	api := clients.Resource(things).Namespace(space)

	seen := make(chan string, 100)
	informer := dynamicinformer.NewFilteredDynamicSharedInformerFactory(clients, 0, space, nil).ForResource(things).Informer()
	_, err = informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { seen <- "add " + object.(*unstructured.Unstructured).GetName() },
		UpdateFunc: func(_, object any) { seen <- "update " + object.(*unstructured.Unstructured).GetName() },
	})
	must(t, err)
	go informer.Run(t.Context().Done())

	made, err := api.Create(t.Context(), thing("a"), metav1.CreateOptions{})
	must(t, err)
	replicas, _, _ := unstructured.NestedInt64(made.Object, "spec", "replicas")
	equal(t, "the default", replicas, 1)
	await(t, seen, "add a")
	must(t, unstructured.SetNestedField(made.Object, int64(2), "status", "replicas"))
	made, err = api.UpdateStatus(t.Context(), made, metav1.UpdateOptions{})
	must(t, err)
	await(t, seen, "update a")
	equal(t, "generation", made.GetGeneration(), 1)
	applied, err := api.Apply(t.Context(), "b", thing("b"), metav1.ApplyOptions{FieldManager: "m"})
	must(t, err)
	equal(t, "applied", applied.GetName(), "b")
	must(t, api.Delete(t.Context(), "a", metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions(string(made.GetUID()))}))
	list, err := api.List(t.Context(), metav1.ListOptions{})
	must(t, err)
	equal(t, "what is left", len(list.Items), 1)
}

func TestDiscoveryMappingAndScale(t *testing.T) {
	define(t)
	space := namespace(t, typed(t))
	client, err := discovery.NewDiscoveryClientForConfig(config(t))
	must(t, err)
	version, err := client.ServerVersion()
	must(t, err)
	equal(t, "major version", version.Major, "1")
	preferred, err := client.ServerPreferredResources()
	must(t, err)
	equal(t, "there are resources", len(preferred) > 1, true)
	_, err = client.OpenAPIV3().Paths()
	must(t, err)

	old := discovery.NewDiscoveryClientForConfigOrDie(config(t))
	old.UseLegacyDiscovery = true
	legacy, err := old.ServerPreferredResources()
	must(t, err)
	equal(t, "both ways of discovery find as much", len(legacy), len(preferred))

	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(client))
	mapping, err := mapper.RESTMapping(schema.GroupKind{Group: things.Group, Kind: "Thing"})
	must(t, err)
	equal(t, "scope", mapping.Scope.Name(), meta.RESTScopeNameNamespace)
	kind, err := restmapper.NewShortcutExpander(mapper, client, nil).KindFor(schema.GroupVersionResource{Resource: "cm"})
	must(t, err)
	equal(t, "cm", kind.Kind, "ConfigMap")

	dynamicClient := dynamic.NewForConfigOrDie(config(t))
	_, err = dynamicClient.Resource(things).Namespace(space).Create(t.Context(), thing("scaled"), metav1.CreateOptions{})
	must(t, err)
	scales, err := scale.NewForConfig(config(t), mapper, dynamic.LegacyAPIPathResolverFunc, scale.NewDiscoveryScaleKindResolver(client))
	must(t, err)
	current, err := scales.Scales(space).Get(t.Context(), things.GroupResource(), "scaled", metav1.GetOptions{})
	must(t, err)
	equal(t, "replicas", current.Spec.Replicas, 1)
	current.Spec.Replicas = 3
	current, err = scales.Scales(space).Update(t.Context(), things.GroupResource(), current, metav1.UpdateOptions{})
	must(t, err)
	equal(t, "replicas after the update", current.Spec.Replicas, 3)
}
