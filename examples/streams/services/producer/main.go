// Producer writes an event into the stream, five times a second.
package main

import (
	"context"
	"log"
	"time"

	"example.com/streams/events"
	"example.com/streams/program"
	"github.com/redis/go-redis/v9"
)

// version is set by the build.
var version = "development"

// pause is the time between two events.
const pause = 200 * time.Millisecond

// kept is about how many events the stream has: older ones are gone from it.
const kept = 10_000

var kinds = []string{"arrival", "departure", "delay"}

func main() {
	program.Run(func(ended context.Context, store redis.UniversalClient) {
		log.Printf("streams producer %s writes to %s", version, events.Stream)
		produce(ended, store, time.Tick(pause))
	})
}

// produce writes an event at each tick until it is told to end. What Redis did not take is said and not tried again.
func produce(ctx context.Context, store redis.Cmdable, ticks <-chan time.Time) {
	for count := 0; ; count++ {
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		}
		err := store.XAdd(ctx, &redis.XAddArgs{
			Stream: events.Stream,
			MaxLen: kept,
			Approx: true,
			Values: map[string]any{events.Kind: kinds[count%len(kinds)]},
		}).Err()
		if err != nil && ctx.Err() == nil {
			log.Printf("an event was not written: %v", err)
		}
	}
}
