"""Prints the next ten files that are opened on a node, and stops the trace."""

import sys
from pathlib import Path

import grpc
from sonde.v1.trace_pb2 import ProbeSpec
from sonde.v1.trace_service_pb2 import StartTraceRequest, StopTraceRequest, StreamEventsRequest
from sonde.v1.trace_service_pb2_grpc import TraceServiceStub


def open_channel(address: str, identity: Path | None) -> grpc.Channel:
    if identity is None:
        # A unix socket: the kernel says who calls.
        return grpc.secure_channel(address, grpc.local_channel_credentials(grpc.LocalConnectionType.UDS))
    credentials = grpc.ssl_channel_credentials(
        root_certificates=(identity / "ca.pem").read_bytes(),
        private_key=(identity / "key.pem").read_bytes(),
        certificate_chain=(identity / "cert.pem").read_bytes(),
    )
    return grpc.secure_channel(address, credentials)


def main(address: str, identity: Path | None) -> None:
    with open_channel(address, identity) as channel:
        traces = TraceServiceStub(channel)
        trace = traces.StartTrace(StartTraceRequest(probes=[ProbeSpec(probe="file.open")])).trace
        try:
            for message in traces.StreamEvents(StreamEventsRequest(trace_id=trace.trace_id, max_events=10)):
                for event in message.events:
                    print(event.process.comm, event.file_open.path, event.file_open.ret)
        finally:
            traces.StopTrace(StopTraceRequest(trace_id=trace.trace_id))


if __name__ == "__main__":
    match sys.argv[1:]:
        case [address, identity]:
            main(address, Path(identity))
        case [address]:
            main(address, None)
        case _:
            sys.exit("usage: example.py HOST:PORT IDENTITY, or example.py unix:/PATH")
