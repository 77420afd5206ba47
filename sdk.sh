#!/usr/bin/env bash
# Makes what is checked in and needs Python and Go: their stubs, from proto/, and the descriptors of google.rpc's error
# details, which reflection serves. CI runs it and looks for differences.
set -euo pipefail
cd "$(dirname "$0")"
. ./packages.sh
. ./test/debian-archive.sh
. ./clients/toolchains.sh

use_python
use_go
export PATH="$PWD/node_modules/.bin:$PATH"
buf generate --template buf.gen.sdk.yaml

mkdir -p service/api/gen
python - >service/api/gen/error-details.binpb <<'END'
import sys
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from google.rpc import error_details_pb2

file = FileDescriptorProto.FromString(error_details_pb2.DESCRIPTOR.serialized_pb)
sys.stdout.buffer.write(FileDescriptorSet(file=[file]).SerializeToString(deterministic=True))
END
