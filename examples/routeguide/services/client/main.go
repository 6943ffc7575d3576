// Client walks the same way again and again and logs what the server says of each place.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"example.com/routeguide/routeguide"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// version is set by the build.
var version = "development"

// pause is the time between two walks.
const pause = time.Second

func main() {
	target := os.Getenv("SERVER_URL")
	if target == "" {
		log.Fatal("SERVER_URL is not set")
	}
	connection, err := grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatalf("SERVER_URL is no address of a server: %v", err)
	}
	defer connection.Close()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	log.Printf("routeguide client %s asks %s", version, target)
	guide := routeguide.NewRouteGuideClient(connection)
	for ctx.Err() == nil {
		if err := walk(ctx, guide, log.Printf); err != nil && ctx.Err() == nil {
			log.Printf("the walk ended early: %v", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}
