package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"example.com/streams/events"
	"github.com/redis/go-redis/v9"
)

const (
	// batch is how many events are taken at once.
	batch = 100
	// wait is how long a pass waits for an event; also how soon a consumer can end.
	wait = time.Second
	// abandoned is how long an event stays unacknowledged before another consumer takes it.
	abandoned = time.Minute
)

type consumer struct {
	store redis.Cmdable
	name  string
}

// pass counts events that a consumer has left behind, then new ones.
func (c consumer) pass(ctx context.Context) error {
	err := c.store.XGroupCreateMkStream(ctx, events.Stream, events.Group, "0").Err()
	if err != nil && !strings.HasPrefix(err.Error(), "BUSYGROUP") {
		return err
	}
	left, _, err := c.store.XAutoClaim(ctx, &redis.XAutoClaimArgs{
		Stream: events.Stream, Group: events.Group, Consumer: c.name, MinIdle: abandoned, Start: "0", Count: batch,
	}).Result()
	if err != nil {
		return err
	}
	if err := c.count(ctx, left); err != nil {
		return err
	}
	streams, err := c.store.XReadGroup(ctx, &redis.XReadGroupArgs{
		Streams: []string{events.Stream, ">"}, Group: events.Group, Consumer: c.name, Count: batch, Block: wait,
	}).Result()
	if errors.Is(err, redis.Nil) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, stream := range streams {
		if err := c.count(ctx, stream.Messages); err != nil {
			return err
		}
	}
	return nil
}

// count counts before it acknowledges: an event may be counted twice, and is never lost.
func (c consumer) count(ctx context.Context, messages []redis.XMessage) error {
	for _, message := range messages {
		kind, _ := message.Values[events.Kind].(string)
		if err := c.store.HIncrBy(ctx, events.Counts, kind, 1).Err(); err != nil {
			return err
		}
		if err := c.store.XAck(ctx, events.Stream, events.Group, message.ID).Err(); err != nil {
			return err
		}
	}
	return nil
}
