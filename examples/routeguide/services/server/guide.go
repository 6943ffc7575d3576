package main

import (
	"context"
	"errors"
	"io"

	"example.com/routeguide/routeguide"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// guide answers what RouteGuide promises.
type guide struct {
	routeguide.UnimplementedRouteGuideServer
	store store
}

func (g *guide) Visit(ctx context.Context, point *routeguide.Point) (*routeguide.Place, error) {
	visits, err := g.store.visit(ctx, point)
	if err != nil {
		return nil, status.Errorf(codes.Unavailable, "the visit was not counted: %v", err)
	}
	return &routeguide.Place{Point: point, Visits: visits}, nil
}

func (g *guide) Walk(stream grpc.BidiStreamingServer[routeguide.Point, routeguide.Place]) error {
	for {
		point, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		place, err := g.Visit(stream.Context(), point)
		if err != nil {
			return err
		}
		if err := stream.Send(place); err != nil {
			return err
		}
	}
}
