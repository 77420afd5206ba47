"""Reads a trace in three streams with the stubs alone; writes what it saw as JSON for the test to judge.

usage: stub_client.py HOST:PORT IDENTITY TGID OPENS
"""

import json
import sys
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.json_format import MessageToDict
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo
from grpc_status import rpc_status
from sonde.v1.event_pb2 import Event
from sonde.v1.probe_file_open_pb2 import FileOpen
from sonde.v1.record_pb2 import EndedRecord
from sonde.v1.trace_pb2 import BatchOptions, EndReason, ProbeSpec, TraceState
from sonde.v1.trace_service_pb2 import (
    StartTraceRequest,
    StopTraceRequest,
    StreamEventsRequest,
    StreamEventsResponse,
)
from sonde.v1.trace_service_pb2_grpc import TraceServiceStub

# Until a call that hangs fails, seconds.
CALL_LIMIT = 60
# Events in the second stream: half a batch, so that it ends inside of one.
SECOND_STREAM_EVENTS = 25


def refused(traces: TraceServiceStub) -> dict[str, Any]:
    try:
        traces.StartTrace(StartTraceRequest(probes=[ProbeSpec(probe="file.opne")]), timeout=CALL_LIMIT)
    except grpc.RpcError as error:
        assert isinstance(error, grpc.Call)
        status = rpc_status.from_call(error)
        assert status is not None
        bad_request, info = BadRequest(), ErrorInfo()
        for detail in status.details:
            detail.Unpack(bad_request)
            detail.Unpack(info)
        return {
            "code": error.code().value[0],
            "message": error.details(),
            "domain": info.domain,
            "reason": info.reason,
            "violations": [[v.field, v.description] for v in bad_request.field_violations],
        }
    raise AssertionError("a probe that does not exist was started")


def open_of(event: Event) -> dict[str, Any]:
    opened = event.file_open
    return {
        "path": opened.path,
        "path_raw": opened.path_raw.hex() if opened.HasField("path_raw") else None,
        "syscall": FileOpen.Syscall.Name(opened.syscall),
        "flags": opened.flags,
        "ret": opened.ret,
        "tgid": event.process.tgid,
        "uid": event.process.uid,
        "comm": event.process.comm,
    }


class Reader:
    def __init__(self, traces: TraceServiceStub, trace_id: str, tgid: int) -> None:
        self.traces = traces
        self.trace_id = trace_id
        self.tgid = tgid
        self.cursor = b""
        self.messages: list[dict[str, int]] = []
        self.opens: list[dict[str, Any]] = []

    def stream(self, max_events: int = 0) -> Any:
        request = StreamEventsRequest(trace_id=self.trace_id, max_events=max_events)
        if self.cursor:
            request.cursor = self.cursor
        return self.traces.StreamEvents(request, timeout=CALL_LIMIT)

    def keep(self, stream: int, message: StreamEventsResponse) -> None:
        assert len(message.events) == message.event_count
        self.cursor = message.cursor
        self.messages.append(
            {"stream": stream, "first_sequence": message.first_sequence, "event_count": message.event_count}
        )
        for event in message.events:
            if event.process.tgid == self.tgid and event.WhichOneof("payload") == "file_open":
                self.opens.append(open_of(event))


def main(address: str, identity: Path, tgid: int, opens: int) -> None:
    credentials = grpc.ssl_channel_credentials(
        root_certificates=(identity / "ca.pem").read_bytes(),
        private_key=(identity / "key.pem").read_bytes(),
        certificate_chain=(identity / "cert.pem").read_bytes(),
    )
    with grpc.secure_channel(address, credentials) as channel:
        traces = TraceServiceStub(channel)
        error = refused(traces)
        batch = BatchOptions(max_events=2 * SECOND_STREAM_EVENTS)
        request = StartTraceRequest(probes=[ProbeSpec(probe="file.open")], batch=batch)
        started = traces.StartTrace(request, timeout=CALL_LIMIT).trace
        print("started", flush=True)
        reader = Reader(traces, started.trace_id, tgid)

        # The first stream is left by the reader, the second ends by itself, the third with the trace.
        first = reader.stream()
        for message in first:
            reader.keep(1, message)
            if len(reader.opens) >= opens // 4:
                break
        first.cancel()
        for message in reader.stream(SECOND_STREAM_EVENTS):
            reader.keep(2, message)
        stopped = None
        ended = EndedRecord()
        for message in reader.stream():
            reader.keep(3, message)
            if stopped is None and len(reader.opens) >= opens:
                stopped = traces.StopTrace(StopTraceRequest(trace_id=reader.trace_id), timeout=CALL_LIMIT).trace
            for record in message.records:
                if record.WhichOneof("kind") == "ended":
                    ended = record.ended
        assert stopped is not None

        report = {
            "error": error,
            "messages": reader.messages,
            "opens": reader.opens,
            "stopped": {
                "state": TraceState.Name(stopped.state),
                "accounting": MessageToDict(stopped.accounting),
            },
            "ended": {
                "reason": EndReason.Name(ended.reason),
                "accounting": MessageToDict(ended.accounting),
            },
            "last_accounting": MessageToDict(message.accounting),
        }
        print(json.dumps(report))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
