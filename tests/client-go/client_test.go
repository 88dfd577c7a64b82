// Package client uses an API server as programs on plain client-go do: typed clients in protobuf, dynamic ones, informers, leader
// election, discovery, and the clients of CRDs and of metadata. KUBECONFIG names the server.
package client

import (
	"context"
	"os"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

const protobuf = "application/vnd.kubernetes.protobuf"

func config(t *testing.T) *rest.Config {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	must(t, err)
	return config
}

// typed is a client of built-in kinds that asks in protobuf, as controllers do.
func typed(t *testing.T) kubernetes.Interface {
	config := config(t)
	config.AcceptContentTypes = protobuf + ",application/json"
	config.ContentType = protobuf
	clients, err := kubernetes.NewForConfig(config)
	must(t, err)
	return clients
}

// namespace makes a namespace for one test, which is deleted at its end.
func namespace(t *testing.T, clients kubernetes.Interface) string {
	made, err := clients.CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "client-go-"},
	}, metav1.CreateOptions{})
	must(t, err)
	t.Cleanup(func() {
		err := clients.CoreV1().Namespaces().Delete(context.Background(), made.Name, metav1.DeleteOptions{})
		if !apierrors.IsNotFound(err) {
			must(t, err)
		}
	})
	return made.Name
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t *testing.T, what string, found, expected T) {
	t.Helper()
	if found != expected {
		t.Fatalf("%s: %v, expected %v", what, found, expected)
	}
}
