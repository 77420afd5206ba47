// Reads a trace in three streams with the stubs alone; writes what it saw as JSON for the test to judge.
//
//	stub-client HOST:PORT IDENTITY TGID OPENS
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"

	sondev1 "sonde/clients/go/gen/sonde/v1"
)

const (
	// Until a client that hangs fails.
	limit = 2 * time.Minute
	// Events in the second stream: half a batch, so that it ends inside of one.
	secondStreamEvents = 25
	windowBytes        = 8 << 20
)

type refusal struct {
	Code       uint32     `json:"code"`
	Message    string     `json:"message"`
	Domain     string     `json:"domain"`
	Reason     string     `json:"reason"`
	Violations [][]string `json:"violations"`
}

type message struct {
	Stream        int    `json:"stream"`
	FirstSequence uint64 `json:"first_sequence"`
	EventCount    uint32 `json:"event_count"`
}

type open struct {
	Path    string  `json:"path"`
	PathRaw *string `json:"path_raw"`
	Syscall string  `json:"syscall"`
	Flags   uint32  `json:"flags"`
	Ret     int32   `json:"ret"`
	Tgid    uint32  `json:"tgid"`
	UID     uint32  `json:"uid"`
	Comm    string  `json:"comm"`
}

type stopped struct {
	State      string          `json:"state"`
	Accounting json.RawMessage `json:"accounting"`
}

type ended struct {
	Reason     string          `json:"reason"`
	Accounting json.RawMessage `json:"accounting"`
}

type report struct {
	Error          refusal         `json:"error"`
	Messages       []message       `json:"messages"`
	Opens          []open          `json:"opens"`
	Stopped        *stopped        `json:"stopped"`
	Ended          ended           `json:"ended"`
	LastAccounting json.RawMessage `json:"last_accounting"`
}

type reader struct {
	traces  sondev1.TraceServiceClient
	traceID string
	tgid    uint32
	cursor  []byte
	report  *report
}

func main() {
	if len(os.Args) != 5 {
		log.Fatal("usage: stub-client HOST:PORT IDENTITY TGID OPENS")
	}
	tgid, err := strconv.ParseUint(os.Args[3], 10, 32)
	if err != nil {
		log.Fatal(err)
	}
	opens, err := strconv.Atoi(os.Args[4])
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if err := run(ctx, os.Args[1], os.Args[2], uint32(tgid), opens); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, address, identity string, tgid uint32, opens int) error {
	node, err := connect(address, identity)
	if err != nil {
		return err
	}
	defer node.Close()
	traces := sondev1.NewTraceServiceClient(node)
	result := report{}
	if result.Error, err = refused(ctx, traces); err != nil {
		return err
	}
	batchEvents := uint32(2 * secondStreamEvents)
	started, err := traces.StartTrace(ctx, &sondev1.StartTraceRequest{
		Probes: []*sondev1.ProbeSpec{{Probe: "file.open"}},
		Batch:  &sondev1.BatchOptions{MaxEvents: &batchEvents},
	})
	if err != nil {
		return err
	}
	fmt.Println("started")
	r := reader{traces: traces, traceID: started.Trace.TraceId, tgid: tgid, report: &result}
	// The first stream is left by the reader, the second ends by itself, the third with the trace.
	for _, err := range r.stream(ctx, 1, 0) {
		if err != nil {
			return err
		}
		if len(result.Opens) >= opens/4 {
			break
		}
	}
	for _, err := range r.stream(ctx, 2, secondStreamEvents) {
		if err != nil {
			return err
		}
	}
	for m, err := range r.stream(ctx, 3, 0) {
		if err != nil {
			return err
		}
		if result.Stopped == nil && len(result.Opens) >= opens {
			if err := r.stop(ctx); err != nil {
				return err
			}
		}
		if err := r.keepEnd(m); err != nil {
			return err
		}
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}

// Goes on where the stream before ended; maxEvents 0 is no limit. Leaving the loop ends the stream.
func (r *reader) stream(ctx context.Context, number int, maxEvents uint64) iter.Seq2[*sondev1.StreamEventsResponse, error] {
	return func(yield func(*sondev1.StreamEventsResponse, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		request := &sondev1.StreamEventsRequest{TraceId: r.traceID, MaxEvents: maxEvents}
		if r.cursor != nil {
			request.Start = &sondev1.StreamEventsRequest_Cursor{Cursor: r.cursor}
		}
		stream, err := r.traces.StreamEvents(ctx, request)
		if err != nil {
			yield(nil, err)
			return
		}
		for {
			m, err := stream.Recv()
			if errors.Is(err, io.EOF) {
				return
			}
			if err == nil {
				err = r.keep(number, m)
			}
			if !yield(m, err) || err != nil {
				return
			}
		}
	}
}

func (r *reader) keep(number int, m *sondev1.StreamEventsResponse) error {
	if len(m.Events) != int(m.EventCount) {
		return fmt.Errorf("%d events in a message of %d", len(m.Events), m.EventCount)
	}
	r.cursor = m.Cursor
	r.report.Messages = append(r.report.Messages, message{number, m.FirstSequence, m.EventCount})
	for _, event := range m.Events {
		payload, isOpen := event.Payload.(*sondev1.Event_FileOpen)
		if !isOpen || event.Process.Tgid != r.tgid {
			continue
		}
		opened := payload.FileOpen
		seen := open{
			Path:    opened.Path,
			Syscall: opened.Syscall.String(),
			Flags:   opened.Flags,
			Ret:     opened.Ret,
			Tgid:    event.Process.Tgid,
			UID:     event.Process.Uid,
			Comm:    event.Process.Comm,
		}
		if opened.PathRaw != nil {
			raw := hex.EncodeToString(opened.PathRaw)
			seen.PathRaw = &raw
		}
		r.report.Opens = append(r.report.Opens, seen)
	}
	return nil
}

func (r *reader) stop(ctx context.Context) error {
	answer, err := r.traces.StopTrace(ctx, &sondev1.StopTraceRequest{TraceId: r.traceID})
	if err != nil {
		return err
	}
	accounting, err := protojson.Marshal(answer.Trace.Accounting)
	r.report.Stopped = &stopped{answer.Trace.State.String(), accounting}
	return err
}

func (r *reader) keepEnd(m *sondev1.StreamEventsResponse) (err error) {
	if r.report.LastAccounting, err = protojson.Marshal(m.Accounting); err != nil {
		return err
	}
	for _, record := range m.Records {
		if end := record.GetEnded(); end != nil {
			accounting, err := protojson.Marshal(end.Accounting)
			if err != nil {
				return err
			}
			r.report.Ended = ended{end.Reason.String(), accounting}
		}
	}
	return nil
}

func refused(ctx context.Context, traces sondev1.TraceServiceClient) (refusal, error) {
	_, err := traces.StartTrace(ctx, &sondev1.StartTraceRequest{
		Probes: []*sondev1.ProbeSpec{{Probe: "file.opne"}},
	})
	if err == nil {
		return refusal{}, errors.New("a probe that does not exist was started")
	}
	got := status.Convert(err)
	result := refusal{Code: uint32(got.Code()), Message: got.Message()}
	for _, detail := range got.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			result.Domain, result.Reason = detail.Domain, detail.Reason
		case *errdetails.BadRequest:
			for _, violation := range detail.FieldViolations {
				result.Violations = append(result.Violations, []string{violation.Field, violation.Description})
			}
		}
	}
	return result, nil
}

func connect(address, identity string) (*grpc.ClientConn, error) {
	ca, err := os.ReadFile(filepath.Join(identity, "ca.pem"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	own, err := tls.LoadX509KeyPair(filepath.Join(identity, "cert.pem"), filepath.Join(identity, "key.pem"))
	if err != nil {
		return nil, err
	}
	config := &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{own}}
	return grpc.NewClient(address, grpc.WithTransportCredentials(credentials.NewTLS(config)),
		grpc.WithInitialWindowSize(windowBytes), grpc.WithInitialConnWindowSize(windowBytes))
}
