// Prints the next ten files that are opened on a node, and stops the trace.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/local"

	sondev1 "sonde/clients/go/gen/sonde/v1"
)

// With the default window a reader that is far away waits for the network.
const windowBytes = 8 << 20

func main() {
	if len(os.Args) != 2 && len(os.Args) != 3 {
		log.Fatal("usage: example HOST:PORT IDENTITY, or example unix:/PATH")
	}
	if err := run(context.Background(), os.Args[1], os.Args[2:]); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, address string, identity []string) error {
	// On a unix socket the kernel says who calls.
	transport := local.NewCredentials()
	if len(identity) > 0 {
		config, err := loadIdentity(identity[0])
		if err != nil {
			return err
		}
		transport = credentials.NewTLS(config)
	}
	node, err := grpc.NewClient(address,
		grpc.WithTransportCredentials(transport),
		grpc.WithInitialWindowSize(windowBytes), grpc.WithInitialConnWindowSize(windowBytes))
	if err != nil {
		return err
	}
	defer node.Close()
	return printOpens(ctx, sondev1.NewTraceServiceClient(node))
}

func printOpens(ctx context.Context, traces sondev1.TraceServiceClient) (err error) {
	started, err := traces.StartTrace(ctx, &sondev1.StartTraceRequest{
		Probes: []*sondev1.ProbeSpec{{Probe: "file.open"}},
	})
	if err != nil {
		return err
	}
	id := started.Trace.TraceId
	defer func() {
		_, stopErr := traces.StopTrace(ctx, &sondev1.StopTraceRequest{TraceId: id})
		err = errors.Join(err, stopErr)
	}()
	stream, err := traces.StreamEvents(ctx, &sondev1.StreamEventsRequest{TraceId: id, MaxEvents: 10})
	if err != nil {
		return err
	}
	for {
		message, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, event := range message.Events {
			open := event.GetFileOpen()
			fmt.Println(event.Process.Comm, open.Path, open.Ret)
		}
	}
}

func loadIdentity(directory string) (*tls.Config, error) {
	ca, err := os.ReadFile(filepath.Join(directory, "ca.pem"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca) {
		return nil, fmt.Errorf("no certificate in %s/ca.pem", directory)
	}
	own, err := tls.LoadX509KeyPair(filepath.Join(directory, "cert.pem"), filepath.Join(directory, "key.pem"))
	if err != nil {
		return nil, err
	}
	return &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{own}}, nil
}
