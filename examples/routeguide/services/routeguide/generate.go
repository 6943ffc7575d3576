// Package routeguide is what routeguide.proto says, in Go.
package routeguide

//go:generate protoc --go_out=. --go_opt=paths=source_relative --go-grpc_out=. --go-grpc_opt=paths=source_relative routeguide.proto
