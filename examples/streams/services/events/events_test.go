package events

import (
	"testing"

	"github.com/redis/go-redis/v9"
)

func TestOneRedisIsReachedByItsURL(t *testing.T) {
	t.Setenv("EVENTS_URL", "redis://events.development.svc:6379")
	store, err := Connect()
	if err != nil {
		t.Fatal(err)
	}
	client, single := store.(*redis.Client)
	if !single || client.Options().Addr != "events.development.svc:6379" {
		t.Errorf("connects with %v", store)
	}
}

func TestClusterIsReachedByItsNodes(t *testing.T) {
	t.Setenv("EVENTS_URL", "redis://events.production.svc:6379")
	t.Setenv("EVENTS_NODES", "events-0.nodes:6379,events-1.nodes:6379")
	store, err := Connect()
	if err != nil {
		t.Fatal(err)
	}
	client, cluster := store.(*redis.ClusterClient)
	if !cluster || len(client.Options().Addrs) != 2 {
		t.Errorf("connects with %v", store)
	}
}

func TestWithoutAnAddressNothingStarts(t *testing.T) {
	for _, url := range []string{"", "events:6379"} {
		t.Setenv("EVENTS_URL", url)
		if store, err := Connect(); err == nil {
			t.Errorf("%q connects with %v", url, store)
		}
	}
}
