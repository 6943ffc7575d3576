// Package program is how every program of streams begins and ends.
package program

import (
	"context"
	"log"
	"os/signal"
	"syscall"

	"example.com/streams/events"
	"github.com/redis/go-redis/v9"
)

// Run gives a program the events, and a context that is done when the program is told to end.
func Run(work func(ended context.Context, store redis.UniversalClient)) {
	store, err := events.Connect()
	if err != nil {
		log.Fatal(err)
	}
	ended, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	work(ended, store)
}
