package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/redis/go-redis/v9"
)

// paper is a Redis that answers this.
type paper struct {
	redis.Cmdable
	counts map[string]string
	err    error
}

func (p paper) HGetAll(context.Context, string) *redis.MapStringStringCmd {
	return redis.NewMapStringStringResult(p.counts, p.err)
}

func answer(store redis.Cmdable, path string) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	handler(store).ServeHTTP(recorder, httptest.NewRequest("GET", path, nil))
	return recorder
}

func TestPageHasALineAKind(t *testing.T) {
	got := answer(paper{counts: map[string]string{"delay": "2", "arrival": "40"}}, "/")
	if got.Code != http.StatusOK || got.Body.String() != "arrival: 40\ndelay: 2\n" {
		t.Errorf("answered %d %q", got.Code, got.Body)
	}
}

func TestEventsThatCannotBeReadAreSaid(t *testing.T) {
	away := paper{err: errors.New("no route to host")}
	if got := answer(away, "/"); got.Code != http.StatusServiceUnavailable {
		t.Errorf("answered %d", got.Code)
	}
	if got := answer(away, "/healthz"); got.Code != http.StatusOK {
		t.Errorf("is unhealthy without Redis: %d", got.Code)
	}
}
