package site

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	corev1ac "k8s.io/client-go/applyconfigurations/core/v1"
	metav1ac "k8s.io/client-go/applyconfigurations/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
)

const (
	finalizer = "example.com/farewell"
	manager   = "site-controller"
)

// Reconciler keeps a ConfigMap for each Site.
type Reconciler struct {
	client.Client
}

// SetupWithManager watches sites, and of their ConfigMaps the metadata only.
func (r *Reconciler) SetupWithManager(mgr ctrl.Manager) error {
	return ctrl.NewControllerManagedBy(mgr).
		For(&Site{}).
		Owns(&corev1.ConfigMap{}, builder.OnlyMetadata).
		Complete(r)
}

// Reconcile takes a site to where its spec wants it.
func (r *Reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	site := &Site{}
	if err := r.Get(ctx, request.NamespacedName, site); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if !site.DeletionTimestamp.IsZero() {
		return ctrl.Result{}, r.sayFarewell(ctx, site)
	}
	if controllerutil.AddFinalizer(site, finalizer) {
		return ctrl.Result{}, r.Update(ctx, site)
	}
	if err := r.Apply(ctx, configMap(site), client.FieldOwner(manager), client.ForceOwnership); err != nil {
		return ctrl.Result{}, err
	}
	if site.Status.ObservedGeneration == site.Generation && site.Status.ConfigMap == site.Name {
		return ctrl.Result{}, nil
	}
	before := site.DeepCopyObject().(*Site)
	site.Status = SiteStatus{ObservedGeneration: site.Generation, ConfigMap: site.Name}
	return ctrl.Result{}, r.Status().Patch(ctx, site, client.MergeFrom(before))
}

func configMap(site *Site) *corev1ac.ConfigMapApplyConfiguration {
	owner := metav1ac.OwnerReference().
		WithAPIVersion(groupVersion.String()).WithKind("Site").WithName(site.Name).WithUID(site.UID).
		WithController(true).WithBlockOwnerDeletion(true)
	return corev1ac.ConfigMap(site.Name, site.Namespace).
		WithOwnerReferences(owner).
		WithData(map[string]string{"message": site.Spec.Message})
}

// sayFarewell leaves a trace of a site that is deleted, and lets it go.
func (r *Reconciler) sayFarewell(ctx context.Context, site *Site) error {
	if !controllerutil.ContainsFinalizer(site, finalizer) {
		return nil
	}
	trace := corev1ac.ConfigMap("farewell-"+site.Name, site.Namespace).WithData(map[string]string{"message": site.Spec.Message})
	if err := r.Apply(ctx, trace, client.FieldOwner(manager), client.ForceOwnership); err != nil {
		return err
	}
	controllerutil.RemoveFinalizer(site, finalizer)
	return r.Update(ctx, site)
}
