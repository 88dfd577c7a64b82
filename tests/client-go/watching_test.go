package client

import (
	"context"
	"fmt"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/events"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"

	"k8s.io/client-go/kubernetes/scheme"
)

func TestInformersOfAFactory(t *testing.T) {
	clients := typed(t)
	space := namespace(t, clients)
	for index := range 3 {
		create(t, space, fmt.Sprintf("early-%d", index))
	}
	factory := informers.NewSharedInformerFactoryWithOptions(clients, time.Hour, informers.WithNamespace(space))
	seen := make(chan string, 100)
	informer := factory.Core().V1().ConfigMaps()
	_, err := informer.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { seen <- "add " + object.(*corev1.ConfigMap).Name },
		UpdateFunc: func(_, object any) { seen <- "update " + object.(*corev1.ConfigMap).Name },
		DeleteFunc: func(object any) { seen <- "delete " + object.(*corev1.ConfigMap).Name },
	})
	must(t, err)
	factory.Start(t.Context().Done())
	for kind, synced := range factory.WaitForCacheSync(t.Context().Done()) {
		equal(t, fmt.Sprint(kind, " is synced"), synced, true)
	}
	listed, err := informer.Lister().ConfigMaps(space).List(labels.Everything())
	must(t, err)
	if len(listed) < 3 {
		t.Fatalf("the lister has %d config maps", len(listed))
	}

	maps := clients.CoreV1().ConfigMaps(space)
	made := create(t, space, "late")
	made.Data = map[string]string{"a": "b"}
	_, err = maps.Update(t.Context(), made, metav1.UpdateOptions{})
	must(t, err)
	must(t, maps.Delete(t.Context(), "late", metav1.DeleteOptions{}))
	for _, expected := range []string{"add late", "update late", "delete late"} {
		await(t, seen, expected)
	}
}

func TestMetadataInformers(t *testing.T) {
	space := namespace(t, typed(t))
	clients, err := metadata.NewForConfig(config(t))
	must(t, err)
	seen := make(chan string, 100)
	informer := metadatainformer.NewFilteredSharedInformerFactory(clients, 0, space, nil).
		ForResource(schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}).Informer()
	_, err = informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: func(object any) { seen <- object.(*metav1.PartialObjectMetadata).Name },
	})
	must(t, err)
	go informer.Run(t.Context().Done())
	create(t, space, "light")
	await(t, seen, "light")
}

func TestLeaderElection(t *testing.T) {
	clients := typed(t)
	space := namespace(t, clients)
	leads := make(chan string, 10)
	run := func(ctx context.Context, name string) {
		leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{
			Lock: &resourcelock.LeaseLock{
				LeaseMeta:  metav1.ObjectMeta{Namespace: space, Name: "lock"},
				Client:     clients.CoordinationV1(),
				LockConfig: resourcelock.ResourceLockConfig{Identity: name},
			},
			ReleaseOnCancel: true,
			LeaseDuration:   time.Second,
			RenewDeadline:   800 * time.Millisecond,
			RetryPeriod:     100 * time.Millisecond,
			Callbacks: leaderelection.LeaderCallbacks{
				OnStartedLeading: func(context.Context) { leads <- name },
				OnStoppedLeading: func() {},
			},
		})
	}
	first, stop := context.WithCancel(t.Context())
	go run(first, "first")
	await(t, leads, "first")
	go run(t.Context(), "second")
	stop()
	await(t, leads, "second")
	lease, err := clients.CoordinationV1().Leases(space).Get(t.Context(), "lock", metav1.GetOptions{})
	must(t, err)
	equal(t, "the holder", *lease.Spec.HolderIdentity, "second")
	equal(t, "transitions", *lease.Spec.LeaseTransitions, 1)
}

func TestEvents(t *testing.T) {
	clients := typed(t)
	space := namespace(t, clients)
	about := create(t, space, "topic")
	broadcaster := events.NewBroadcaster(&events.EventSinkImpl{Interface: clients.EventsV1()})
	broadcaster.StartRecordingToSink(t.Context().Done())
	defer broadcaster.Shutdown()
	found, err := clients.EventsV1().Events(space).Watch(t.Context(), metav1.ListOptions{FieldSelector: "reason=Tested"})
	must(t, err)
	defer found.Stop()
	recorder := broadcaster.NewRecorder(scheme.Scheme, "tester")
	recorder.Eventf(about, nil, corev1.EventTypeNormal, "Tested", "Test", "it was %s", "tested")
	<-found.ResultChan()
	old, err := clients.CoreV1().Events(space).List(t.Context(), metav1.ListOptions{FieldSelector: "involvedObject.name=topic"})
	must(t, err)
	equal(t, "the message in the old API", old.Items[0].Message, "it was tested")
}

func create(t *testing.T, space, name string) *corev1.ConfigMap {
	made, err := typed(t).CoreV1().ConfigMaps(space).Create(t.Context(), &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: name},
	}, metav1.CreateOptions{})
	must(t, err)
	return made
}

// await waits for a value, whatever comes before it.
func await(t *testing.T, values <-chan string, expected string) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		select {
		case value := <-values:
			if value == expected {
				return
			}
		case <-deadline:
			t.Fatalf("%q did not come", expected)
		}
	}
}
