package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// away are masters of which one is not there.
type away struct{}

func (away) ForEachMaster(ctx context.Context, ask func(context.Context, *redis.Client) error) error {
	return ask(ctx, redis.NewClient(&redis.Options{Addr: "127.0.0.1:1", MaxRetries: -1, DialTimeout: time.Second}))
}

func TestMasterThatIsAwayIsNoPlace(t *testing.T) {
	if count, err := survey(t.Context(), away{}); err == nil {
		t.Errorf("counted %d places", count)
	}
}

// refused are masters that nobody could name.
type refused struct{}

var errRefused = errors.New("no node of the cluster answers")

func (refused) ForEachMaster(context.Context, func(context.Context, *redis.Client) error) error {
	return errRefused
}

func TestClusterThatIsAwayIsSaid(t *testing.T) {
	if _, err := survey(t.Context(), refused{}); !errors.Is(err, errRefused) {
		t.Errorf("ended with %v", err)
	}
}
