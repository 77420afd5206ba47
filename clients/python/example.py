"""Prints the next ten files that are opened on a node, and stops the trace."""

import sys
from pathlib import Path

import grpc
from sonde.v1.trace_pb2 import ProbeSpec
from sonde.v1.trace_service_pb2 import StartTraceRequest, StopTraceRequest, StreamEventsRequest
from sonde.v1.trace_service_pb2_grpc import TraceServiceStub


def main(address: str, identity: Path) -> None:
    credentials = grpc.ssl_channel_credentials(
        root_certificates=(identity / "ca.pem").read_bytes(),
        private_key=(identity / "key.pem").read_bytes(),
        certificate_chain=(identity / "cert.pem").read_bytes(),
    )
    with grpc.secure_channel(address, credentials) as channel:
        traces = TraceServiceStub(channel)
        trace = traces.StartTrace(StartTraceRequest(probes=[ProbeSpec(probe="file.open")])).trace
        try:
            for message in traces.StreamEvents(StreamEventsRequest(trace_id=trace.trace_id, max_events=10)):
                for event in message.events:
                    print(event.process.comm, event.file_open.path, event.file_open.ret)
        finally:
            traces.StopTrace(StopTraceRequest(trace_id=trace.trace_id))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: example.py HOST:PORT IDENTITY")
    main(sys.argv[1], Path(sys.argv[2]))
