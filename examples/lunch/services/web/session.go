package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
)

func newSession() string { return rand.Text() }

// sign makes a cookie's value that nobody without the key can make.
func sign(id string, key []byte) string {
	code := hmac.New(sha256.New, key)
	code.Write([]byte(id))
	return id + "." + hex.EncodeToString(code.Sum(nil))
}

// session tells whose request this is; empty where it has no cookie of ours.
func session(r *http.Request, key []byte) string {
	cookie, err := r.Cookie("session")
	if err != nil {
		return ""
	}
	id, _, _ := strings.Cut(cookie.Value, ".")
	if !hmac.Equal([]byte(sign(id, key)), []byte(cookie.Value)) {
		return ""
	}
	return id
}
