// Command pods measures the memory of client-go's informer of Pods, with its defaults. In: the URL of a server and how many Pods it
// holds. Out: the figures as a line of JSON, with the names of the Rust client.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
)

func main() {
	url := flag.String("url", "", "the server")
	objects := flag.Int64("objects", 0, "how many Pods it holds")
	flag.Parse()
	figures, err := measure(*url, *objects)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(figures)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func measure(url string, objects int64) (map[string]float64, error) {
	clients, err := kubernetes.NewForConfig(&rest.Config{Host: url, QPS: -1})
	if err != nil {
		return nil, err
	}
	factory := informers.NewSharedInformerFactory(clients, 0)
	informer := factory.Core().V1().Pods().Informer()
	var added atomic.Int64
	registration, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{AddFunc: func(any) { added.Add(1) }})
	if err != nil {
		return nil, err
	}
	figures := map[string]float64{"base_rss_mb": memory("VmRSS")}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	started, cpu := time.Now(), cpuSeconds()
	factory.Start(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), registration.HasSynced) || added.Load() != objects {
		return nil, fmt.Errorf("%d of %d Pods were reported", added.Load(), objects)
	}
	figures["sync_s"] = time.Since(started).Seconds()
	figures["sync_cpu_s"] = cpuSeconds() - cpu

	// What is garbage goes back to the kernel first.
	runtime.GC()
	runtime.GC()
	debug.FreeOSMemory()
	time.Sleep(300 * time.Millisecond)
	figures["sync_rss_mb"] = memory("VmRSS")
	figures["sync_peak_mb"] = memory("VmHWM")

	indexer := informer.GetIndexer()
	keys := indexer.ListKeys()
	started = time.Now()
	for _, key := range keys {
		found, exists, err := indexer.GetByKey(key)
		if pod, ok := found.(*corev1.Pod); err != nil || !exists || !ok || pod.Name == "" {
			return nil, fmt.Errorf("%s is missing", key)
		}
	}
	figures["get_decoded_us"] = time.Since(started).Seconds() * 1e6 / float64(len(keys))
	return figures, nil
}

// memory is a line of this process' status, in MB.
func memory(name string) float64 {
	status, err := os.ReadFile("/proc/self/status")
	found := regexp.MustCompile(`(?m)^` + name + `:\s+(\d+) kB$`).FindSubmatch(status)
	if err != nil || found == nil {
		panic("Linux alone tells memory")
	}
	kilobytes, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		panic(err)
	}
	return kilobytes / 1024
}

// cpuSeconds is the CPU time of this process.
func cpuSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
}
