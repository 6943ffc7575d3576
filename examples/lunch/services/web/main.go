// Lunch shows today's menu and takes orders; a visitor's orders are kept in a session in Redis.
package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
)

// version is set by the build.
var version = "development"

func main() {
	options, err := redis.ParseURL(setting("SESSIONS_URL"))
	if err != nil {
		log.Fatalf("SESSIONS_URL is no address of a Redis: %v", err)
	}
	store := redis.NewClient(options)
	server := &http.Server{
		Addr:              ":8080",
		Handler:           handler(store, []byte(setting("COOKIE_KEY"))),
		ReadHeaderTimeout: 5 * time.Second,
	}
	ended, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	go func() {
		if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			log.Fatal(err)
		}
	}()
	log.Printf("lunch %s listens on %s", version, server.Addr)
	<-ended.Done()
	// Requests under way end first.
	patience, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	if err := server.Shutdown(patience); err != nil {
		log.Printf("stopped before every request had ended: %v", err)
	}
}

func setting(name string) string {
	value := os.Getenv(name)
	if value == "" {
		log.Fatalf("%s is not set", name)
	}
	return value
}
