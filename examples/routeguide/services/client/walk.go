package main

import (
	"context"
	"time"

	"example.com/routeguide/routeguide"
)

// patience is how long one walk may take; a server that is not there yet is waited for.
const patience = 10 * time.Second

var way = []*routeguide.Point{
	{Latitude: 525_200_000, Longitude: 134_050_000},
	{Latitude: 525_163_000, Longitude: 133_777_000},
	{Latitude: 525_096_000, Longitude: 133_760_000},
	{Latitude: 525_145_000, Longitude: 133_501_000},
}

// walk goes the way once, in one stream, and logs each place.
func walk(ctx context.Context, guide routeguide.RouteGuideClient, logf func(string, ...any)) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	stream, err := guide.Walk(ctx)
	if err != nil {
		return err
	}
	for _, point := range way {
		// What is wrong with a stream is told by Recv.
		_ = stream.Send(point)
		place, err := stream.Recv()
		if err != nil {
			return err
		}
		logf("place %d, %d: visit %d", point.GetLatitude(), point.GetLongitude(), place.GetVisits())
	}
	return stream.CloseSend()
}
