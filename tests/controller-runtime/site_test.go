package site

import (
	"context"
	"os"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

// suite is an environment with a running manager.
type suite struct {
	client.Client
	t   *testing.T
	ctx context.Context
}

// start takes the control plane of KUBECONFIG for envtest's.
func start(t *testing.T) *suite {
	ctrl.SetLogger(zap.New(zap.UseDevMode(true), zap.WriteTo(os.Stderr)))
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	must(t, err)
	existing := true
	environment := &envtest.Environment{
		Config:             config,
		UseExistingCluster: &existing,
		CRDInstallOptions:  envtest.CRDInstallOptions{Paths: []string{"config"}, ErrorIfPathMissing: true, CleanUpAfterUse: true},
	}
	config, err = environment.Start()
	must(t, err)
	t.Cleanup(func() { must(t, environment.Stop()) })
	s := &suite{t: t, ctx: t.Context()}
	s.run(config)
	return s
}

// run runs the manager until the test ends.
func (s *suite) run(config *rest.Config) {
	scheme := runtime.NewScheme()
	must(s.t, clientgoscheme.AddToScheme(scheme))
	must(s.t, AddToScheme(scheme))
	mgr, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:                        scheme,
		Metrics:                       metricsserver.Options{BindAddress: "0"},
		LeaderElection:                true,
		LeaderElectionID:              "sites.example.com",
		LeaderElectionNamespace:       "default",
		LeaderElectionReleaseOnCancel: true,
	})
	must(s.t, err)
	must(s.t, (&Reconciler{Client: mgr.GetClient()}).SetupWithManager(mgr))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- mgr.Start(ctx) }()
	s.t.Cleanup(func() {
		cancel()
		must(s.t, <-ended)
	})
	s.Client, err = client.New(config, client.Options{Scheme: scheme})
	must(s.t, err)
}

// eventually waits until a condition holds.
func (s *suite) eventually(what string, holds func() (bool, error)) {
	s.t.Helper()
	check := func(context.Context) (bool, error) { return holds() }
	if err := wait.PollUntilContextTimeout(s.ctx, 20*time.Millisecond, 30*time.Second, true, check); err != nil {
		s.t.Fatalf("%s: %v", what, err)
	}
}

// shows waits for a ConfigMap with a message.
func (s *suite) shows(name, message string) *corev1.ConfigMap {
	s.t.Helper()
	found := &corev1.ConfigMap{}
	s.eventually(name+" shows "+message, func() (bool, error) {
		err := s.Get(s.ctx, client.ObjectKey{Namespace: "default", Name: name}, found)
		return err == nil && found.Data["message"] == message, client.IgnoreNotFound(err)
	})
	return found
}

func (s *suite) isGone(object client.Object) {
	s.t.Helper()
	s.eventually(object.GetName()+" is gone", func() (bool, error) {
		err := s.Get(s.ctx, client.ObjectKeyFromObject(object), object)
		return apierrors.IsNotFound(err), client.IgnoreNotFound(err)
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newSite(name, message string) *Site {
	return &Site{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name}, Spec: SiteSpec{Message: message}}
}

func TestSite(t *testing.T) {
	s := start(t)
	run := func(name string, test func(*suite)) {
		t.Run(name, func(t *testing.T) { test(&suite{Client: s.Client, t: t, ctx: t.Context()}) })
	}
	run("its config map follows it", (*suite).followsIt)
	run("its life ends with the finalizer and the collection of what it owns", (*suite).ends)
	run("what the server refuses is told in its words", (*suite).refuses)
	run("clients of other kinds see the same", (*suite).otherClients)
}

func (s *suite) followsIt() {
	site := newSite("home", "hello")
	must(s.t, s.Create(s.ctx, site))
	shown := s.shows("home", "hello")
	if !metav1.IsControlledBy(shown, site) {
		s.t.Fatalf("the config map is not controlled by the site: %v", shown.OwnerReferences)
	}
	s.eventually("the status is that of the first generation", func() (bool, error) {
		err := s.Get(s.ctx, client.ObjectKeyFromObject(site), site)
		return site.Status.ObservedGeneration == 1 && site.Status.ConfigMap == "home", err
	})
	if !controllerutil.ContainsFinalizer(site, finalizer) {
		s.t.Fatalf("the finalizer is missing: %v", site.Finalizers)
	}

	change := client.RawPatch("application/merge-patch+json", []byte(`{"spec":{"message":"bye"}}`))
	must(s.t, s.Patch(s.ctx, site, change))
	s.shows("home", "bye")

	// The controller sees the metadata of config maps only, and that is enough to mend them.
	must(s.t, s.Delete(s.ctx, shown))
	again := s.shows("home", "bye")
	if again.UID == shown.UID {
		s.t.Fatal("the config map was not made anew")
	}
	again.OwnerReferences[0].BlockOwnerDeletion = nil
	again.Data["message"] = "vandals"
	must(s.t, s.Update(s.ctx, again))
	s.shows("home", "bye")
}

func (s *suite) ends() {
	site := newSite("short", "once")
	must(s.t, s.Create(s.ctx, site))
	shown := s.shows("short", "once")
	must(s.t, s.Delete(s.ctx, site, client.PropagationPolicy(metav1.DeletePropagationBackground)))
	s.isGone(site)
	s.shows("farewell-short", "once")
	s.isGone(shown)
}

func (s *suite) refuses() {
	err := s.Create(s.ctx, newSite("empty", ""))
	if !apierrors.IsInvalid(err) {
		s.t.Fatalf("a site without a message: %v", err)
	}
	site := newSite("twice", "hello")
	must(s.t, s.Create(s.ctx, site))
	if err := s.Create(s.ctx, newSite("twice", "hello")); !apierrors.IsAlreadyExists(err) {
		s.t.Fatalf("a second site of that name: %v", err)
	}
	stale := site.DeepCopyObject().(*Site)
	s.eventually("the finalizer is there", func() (bool, error) {
		err := s.Get(s.ctx, client.ObjectKeyFromObject(site), site)
		return controllerutil.ContainsFinalizer(site, finalizer), err
	})
	if err := s.Update(s.ctx, stale); !apierrors.IsConflict(err) {
		s.t.Fatalf("an update of a stale site: %v", err)
	}
	locked := client.MergeFromWithOptions(stale.DeepCopyObject().(*Site), client.MergeFromWithOptimisticLock{})
	stale.Spec.Message = "late"
	if err := s.Patch(s.ctx, stale, locked); !apierrors.IsConflict(err) {
		s.t.Fatalf("a patch of a stale site: %v", err)
	}
}

func (s *suite) otherClients() {
	untyped := &unstructured.UnstructuredList{}
	untyped.SetGroupVersionKind(groupVersion.WithKind("SiteList"))
	must(s.t, s.List(s.ctx, untyped, client.InNamespace("default"), client.Limit(1)))
	if len(untyped.Items) != 1 || untyped.GetContinue() == "" {
		s.t.Fatalf("a page of one site: %d items, continue %q", len(untyped.Items), untyped.GetContinue())
	}
	metadata := &metav1.PartialObjectMetadataList{}
	metadata.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("ConfigMapList"))
	must(s.t, s.List(s.ctx, metadata, client.InNamespace("default"), client.MatchingFields{"metadata.name": "home"}))
	if len(metadata.Items) != 1 || len(metadata.Items[0].OwnerReferences) != 1 {
		s.t.Fatalf("the metadata of the config map: %v", metadata.Items)
	}
	dry := newSite("dry", "run")
	must(s.t, s.Create(s.ctx, dry, client.DryRunAll))
	if err := s.Get(s.ctx, client.ObjectKeyFromObject(dry), dry); !apierrors.IsNotFound(err) {
		s.t.Fatalf("a site that was created as a dry run: %v", err)
	}
	must(s.t, s.DeleteAllOf(s.ctx, &Site{}, client.InNamespace("default")))
	s.eventually("no site is left", func() (bool, error) {
		sites := &SiteList{}
		err := s.List(s.ctx, sites)
		return len(sites.Items) == 0, err
	})
}
