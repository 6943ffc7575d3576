// Server answers RouteGuide over gRPC; the visits of places are kept in a Redis Cluster.
package main

import (
	"context"
	"log"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"example.com/routeguide/routeguide"
	"github.com/redis/go-redis/v9"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
)

// version is set by the build.
var version = "development"

// patience is how long calls under way may take when the server ends.
const patience = 15 * time.Second

func main() {
	nodes := os.Getenv("PLACES_NODES")
	if nodes == "" {
		log.Fatal("PLACES_NODES is not set")
	}
	redisCluster := redis.NewClusterClient(&redis.ClusterOptions{Addrs: strings.Split(nodes, ",")})
	listener, err := net.Listen("tcp", ":50051")
	if err != nil {
		log.Fatal(err)
	}
	server := newServer(places{redisCluster})
	ended, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	go func() {
		<-ended.Done()
		// Streams have no end of their own.
		time.AfterFunc(patience, server.Stop)
		server.GracefulStop()
	}()
	log.Printf("routeguide %s listens on %s", version, listener.Addr())
	if err := server.Serve(listener); err != nil {
		log.Fatal(err)
	}
}

// newServer answers RouteGuide, and whether it does, which Kubernetes asks.
func newServer(store store) *grpc.Server {
	server := grpc.NewServer()
	routeguide.RegisterRouteGuideServer(server, &guide{store: store})
	healthy := health.NewServer()
	healthy.SetServingStatus(routeguide.RouteGuide_ServiceDesc.ServiceName, grpc_health_v1.HealthCheckResponse_SERVING)
	grpc_health_v1.RegisterHealthServer(server, healthy)
	return server
}
