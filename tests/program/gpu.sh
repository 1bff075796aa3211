#!/usr/bin/env bash
# On a machine with an NVIDIA GPU: builds, tests with the GPU required, looks for memory errors and
# races, measures, compares with PyTorch, and prints one table. Ends within 9 minutes: a part that takes
# longer than its share is stopped and counts as failed. Needs no internet.
#   tests/program/gpu.sh               all of it
#   tests/program/gpu.sh fetch FOLDER  on another machine, with internet: only fetches the Debian
#                                      packages of a build into the folder
#   CHORUS_PACKAGES  such a folder, where the packages are not installed
#   CHORUS_PEER      the PyTorch program to compare with; it prints "... 1.23 Mpixel/s ..."
set -uo pipefail
# Folders that the caller names are relative to where the caller is.
folder=${2:+$(realpath -m -- "$2")}
packages=${CHORUS_PACKAGES:+$(realpath -m -- "$CHORUS_PACKAGES")}
peer=${CHORUS_PEER:+$(realpath -m -- "$CHORUS_PEER")}
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

build=build/gpu
logs=$build/logs
program=$build/apps/chorus
tests=$build/tests/chorus_test_
deadline=$((SECONDS + 535))
failures=0
mkdir -p "$logs"

# limited SECONDS NAME COMMAND...: runs it, at most so long, with its output in logs/NAME.log.
limited() {
  local limit=$1 name=$2 start=$SECONDS left=$((deadline - SECONDS))
  shift 2
  if ((left < 1)); then
    printf '%-28s no time left\n' "$name"
    failures=$((failures + 1))
    return 1
  fi
  # A training that is told to stop ends its step and saves, which may take longer than there is time.
  if timeout --kill-after=5 $((limit < left ? limit : left)) "$@" > "$logs/$name.log" 2>&1; then
    printf '%-28s passed  %4d s\n' "$name" $((SECONDS - start))
  else
    printf '%-28s FAILED  %4d s, see %s\n' "$name" $((SECONDS - start)) "$logs/$name.log"
    tail -n 5 "$logs/$name.log"
    failures=$((failures + 1))
    return 1
  fi
}

unpack() {
  local package
  for package in "$packages"/*.deb; do
    dpkg-deb -x "$package" "$build/packages" || return
  done
}

configure() {
  local options=(-S . -B "$build" -DCMAKE_BUILD_TYPE=Release -DCHORUS_WERROR=ON
    -DCHORUS_CUDA=ON -DCHORUS_CUDA_ARCHITECTURES=native -DCHORUS_TEST_OBJECTS=OFF)
  command -v ninja > /dev/null && options+=(-G Ninja)
  [[ -d $build/packages ]] && options+=("-DCMAKE_PREFIX_PATH=$PWD/$build/packages/usr")
  cmake "${options[@]}"
}

export build packages
export -f unpack configure

# Prints the last line of standard input, or "-" if there is none.
last_or_none() {
  tail -n 1 | grep . || echo -
}

# number KEY FILE: the first number of that key in a JSON file, or "-".
number() {
  sed -n "s/.*\"$1\": *\([0-9.eE+-]*\).*/\1/p" "$2" 2> /dev/null | head -n 1 | last_or_none
}

# The rate that the peer printed, the better one of several files, or "-".
peer_rate() {
  cat "$@" 2> /dev/null | sed -n 's/.* \([0-9.]*\) Mpixel\/s.*/\1/p' | sort -g | last_or_none
}

# memcheck ROOM SECONDS SUITES: looks for memory errors in suites of a room's tests.
memcheck() {
  limited "$2" "memcheck_$1" compute-sanitizer --tool memcheck --error-exitcode 1 "$tests$1" \
    --run_test="$3"
}

measure() {
  local precision=$1
  limited 20 "bench_$precision" "$program" bench --backend cuda --precision "$precision" \
    --width 256 --pixels 1024 --repetitions 5 --json
  limited 15 "small_step_$precision" "$program" bench --backend cuda --precision "$precision" \
    --width 128 --pixels 16 --repetitions 5 --json
  limited 25 "train_$precision" "$program" train data/icons --size 48 --seconds 3 --backend cuda \
    --precision "$precision" --overwrite -o "$build/icons_$precision.safetensors"
  if [[ -f $peer ]]; then
    limited 25 "peer_$precision" python3 "$peer" --device cuda --precision "$precision" \
      --pixels 81920 --images-per-step 80 --width 256 --hidden 3
    limited 60 "peer_compiled_$precision" python3 "$peer" --device cuda --compile \
      --precision "$precision" --pixels 81920 --images-per-step 80 --width 256 --hidden 3
  fi
}

row() {
  local precision=$1 rate peer_best
  rate=$(number mpixel_per_s "$logs/bench_$precision.log")
  peer_best=$(peer_rate "$logs/peer_$precision.log" "$logs/peer_compiled_$precision.log")
  printf '| %s | %s | %s | %s | %s | %s | %s | %s |\n' "$precision" "$rate" \
    "$(number gflops "$logs/bench_$precision.log")" "$peer_best" \
    "$(awk -v a="$rate" -v b="$peer_best" 'BEGIN { if (a > 0 && b > 0) printf "%.1f", a / b; else print "-" }')" \
    "$(number us_per_step "$logs/small_step_$precision.log")" \
    "$(number host_us_per_step "$logs/small_step_$precision.log")" \
    "$(sed -n 's/.*pooled \([0-9.]*\) dB.*/\1/p' "$logs/train_$precision.log" 2> /dev/null | last_or_none)"
}

if [[ -n $packages ]]; then
  limited 60 unpack bash -c unpack || exit 1
fi
limited 60 configure bash -c configure || exit 1
limited 240 build cmake --build "$build" --parallel "$(nproc)" || exit 1

export CHORUS_REQUIRED_BACKENDS=cuda
limited 150 tests ctest --test-dir "$build" --parallel "$(nproc)" --output-on-failure
export CHORUS_TEST_BACKEND=cuda
memcheck core 40 primitives:sine_layer:ops/values_are_those_of_the_definition
memcheck backends 30 cuda_kernels:compact
memcheck training 30 recorded
limited 90 racecheck compute-sanitizer --tool racecheck --error-exitcode 1 "${tests}backends" \
  --run_test=cuda_kernels:compact
unset CHORUS_TEST_BACKEND
for precision in fp32 bf16; do
  limited 30 "check_$precision" "$program" train data/icons --size 24 --steps 5 \
    --backend check:cuda,reference --precision "$precision" --overwrite \
    -o "$build/checked.safetensors"
done

if [[ -z $peer ]]; then
  echo 'no comparison with PyTorch: CHORUS_PEER names no program'
elif [[ ! -f $peer ]]; then
  printf 'no comparison with PyTorch: there is no %s\n' "$peer"
fi
for precision in fp32 tf32 fp16 bf16; do
  measure "$precision"
done
for queues in 1 4; do
  limited 20 "bench_queues_$queues" "$program" bench --backend cuda --precision bf16 \
    --workers "$queues" --width 256 --pixels 1024 --repetitions 5 --json
done

printf '\n%s\n\n' "$(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader)"
cat << 'END'
| precision | Mpixel/s | GFLOP/s | PyTorch, best, Mpixel/s | ratio | us a small step | of the host | icons after 3 s, pooled dB |
|---|---|---|---|---|---|---|---|
END
for precision in fp32 tf32 fp16 bf16; do
  row "$precision"
done
printf '\nbf16 with 1, 2 and 4 queues: %s, %s and %s Mpixel/s.' \
  "$(number mpixel_per_s "$logs/bench_queues_1.log")" \
  "$(number mpixel_per_s "$logs/bench_bf16.log")" \
  "$(number mpixel_per_s "$logs/bench_queues_4.log")"
printf '\nTraining at width 256, 3 hidden layers, 81,920 pixels a step; a small step is 1,280 pixels at
width 128. %d failures, %d s.\n' "$failures" "$SECONDS"
((failures == 0))
