//go:build tools

// Package e2e names the suite that `cargo xtask e2e` compiles.
package e2e

import _ "k8s.io/kubernetes/test/e2e"
