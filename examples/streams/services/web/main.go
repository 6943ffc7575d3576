// Web shows how many events of each kind were consumed.
package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"time"

	"example.com/streams/program"
	"github.com/redis/go-redis/v9"
)

// version is set by the build.
var version = "development"

func main() {
	program.Run(func(ended context.Context, store redis.UniversalClient) {
		server := &http.Server{Addr: ":8080", Handler: handler(store), ReadHeaderTimeout: 5 * time.Second}
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
	})
}
