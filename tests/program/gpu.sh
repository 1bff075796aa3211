#!/usr/bin/env bash
# On a machine with an NVIDIA GPU: measures, tests, looks for memory errors and races, compares with
# PyTorch, and prints one table. Needs no internet and, with a carried folder, no compiler. `./run gpu`
# calls it. Whatever fails, the rest goes on; all of it ends within 300 s.
#   tests/program/gpu.sh               all of it
#   tests/program/gpu.sh fetch FOLDER  on another machine, with internet: only fetches the Debian
#                                      packages of a build into the folder
# Environment:
#   OUT               a folder that receives the results, too: rows.txt, log.txt, ncu.txt
#   CHORUS_CARRIED    a folder that `./run carry-gpu` made (default: build/carry)
#   CHORUS_PACKAGES   Debian packages of a build, where there is no such folder
#   CHORUS_PEER       the PyTorch program to compare with, which prints "... 1.23 Mpixel/s ...";
#                     `./run carry-gpu` puts it into the carried folder
#   CHORUS_GPU_BACKEND, CHORUS_GPU_SECONDS, CHORUS_GPU_BUILD, CHORUS_GPU_ICONS   for the test of this
#                     script: the backend (cuda), which is measured with small networks if it is an
#                     emulated one; the limit (290); the folder to work in (build/gpu); the images
set -uo pipefail
# Folders that the caller names are relative to where the caller is.
absolute() { realpath -m -- "$1"; }
folder=${2:+$(absolute "$2")}
packages=${CHORUS_PACKAGES:+$(absolute "$CHORUS_PACKAGES")}
carried=${CHORUS_CARRIED:+$(absolute "$CHORUS_CARRIED")}
peer=${CHORUS_PEER:+$(absolute "$CHORUS_PEER")}
out=${OUT:+$(absolute "$OUT")}
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit

# The packages of a build, and those that they need themselves.
fetch() {
  local names
  mapfile -t names < <(./run packages)
  names+=(libboost-test1.74-dev libboost-test1.74.0 libboost1.74-dev libfmt9 liblodepng0 xtl-dev)
  mkdir -p "$1" && cd "$1" && apt-get -q download "${names[@]}"
}

if [[ ${1-} == fetch ]]; then
  fetch "${folder:?"gpu.sh fetch FOLDER: the folder is missing"}"
  exit
fi

backend=${CHORUS_GPU_BACKEND:-cuda}
deadline=$((SECONDS + ${CHORUS_GPU_SECONDS:-290}))
carried=${carried:-$PWD/build/carry}
build=${CHORUS_GPU_BUILD:-build/gpu}
results=$build/results
logs=$results/logs
slowness=1
[[ $backend != *emulated* ]] || slowness=6
failures=0
rm -rf "$results"
mkdir -p "$logs"
[[ -z $out ]] || mkdir -p "$out"

# --- what is printed, and kept ---------------------------------------------------------------------

# Prints a line and keeps it at once: this script may be stopped at any moment.
say() {
  printf '%s\n' "$1"
  printf '%s\n' "$1" >> "$results/rows.txt"
  [[ -z $out ]] || cp "$results/rows.txt" "$out/rows.txt"
}

# keep NAME: adds a step's log to the one file that is brought back.
keep() {
  [[ -n $out ]] || return 0
  {
    printf '\n=== %s\n' "$1"
    head -c 400000 "$logs/$1.log"
  } >> "$out/log.txt"
}

# limited SECONDS NAME COMMAND...: runs it, at most so long, with its output in logs/NAME.log. A process
# that cannot even be killed (a hung driver) is left behind.
limited() {
  local limit=$1 name=$2 left=$((deadline - SECONDS)) start=$SECONDS process status=124
  shift 2
  if ((left < 2)); then
    say "$(printf '%-26s no time left' "$name")"
    failures=$((failures + 1))
    return 1
  fi
  limit=$((limit * slowness))
  limit=$((limit < left ? limit : left))
  timeout --kill-after=2 "$limit" "$@" > "$logs/$name.log" 2>&1 < /dev/null &
  process=$!
  while ((SECONDS <= start + limit + 4)) && kill -0 "$process" 2> /dev/null; do sleep 0.05; done
  if ! kill -0 "$process" 2> /dev/null; then
    wait "$process"
    status=$?
  fi
  keep "$name"
  if ((status == 0)); then
    say "$(printf '%-26s passed %4d s' "$name" $((SECONDS - start)))"
    return 0
  fi
  failures=$((failures + 1))
  say "$(printf '%-26s FAILED %4d s, status %d' "$name" $((SECONDS - start)) "$status")"
  tail -n 4 "$logs/$name.log" | while IFS= read -r line; do say "    ${line:0:160}"; done
  return 1
}

table=()
row() {
  table+=("$1")
  say "$1"
}

summary() {
  trap - EXIT
  printf '\n'
  if ((${#table[@]} > 0)); then
    printf '%s\n' "${table[@]}"
  fi
  say "$failures failures, $SECONDS s"
  ((failures == 0))
  exit
}
trap summary EXIT
trap 'failures=$((failures + 1)); summary' TERM INT

# --- the programs: carried, or built here ----------------------------------------------------------

unpack() {
  local package
  for package in "$packages"/*.deb; do
    dpkg-deb -x "$package" "$build/packages" || return
  done
}

configure() {
  local options=(-S . -B "$build" -DCMAKE_BUILD_TYPE=Release -DCHORUS_CUDA=ON
    -DCHORUS_CUDA_ARCHITECTURES=native -DCHORUS_TEST_OBJECTS=OFF)
  command -v ninja > /dev/null && options+=(-G Ninja)
  [[ -d $build/packages ]] && options+=("-DCMAKE_PREFIX_PATH=$PWD/$build/packages/usr")
  cmake "${options[@]}"
}

export build packages
export -f unpack configure

use_carried() {
  program=$carried/chorus
  probe=$carried/chorus_gpu_probe
  tests=$carried/chorus_test_
  peer=${peer:-$carried/peer.py}
}

build_here() {
  if [[ -n $packages ]]; then
    limited 60 unpack bash -c unpack || return
  fi
  limited 60 configure bash -c configure || return
  limited 200 build cmake --build "$build" --parallel "$(nproc)" --target chorus_program \
    chorus_gpu_probe chorus_test_backends chorus_test_core chorus_test_training || return
  program=$build/apps/chorus
  probe=$build/backends/cuda/chorus_gpu_probe
  tests=$build/tests/chorus_test_
}

if [[ -x $carried/chorus ]] && limited 20 info "$carried/chorus" info; then
  use_carried
elif ! build_here; then
  say 'no program: neither a carried folder (./run carry-gpu) nor a build here'
  exit 1
fi

# --- readings --------------------------------------------------------------------------------------

# Prints standard input, or "-" if there is none.
or_none() { grep . || echo -; }

# limit NAME: what the probe found, or "-".
limit() {
  sed -n "s/^$1 //p" "$logs/probe.log" 2> /dev/null | head -n 1 | or_none
}

# number KEY LINE: the first number of that key in a line of JSON, or "-".
number() {
  grep -o "\"$1\":[0-9.eE+-]*" <<< "$2" | head -n 1 | cut -d: -f2 | awk '{ printf "%.6g\n", $1 }' | or_none
}

# The path of a line of JSON: network or layers.
path_of() {
  sed -n 's/.*"path":"\([a-z]*\)".*/\1/p' <<< "$1" | or_none
}

# percent PART WHOLE: "42.0 %", or "-".
percent() {
  awk -v a="$1" -v b="$2" 'BEGIN { if (a > 0 && b > 0) printf "%.1f %%\n", 100 * a / b; else print "-" }'
}

# The rate of tensor cores or of multiply-adds that the probe found, in GFLOP/s.
peak_gflops() {
  local name=bf16_tflops
  case $1 in fp32) name=fp32_tflops ;; tf32) name=tf32_tflops ;; esac
  limit "$name" | awk '{ if ($1 > 0) print 1000 * $1; else print "-" }'
}

# The best rate that the peer printed, or "-".
peer_rate() {
  cat "$@" 2> /dev/null | sed -n 's/.* \([0-9.]*\) Mpixel\/s.*/\1/p' | sort -g | tail -n 1 | or_none
}

# The pooled PSNR that a training printed last, in dB, or "-".
psnr() {
  sed -n 's/.*pooled \([0-9.]*\) dB.*/\1/p' "$logs/$1.log" 2> /dev/null | tail -n 1 | or_none
}

if [[ $backend == *emulated* ]]; then
  is_real=0 repetitions=1
  large=(--width 16 --images 1 --pixels 8) small=(--width 16 --images 1 --pixels 4)
  network=(--width 16 --latent 4 --flat-pixels 2 --edge-pixels 2)
  quality_steps=2 seconds=1 more_seconds=1 kernel_suites=cuda_kernels/long_columns_are_summed_in_parts
  core_suites=primitives/fill_sets_every_element training_suites="recorded/repeated_work*"
  icons=${CHORUS_GPU_ICONS:-data/icons} size=24
else
  is_real=1 repetitions=3
  large=(--width 256 --pixels 1024) small=(--width 128 --pixels 96)
  network=()
  quality_steps=1500 seconds=3 more_seconds=10 kernel_suites=cuda_kernels:cuda_network:compact
  core_suites=primitives:sine_layer:ops training_suites=recorded:sampler:trainer
  icons=data/icons size=48
fi

# --- measurements ----------------------------------------------------------------------------------

# speed NAME PRECISION QUEUES PATH OPTIONS...: a row for each line of `chorus bench`.
speed() {
  local name=$1 precision=$2 queues=$3 path=$4 line workers=()
  shift 4
  [[ $queues == usual ]] || workers=(--workers "$queues")
  limited 25 "$name" "$program" bench --backend "$backend" --precision "$precision" \
    --cuda-path "$path" "${workers[@]}" --only training --repetitions "$repetitions" --json-lines "$@"
  while IFS= read -r line; do
    row "| $precision | $(path_of "$line") | $queues | $(number width "$line") | $(number batch "$line") |\
 $(number mpixel_per_s "$line") | $(percent "$(number gflops "$line")" "$(peak_gflops "$precision")") |\
 $(number us_per_step "$line") | $(number host_us_per_step "$line") |"
    # The longest launches, for whoever wants to know where the time goes.
    grep -o '"launch":"[^"]*","us_per_step":[0-9.eE+-]*' <<< "$line" | head -n 12 |
      sed 's/"launch":"\(.*\)","us_per_step":/\1:/' |
      while IFS=: read -r launch us; do say "$(printf '    %s: %.1f us' "$launch" "$us")"; done
  done < <(grep '^{' "$logs/$name.log")
}

# train NAME PRECISION OPTIONS...: a training of the icons, to models/NAME.safetensors.
train() {
  local name=$1 precision=$2
  shift 2
  mkdir -p "$results/models"
  limited 30 "$name" "$program" train "$icons" --size "$size" "${network[@]}" --precision "$precision" \
    --overwrite -o "$results/models/$name.safetensors" "$@"
}

measure_speed() {
  row '| precision | path | queues | width | pixels a step | Mpixel/s | of the peak | us a step | of the host |'
  row '|---|---|---|---|---|---|---|---|---|'
  local precision path queues
  for precision in bf16 fp32 tf32 fp16; do
    for path in network layers; do
      speed "bench_${precision}_$path" "$precision" usual "$path" "${large[@]}"
    done
    speed "bench_${precision}_small" "$precision" usual measured "${small[@]}"
  done
  for queues in 1 4; do
    speed "bench_queues_$queues" bf16 "$queues" measured "${large[@]}"
  done
}

measure_quality() {
  local precision
  train quality_cpu fp32 --backend "$([[ $is_real == 1 ]] && echo cpu || echo "$backend")" \
    --steps "$quality_steps" --seed 1
  row "| precision | icons after $quality_steps steps, pooled dB (CPU, fp32: $(psnr quality_cpu)) | after $seconds s |"
  row '|---|---|---|'
  for precision in bf16 fp32 tf32 fp16; do
    train "quality_$precision" "$precision" --backend "$backend" --steps "$quality_steps" --seed 1
    train "seconds_$precision" "$precision" --backend "$backend" --seconds "$seconds" --seed 1
    row "| $precision | $(psnr "quality_$precision") | $(psnr "seconds_$precision") |"
  done
}

# Equal bytes for equal seeds, where the path is the same.
measure_repeatability() {
  local run
  for run in first second; do
    train "same_$run" bf16 --backend "$backend" --steps "$quality_steps" --seed 7 --cuda-path network
  done
  limited 5 same_bytes cmp "$results/models/same_first.safetensors" \
    "$results/models/same_second.safetensors"
}

measure_more_seconds() {
  train more_seconds bf16 --backend "$backend" --seconds "$more_seconds" --seed 1
  row "bf16, icons after $more_seconds s: $(psnr more_seconds) dB pooled"
}

compare_with_peer() {
  local precision
  if [[ ! -f $peer ]]; then
    say 'no comparison with PyTorch: no peer.py was carried, and CHORUS_PEER names no program'
    return
  fi
  for precision in bf16 tf32 fp32; do
    limited 15 "peer_$precision" python3 "$peer" --device cuda --precision "$precision" \
      --pixels 81920 --images-per-step 80 --width 256 --hidden 3
    row "PyTorch $precision, 81,920 pixels, width 256: $(peer_rate "$logs/peer_$precision.log") Mpixel/s"
  done
  limited 60 peer_bf16_compiled python3 "$peer" --device cuda --compile --precision bf16 \
    --pixels 81920 --images-per-step 80 --width 256 --hidden 3
  row "PyTorch bf16, compiled: $(peer_rate "$logs/peer_bf16_compiled.log") Mpixel/s"
}

# --- tests -----------------------------------------------------------------------------------------

export CHORUS_REQUIRED_BACKENDS=$backend CHORUS_DATA_DIR=$PWD/data

# suites SECONDS ROOM SUITES [TOOL...]: suites of a room's tests on the backend, under a tool if any.
suites() {
  local limit=$1 room=$2 which=$3
  shift 3
  limited "$limit" "${1:+${3}_}test_$room" env CHORUS_TEST_BACKEND="$backend" "$@" "$tests$room" \
    --run_test="$which" --color_output=no
}

check_against_reference() {
  local precision
  for precision in fp32 bf16; do
    train "check_$precision" "$precision" --backend "check:$backend,reference" --steps 2
  done
}

look_for_errors() {
  if ! command -v compute-sanitizer > /dev/null; then
    say 'no compute-sanitizer: no look for memory errors and races'
    return
  fi
  suites 45 backends "$kernel_suites" compute-sanitizer --tool memcheck --error-exitcode 1
  suites 45 backends "$kernel_suites" compute-sanitizer --tool racecheck --error-exitcode 1
}

look_at_kernels() {
  command -v ncu > /dev/null || return 0
  limited 30 ncu ncu --clock-control none --set basic --launch-skip 400 --launch-count 24 \
    "$program" bench --backend "$backend" --precision bf16 --cuda-path network --only training \
    --repetitions 1 "${large[@]}"
  [[ -z $out || ! -f $logs/ncu.log ]] || cp "$logs/ncu.log" "$out/ncu.txt"
}

# --- in the order of what would be missed most -----------------------------------------------------

limited 10 gpu nvidia-smi \
  --query-gpu=name,driver_version,clocks.sm,clocks.max.sm,clocks.mem,power.limit,mig.mode.current \
  --format=csv,noheader
say "$(head -n 1 "$logs/gpu.log" 2> /dev/null | or_none)"
limited 20 probe "$probe"
if [[ -s $logs/probe.log ]]; then
  while IFS= read -r line; do say "    $line"; done < "$logs/probe.log"
fi
suites 25 backends "$kernel_suites"
measure_speed
measure_quality
measure_repeatability
measure_more_seconds
suites 40 core "$core_suites"
check_against_reference
compare_with_peer
look_at_kernels
look_for_errors
suites 40 training "$training_suites"
