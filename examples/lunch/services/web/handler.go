package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/redis/go-redis/v9"
)

var menu = []string{"soup", "dumplings", "salad"}

// handler answers the pages of lunch.
func handler(store redis.Cmdable, key []byte) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		orders, err := ordersOf(r.Context(), store, session(r, key))
		if err != nil {
			http.Error(w, "sessions cannot be read now", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("App-Version", version)
		fmt.Fprintf(w, "Today: %v. You have ordered %d.\n", menu, orders)
	})
	mux.HandleFunc("POST /orders", func(w http.ResponseWriter, r *http.Request) {
		id := session(r, key)
		if id == "" {
			id = newSession()
			http.SetCookie(w, &http.Cookie{Name: "session", Value: sign(id, key), HttpOnly: true, Secure: true, Path: "/"})
		}
		if err := order(r.Context(), store, id); err != nil {
			http.Error(w, "the order was not taken", http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusCreated)
	})
	return mux
}

func ordersOf(ctx context.Context, store redis.Cmdable, id string) (int, error) {
	if id == "" {
		return 0, nil
	}
	count, err := store.Get(ctx, "orders:"+id).Int()
	if errors.Is(err, redis.Nil) {
		return 0, nil
	}
	return count, err
}

func order(ctx context.Context, store redis.Cmdable, id string) error {
	transaction := store.TxPipeline()
	transaction.Incr(ctx, "orders:"+id)
	transaction.Expire(ctx, "orders:"+id, 24*time.Hour)
	_, err := transaction.Exec(ctx)
	return err
}
