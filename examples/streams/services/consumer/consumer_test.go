package main

import (
	"context"
	"errors"
	"slices"
	"testing"

	"example.com/streams/events"
	"github.com/redis/go-redis/v9"
)

// paper is a Redis with one event that another consumer left behind and one that is new.
type paper struct {
	redis.Cmdable
	done    []string
	refuses bool
}

func (p *paper) XGroupCreateMkStream(ctx context.Context, _, _, _ string) *redis.StatusCmd {
	answer := redis.NewStatusCmd(ctx)
	answer.SetErr(errors.New("BUSYGROUP Consumer Group name already exists"))
	return answer
}

func (p *paper) XAutoClaim(ctx context.Context, _ *redis.XAutoClaimArgs) *redis.XAutoClaimCmd {
	answer := redis.NewXAutoClaimCmd(ctx)
	answer.SetVal([]redis.XMessage{event("1-0", "delay")}, "0-0")
	return answer
}

func (p *paper) XReadGroup(context.Context, *redis.XReadGroupArgs) *redis.XStreamSliceCmd {
	return redis.NewXStreamSliceCmdResult(
		[]redis.XStream{{Stream: events.Stream, Messages: []redis.XMessage{event("2-0", "arrival")}}}, nil)
}

func (p *paper) HIncrBy(_ context.Context, _, field string, _ int64) *redis.IntCmd {
	if p.refuses {
		return redis.NewIntResult(0, errors.New("CLUSTERDOWN"))
	}
	p.done = append(p.done, "count "+field)
	return redis.NewIntResult(1, nil)
}

func (p *paper) XAck(_ context.Context, _, _ string, ids ...string) *redis.IntCmd {
	p.done = append(p.done, "acknowledge "+ids[0])
	return redis.NewIntResult(1, nil)
}

func event(id, kind string) redis.XMessage {
	return redis.XMessage{ID: id, Values: map[string]any{events.Kind: kind}}
}

func TestLeftAndNewEventsAreCountedThenAcknowledged(t *testing.T) {
	store := &paper{}
	if err := (consumer{store: store, name: "one"}).pass(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{"count delay", "acknowledge 1-0", "count arrival", "acknowledge 2-0"}
	if !slices.Equal(store.done, want) {
		t.Errorf("did %q", store.done)
	}
}

func TestWhatIsNotCountedIsNotAcknowledged(t *testing.T) {
	store := &paper{refuses: true}
	if err := (consumer{store: store, name: "one"}).pass(t.Context()); err == nil || len(store.done) > 0 {
		t.Errorf("did %q and ended with %v", store.done, err)
	}
}
