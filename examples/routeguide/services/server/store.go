package main

import (
	"context"
	"fmt"

	"example.com/routeguide/routeguide"
	"github.com/redis/go-redis/v9"
)

// store counts the visits of places.
type store interface {
	// visit answers how many there were, this one included.
	visit(ctx context.Context, point *routeguide.Point) (int64, error)
}

// places are kept in Redis, a key a place.
type places struct{ redis redis.Cmdable }

func (p places) visit(ctx context.Context, point *routeguide.Point) (int64, error) {
	return p.redis.Incr(ctx, fmt.Sprintf("place:%d:%d", point.GetLatitude(), point.GetLongitude())).Result()
}
