package client

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	corev1ac "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/util/retry"
)

func TestTypedClient(t *testing.T) {
	clients := typed(t)
	space := namespace(t, clients)
	maps := clients.CoreV1().ConfigMaps(space)
	ctx := t.Context()

	created, err := maps.Create(ctx, &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: "a", Labels: map[string]string{"app": "x"}},
		Data:       map[string]string{"text": "é"},
		BinaryData: map[string][]byte{"bytes": {0, 255}},
	}, metav1.CreateOptions{FieldValidation: "Strict"})
	must(t, err)
	equal(t, "bytes", created.BinaryData["bytes"][1], 255)
	if time.Since(created.CreationTimestamp.Time) > time.Hour || created.UID == "" {
		t.Fatalf("metadata: %+v", created.ObjectMeta)
	}

	events, err := maps.Watch(ctx, metav1.ListOptions{ResourceVersion: created.ResourceVersion, LabelSelector: "app=x"})
	must(t, err)
	defer events.Stop()
	must(t, retry.RetryOnConflict(retry.DefaultRetry, func() error {
		current, err := maps.Get(ctx, "a", metav1.GetOptions{})
		if err != nil {
			return err
		}
		current.Data["text"] = "new"
		_, err = maps.Update(ctx, current, metav1.UpdateOptions{})
		return err
	}))
	event := <-events.ResultChan()
	equal(t, "event", event.Type, watch.Modified)
	equal(t, "text in the event", event.Object.(*corev1.ConfigMap).Data["text"], "new")

	_, err = maps.Update(ctx, created, metav1.UpdateOptions{})
	equal(t, "a stale update conflicts", apierrors.IsConflict(err), true)
	_, err = maps.Get(ctx, "none", metav1.GetOptions{})
	equal(t, "what is not there is not found", apierrors.IsNotFound(err), true)
	_, err = maps.Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "A"}}, metav1.CreateOptions{})
	equal(t, "a wrong name is invalid", apierrors.IsInvalid(err), true)

	patched, err := maps.Patch(ctx, "a", types.StrategicMergePatchType, []byte(`{"data":{"text":null,"more":"x"}}`), metav1.PatchOptions{})
	must(t, err)
	equal(t, "data after the patch", len(patched.Data), 1)
	applied, err := maps.Apply(ctx, corev1ac.ConfigMap("b", space).WithData(map[string]string{"k": "v"}), metav1.ApplyOptions{FieldManager: "m"})
	must(t, err)
	equal(t, "the manager", applied.ManagedFields[0].Manager, "m")
	_, err = maps.Apply(ctx, corev1ac.ConfigMap("b", space).WithData(map[string]string{"k": "w"}), metav1.ApplyOptions{FieldManager: "n"})
	equal(t, "two managers conflict", apierrors.IsConflict(err), true)

	extracted, err := corev1ac.ExtractConfigMap(applied, "m")
	must(t, err)
	equal(t, "what the manager applied", extracted.Data["k"], "v")

	must(t, maps.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "app=x"}))
	page, err := maps.List(ctx, metav1.ListOptions{Limit: 1, FieldSelector: "metadata.name!=kube-root-ca.crt"})
	must(t, err)
	equal(t, "what is left", page.Items[0].Name, "b")
	must(t, clients.CoreV1().Namespaces().Delete(ctx, space, metav1.DeleteOptions{}))
	_, err = maps.Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "c"}}, metav1.CreateOptions{})
	equal(t, "nothing is created in a namespace that goes", apierrors.IsForbidden(err) || apierrors.IsNotFound(err), true)
}

func TestSecretsKeepBytes(t *testing.T) {
	clients := typed(t)
	secrets := clients.CoreV1().Secrets(namespace(t, clients))
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "a"}, StringData: map[string]string{"password": "p"}}
	created, err := secrets.Create(t.Context(), secret, metav1.CreateOptions{})
	must(t, err)
	equal(t, "type", created.Type, corev1.SecretTypeOpaque)
	equal(t, "password", string(created.Data["password"]), "p")
	listed, err := secrets.List(t.Context(), metav1.ListOptions{FieldSelector: "type=Opaque"})
	must(t, err)
	equal(t, "secrets of that type", len(listed.Items), 1)
}
