package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// nowhere is a Redis that nobody answers for.
func nowhere() *redis.Client {
	return redis.NewClient(&redis.Options{Addr: "127.0.0.1:1", MaxRetries: -1, DialTimeout: time.Second})
}

func status(t *testing.T, request *http.Request) int {
	t.Helper()
	answer := httptest.NewRecorder()
	handler(nowhere(), []byte("key")).ServeHTTP(answer, request)
	return answer.Code
}

func TestWithoutSessionNothingIsAskedOfRedis(t *testing.T) {
	for _, path := range []string{"/", "/healthz"} {
		if got := status(t, httptest.NewRequest("GET", path, nil)); got != http.StatusOK {
			t.Errorf("%s answered %d", path, got)
		}
	}
}

func TestLostSessionsAreSaid(t *testing.T) {
	request := httptest.NewRequest("GET", "/", nil)
	request.AddCookie(&http.Cookie{Name: "session", Value: sign("ada", []byte("key"))})
	if got := status(t, request); got != http.StatusServiceUnavailable {
		t.Errorf("answered %d", got)
	}
}

func TestForeignCookieIsNoSession(t *testing.T) {
	request := httptest.NewRequest("GET", "/", nil)
	request.AddCookie(&http.Cookie{Name: "session", Value: sign("ada", []byte("another key"))})
	if got := session(request, []byte("key")); got != "" {
		t.Errorf("took %q for a session", got)
	}
	if got := status(t, request); got != http.StatusOK {
		t.Errorf("answered %d", got)
	}
}
