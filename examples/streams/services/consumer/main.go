// Consumer shares the stream's events with the others of its group and counts them by their kind.
package main

import (
	"context"
	"log"
	"os"
	"time"

	"example.com/streams/events"
	"example.com/streams/program"
	"github.com/redis/go-redis/v9"
)

// version is set by the build.
var version = "development"

func main() {
	name, err := os.Hostname()
	if err != nil {
		log.Fatal(err)
	}
	program.Run(func(ended context.Context, store redis.UniversalClient) {
		log.Printf("streams consumer %s reads %s as %s", version, events.Stream, name)
		consumer := consumer{store: store, name: name}
		for ended.Err() == nil {
			// What was read is counted and acknowledged before the end, so this has a context of its own.
			if err := consumer.pass(context.Background()); err != nil {
				log.Printf("events were not consumed: %v", err)
				time.Sleep(time.Second)
			}
		}
	})
}
