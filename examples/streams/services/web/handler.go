package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	"example.com/streams/events"
	"github.com/redis/go-redis/v9"
)

// handler answers the page, a line a kind.
func handler(store redis.Cmdable) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		counts, err := store.HGetAll(r.Context(), events.Counts).Result()
		if err != nil {
			http.Error(w, "events cannot be read now", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("App-Version", version)
		for _, kind := range slices.Sorted(maps.Keys(counts)) {
			fmt.Fprintf(w, "%s: %s\n", kind, counts[kind])
		}
	})
	return mux
}
