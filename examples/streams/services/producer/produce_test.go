package main

import (
	"context"
	"slices"
	"testing"
	"time"

	"example.com/streams/events"
	"github.com/redis/go-redis/v9"
)

// paper is a Redis that only notes what is written, and ends the producer after so many events.
type paper struct {
	redis.Cmdable
	written []string
	enough  int
	end     context.CancelFunc
}

func (p *paper) XAdd(ctx context.Context, args *redis.XAddArgs) *redis.StringCmd {
	p.written = append(p.written, args.Stream+" "+args.Values.(map[string]any)[events.Kind].(string))
	if len(p.written) == p.enough {
		p.end()
	}
	return redis.NewStringCmd(ctx)
}

func TestEachTickIsAnEventUntilTheEnd(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	store := &paper{enough: 4, end: end}
	produce(ctx, store, time.Tick(time.Millisecond))
	want := []string{"events arrival", "events departure", "events delay", "events arrival"}
	if !slices.Equal(store.written, want) {
		t.Errorf("wrote %q", store.written)
	}
}
