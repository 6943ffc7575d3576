// Survey counts, once, the places that were visited and logs how many there are.
package main

import (
	"context"
	"log"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// version is set by the build.
var version = "development"

func main() {
	nodes := os.Getenv("PLACES_NODES")
	if nodes == "" {
		log.Fatal("PLACES_NODES is not set")
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	count, err := survey(ctx, redis.NewClusterClient(&redis.ClusterOptions{Addrs: strings.Split(nodes, ",")}))
	if err != nil {
		log.Fatalf("the survey was not finished: %v", err)
	}
	log.Printf("survey %s: %d places were visited", version, count)
}

// masters are those that have the keys of a cluster, each some of them.
type masters interface {
	ForEachMaster(context.Context, func(context.Context, *redis.Client) error) error
}

// survey counts the places on all masters, which answer at the same time.
func survey(ctx context.Context, places masters) (int64, error) {
	var count atomic.Int64
	err := places.ForEachMaster(ctx, func(ctx context.Context, master *redis.Client) error {
		keys := master.Scan(ctx, 0, "place:*", 1000).Iterator()
		for keys.Next(ctx) {
			count.Add(1)
		}
		return keys.Err()
	})
	return count.Load(), err
}
