package main

import (
	"fmt"
	"net"
	"slices"
	"testing"

	"example.com/routeguide/routeguide"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

// strict answers so many points and then fails.
type strict struct {
	routeguide.UnimplementedRouteGuideServer
	answers int
}

func (s *strict) Walk(stream grpc.BidiStreamingServer[routeguide.Point, routeguide.Place]) error {
	for count := range s.answers {
		point, err := stream.Recv()
		if err != nil {
			return err
		}
		if err := stream.Send(&routeguide.Place{Point: point, Visits: int64(count + 1)}); err != nil {
			return err
		}
	}
	return status.Error(codes.Unavailable, "no more today")
}

func walked(t *testing.T, server *strict) (lines []string, err error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host := grpc.NewServer()
	routeguide.RegisterRouteGuideServer(host, server)
	go host.Serve(listener)
	defer host.Stop()
	connection, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	logf := func(format string, values ...any) { lines = append(lines, fmt.Sprintf(format, values...)) }
	err = walk(t.Context(), routeguide.NewRouteGuideClient(connection), logf)
	return lines, err
}

func TestEachPlaceOfTheWayIsLogged(t *testing.T) {
	lines, err := walked(t, &strict{answers: len(way)})
	if err != nil {
		t.Fatal(err)
	}
	if len(lines) != len(way) || !slices.Contains(lines, "place 525163000, 133777000: visit 2") {
		t.Errorf("logged %q", lines)
	}
}

func TestServerThatFailsIsSaid(t *testing.T) {
	lines, err := walked(t, &strict{answers: 1})
	if len(lines) != 1 || status.Code(err) != codes.Unavailable {
		t.Errorf("logged %q and ended with %v", lines, err)
	}
}
