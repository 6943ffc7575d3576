package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
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

// paper is a client of a Redis that only counts: nothing is sent.
type paper struct{ counts map[string]int64 }

func onPaper() *redis.Client {
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:1"})
	client.AddHook(paper{counts: map[string]int64{}})
	return client
}

func (p paper) DialHook(next redis.DialHook) redis.DialHook { return next }

func (p paper) ProcessHook(redis.ProcessHook) redis.ProcessHook {
	return func(_ context.Context, command redis.Cmder) error { return p.do(command) }
}

func (p paper) ProcessPipelineHook(redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(_ context.Context, commands []redis.Cmder) error {
		for _, command := range commands {
			if err := p.do(command); err != nil {
				return err
			}
		}
		return nil
	}
}

func (p paper) do(command redis.Cmder) error {
	switch command := command.(type) {
	case *redis.IntCmd:
		key := command.Args()[1].(string)
		p.counts[key]++
		command.SetVal(p.counts[key])
	case *redis.StringCmd:
		count, known := p.counts[command.Args()[1].(string)]
		if !known {
			command.SetErr(redis.Nil)
			return redis.Nil
		}
		command.SetVal(fmt.Sprint(count))
	}
	return nil
}

func TestOrdersAreFoundAgainByTheirVisitor(t *testing.T) {
	pages := handler(onPaper(), []byte("key"))
	ask := func(method, path string, cookies ...*http.Cookie) *http.Response {
		request := httptest.NewRequest(method, path, nil)
		for _, cookie := range cookies {
			request.AddCookie(cookie)
		}
		answer := httptest.NewRecorder()
		pages.ServeHTTP(answer, request)
		return answer.Result()
	}
	first := ask("POST", "/orders")
	cookies := first.Cookies()
	if first.StatusCode != http.StatusCreated || len(cookies) != 1 || !cookies[0].HttpOnly || !cookies[0].Secure {
		t.Fatalf("answered %d with cookies %v", first.StatusCode, cookies)
	}
	if second := ask("POST", "/orders", cookies...); second.StatusCode != http.StatusCreated || len(second.Cookies()) > 0 {
		t.Errorf("answered %d with cookies %v to a known visitor", second.StatusCode, second.Cookies())
	}
	for want, known := range map[string][]*http.Cookie{"You have ordered 2.": cookies, "You have ordered 0.": nil} {
		page, err := io.ReadAll(ask("GET", "/", known...).Body)
		if err != nil || !strings.Contains(string(page), want) {
			t.Errorf("the page does not say %q: %s", want, page)
		}
	}
}
