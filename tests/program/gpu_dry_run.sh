#!/usr/bin/env bash
# Runs tests/program/gpu.sh without a GPU, with a carried folder made of the emulated backend and of
# stand-ins for the tools of a GPU machine: once where all goes well, once where much fails.
#   gpu_dry_run.sh PROGRAM FOLDER    the program with the emulated backends, the folder of the tests
set -euo pipefail
program=$1
tests=$2
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
mkdir -p "$work/carry" "$work/tools" "$work/icons/24"

cp data/icons/24/key.png data/icons/24/folder.png "$work/icons/24"
ln -s "$program" "$work/carry/chorus"
ln -s "$tests"/chorus_test_* "$work/carry/"

# stand_in FILE: a tool whose text is on standard input.
stand_in() {
  { echo '#!/bin/sh'; cat; } > "$1"
  chmod +x "$1"
}
stand_in "$work/tools/nvidia-smi" <<< 'echo "Stand-in GPU, 1.0"'
stand_in "$work/tools/compute-sanitizer" << 'END'
while [ "${1#--}" != "$1" ]; do shift 2; done
exec "$@"
END
stand_in "$work/tools/ncu" <<< 'echo "counters of some kernels"'
stand_in "$work/carry/chorus_gpu_probe" << 'END'
echo gpu Stand-in
echo bf16_tflops 1e-4
echo tf32_tflops 1e-4
echo fp32_tflops 1e-4
END
echo 'print("step  10  1.25 Mpixel/s  in a line")' > "$work/carry/peer.py"

# dry_run OUT: prints what the script prints, and returns its status.
dry_run() {
  PATH="$work/tools:$PATH" OUT="$work/$1" CHORUS_CARRIED="$work/carry" \
    CHORUS_GPU_BUILD="$work/build" CHORUS_GPU_BACKEND=cuda-emulated CHORUS_GPU_ICONS="$work/icons" \
    tests/program/gpu.sh > "$work/$1.txt" 2>&1
}

fail() {
  echo "$1" >&2
  cat "$2" >&2
  exit 1
}
has() { grep -q -- "$2" "$1" || fail "no line like: $2" "$1"; }
lacks() { ! grep -q -- "$2" "$1" || fail "a line like: $2" "$1"; }

export CHORUS_GPU_SECONDS=800  # emulation is slow
dry_run good || fail 'failures where all is well' "$work/good.txt"
number='[-+0-9.e]*'
for precision in fp32 tf32 fp16 bf16; do
  for path in network layers; do
    has "$work/good.txt" "^| $precision | $path | usual | 16 | 8 | $number | $number % | $number | $number |"
  done
  has "$work/good.txt" "^| $precision | [0-9.]* | [0-9.]* |"
done
has "$work/good.txt" '^| bf16 | network | 4 | 16 |'
has "$work/good.txt" 'adam .*: [0-9.]* us'
has "$work/good.txt" 'same_bytes  *passed'
has "$work/good.txt" 'bf16, icons after 1 s: [0-9.]* dB pooled'
has "$work/good.txt" 'PyTorch bf16, compiled: 1.25 Mpixel/s'
has "$work/good.txt" 'racecheck_test_backends  *passed'
has "$work/good.txt" '^0 failures'
lacks "$work/good.txt" '^|.* - |'
has "$work/good/rows.txt" '^| fp32 | network |'
has "$work/good/log.txt" '=== bench_bf16_network'
has "$work/good/ncu.txt" 'counters'

# The probe crashes, PyTorch is not there, trainings hang: everything else is measured, and nothing
# takes longer than it may.
stand_in "$work/carry/chorus_gpu_probe" <<< 'kill -SEGV $$'
rm "$work/carry/peer.py" "$work/carry/chorus"
stand_in "$work/carry/chorus" << END
[ "\$1" != train ] || exec sleep 600
exec '$program' "\$@"
END
# As long as this machine needs up to the trainings, with room to spare, and then a training hangs.
before_trainings=$(awk '$1 == "quality_cpu" { exit } $2 == "passed" { s += $3 } END { print s }' \
  "$work/good.txt")
limit=$((before_trainings * 3 / 2 + 20))
start=$SECONDS
if CHORUS_GPU_SECONDS=$limit dry_run bad; then fail 'no failures, but much fails' "$work/bad.txt"; fi
((SECONDS - start < limit + 30)) || fail 'it went on after its end' "$work/bad.txt"
has "$work/bad.txt" 'probe  *FAILED'
has "$work/bad.txt" '^| fp32 | network | usual | 16 | 8 | [-+0-9.e]* | - |'
has "$work/bad.txt" 'quality_cpu  *FAILED'
has "$work/bad.txt" 'no time left'
has "$work/bad/rows.txt" '^| bf16 | layers |'

# No program and no means to build one: one line says so.
rm "$work/carry/chorus"
if PATH="$work/tools:/usr/bin:/bin" CHORUS_PACKAGES="$work/none" dry_run none; then
  fail 'no failure without a program' "$work/none.txt"
fi
has "$work/none.txt" 'no program: neither a carried folder'
