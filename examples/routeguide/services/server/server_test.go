package main

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"

	"example.com/routeguide/routeguide"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// memory stands for Redis.
type memory map[string]int64

func (m memory) visit(_ context.Context, point *routeguide.Point) (int64, error) {
	m[point.String()]++
	return m[point.String()], nil
}

// broken is a Redis that nobody answers for.
type broken struct{}

func (broken) visit(context.Context, *routeguide.Point) (int64, error) {
	return 0, errors.New("no route to host")
}

func connect(t *testing.T, store store) *grpc.ClientConn {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := newServer(store)
	go server.Serve(listener)
	t.Cleanup(server.Stop)
	connection, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	return connection
}

func TestWalkAnswersEachPointAtOnce(t *testing.T) {
	stream, err := routeguide.NewRouteGuideClient(connect(t, memory{})).Walk(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		latitude int32
		visits   int64
	}{{1, 1}, {2, 1}, {1, 2}} {
		if err := stream.Send(&routeguide.Point{Latitude: step.latitude}); err != nil {
			t.Fatal(err)
		}
		place, err := stream.Recv()
		if err != nil {
			t.Fatal(err)
		}
		if place.GetPoint().GetLatitude() != step.latitude || place.GetVisits() != step.visits {
			t.Errorf("point %d answered %v", step.latitude, place)
		}
	}
	if err := stream.CloseSend(); err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
		t.Errorf("after the last point came %v", err)
	}
}

func TestVisitThatIsNotCountedIsSaid(t *testing.T) {
	_, err := routeguide.NewRouteGuideClient(connect(t, broken{})).Visit(t.Context(), &routeguide.Point{})
	if status.Code(err) != codes.Unavailable {
		t.Errorf("answered %v", err)
	}
}

func TestHealthIsAnsweredByTheNameInTheApplication(t *testing.T) {
	request := &grpc_health_v1.HealthCheckRequest{Service: "routeguide.RouteGuide"}
	answer, err := grpc_health_v1.NewHealthClient(connect(t, broken{})).Check(t.Context(), request)
	if err != nil || answer.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
		t.Errorf("answered %v, %v", answer, err)
	}
}
