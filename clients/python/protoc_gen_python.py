"""A plugin for buf: messages with their types (.pyi), and gRPC classes.

The generators for Python are inside the protoc of grpcio-tools, which has no plugins that buf could call.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_tools import protoc


def generate(request: CodeGeneratorRequest) -> CodeGeneratorResponse:
    with TemporaryDirectory() as scratch:
        descriptors = Path(scratch, "descriptors.binpb")
        descriptors.write_bytes(FileDescriptorSet(file=request.proto_file).SerializeToString())
        out = Path(scratch, "out")
        out.mkdir()

        def run(kind: str, files: Iterable[str]) -> None:
            # The first argument is the program's name.
            status = protoc.main(["protoc", f"--descriptor_set_in={descriptors}", f"--{kind}_out={out}", *files])
            if status != 0:
                raise SystemExit(f"protoc failed with status {status}")

        run("python", request.file_to_generate)
        run("pyi", request.file_to_generate)
        # It would write an empty module for every file without a service.
        services = {file.name for file in request.proto_file if file.service}
        run("grpc_python", [name for name in request.file_to_generate if name in services])

        response = CodeGeneratorResponse(supported_features=CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL)
        for path in sorted(out.rglob("*.py*")):
            response.file.add(name=str(path.relative_to(out)), content=path.read_text())
        return response


if __name__ == "__main__":
    answer = generate(CodeGeneratorRequest.FromString(sys.stdin.buffer.read()))
    sys.stdout.buffer.write(answer.SerializeToString())
