// Package events is what the programs of streams have in common: where the events are, and what they are called.
package events

import (
	"errors"
	"os"
	"strings"

	"github.com/redis/go-redis/v9"
)

const (
	// Stream has the events in the order in which they came.
	Stream = "events"
	// Group are the consumers, who share the events.
	Group = "consumers"
	// Counts has a field a kind: how many events of it were consumed.
	Counts = "events:counts"
	// Kind is the field of an event that says what happened.
	Kind = "kind"
)

// Connect reaches the events in one Redis or, where EVENTS_NODES is set, in a Redis Cluster.
func Connect() (redis.UniversalClient, error) {
	if nodes := os.Getenv("EVENTS_NODES"); nodes != "" {
		return redis.NewClusterClient(&redis.ClusterOptions{Addrs: strings.Split(nodes, ",")}), nil
	}
	url := os.Getenv("EVENTS_URL")
	if url == "" {
		return nil, errors.New("neither EVENTS_NODES nor EVENTS_URL is set")
	}
	options, err := redis.ParseURL(url)
	if err != nil {
		return nil, err
	}
	return redis.NewClient(options), nil
}
