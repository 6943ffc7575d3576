// Web shows how many events of each kind were consumed.
package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os/signal"
	"syscall"
	"time"

	"example.com/streams/events"
)

// version is set by the build.
var version = "development"

func main() {
	store, err := events.Connect()
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{Addr: ":8080", Handler: handler(store), ReadHeaderTimeout: 5 * time.Second}
	ended, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	go func() {
		if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			log.Fatal(err)
		}
	}()
	log.Printf("streams web %s listens on %s", version, server.Addr)
	<-ended.Done()
	// Requests under way end first.
	patience, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	if err := server.Shutdown(patience); err != nil {
		log.Printf("stopped before every request had ended: %v", err)
	}
}
