#!/usr/bin/env bash
# Decodes exported ONNX files with an independent runtime, onnxruntime-node of npm, and compares. Status
# 77, with the reason, if it is not there and cannot be installed; with CHORUS_REQUIRE_ONNX that is a
# failure.
#   onnx.sh TESTS FOLDER
# TESTS is the program chorus_test_export; FOLDER keeps the runtime from one run to the next.
set -euo pipefail
tests=$1 folder=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

not_run() {
  echo "ONNX files are not checked by a runtime: $1"
  if [[ -n ${CHORUS_REQUIRE_ONNX-} ]]; then exit 1; fi
  exit 77
}

command -v node > /dev/null || not_run "node is missing"
mkdir -p "$folder"
if [[ ! -d $folder/node_modules/onnxruntime-node ]]; then
  command -v npm > /dev/null || not_run "npm is missing"
  # Its install script would fetch libraries for GPUs; those for the CPU are in the package.
  npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund onnxruntime-node ||
    not_run "npm cannot install onnxruntime-node"
fi
samples=$(mktemp -d)
trap 'rm -r "$samples"' EXIT
CHORUS_ONNX_SAMPLES=$samples "$tests" --run_test=onnx/samples_for_a_runtime
node "$here/onnx.mjs" "$folder/node_modules" "$samples"
# The checker of ONNX itself, where it is: Debian's python3-onnx.
if /usr/bin/python3 -c 'import onnx' 2> /dev/null; then
  /usr/bin/python3 "$here/onnx_check.py" "$samples"
elif [[ -n ${CHORUS_REQUIRE_ONNX-} ]]; then
  echo "python3-onnx is missing"
  exit 1
fi
