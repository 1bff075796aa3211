#!/usr/bin/env bash
# Runs the fuzz targets of a build, as many at a time as there are processors:
#   tests/fuzz/run.sh BUILD [SECONDS [NAME...]]
# SECONDS is for each target. What is found lies in BUILD/fuzz/found: `BUILD/tests/fuzz/fuzz_NAME FILE`
# runs one input again.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(readlink -f "$1")
seconds=${2:-60}
shift $(($# < 2 ? $# : 2))
targets=("$@")
if ((${#targets[@]} == 0)); then
  targets=(png pictures model c_api training_state metrics pairs study names)
fi
work=$build/fuzz
chorus=$build/apps/chorus
icons=$here/../../data/icons
mkdir -p "$work/found"

# Small models of every kind, with their states and metrics, and pictures.
make_seeds() {
  local seeds=$work/seeds data=$work/pictures options i=0
  rm -rf "$seeds" "$data"
  mkdir -p "$seeds"/{png,pictures,model,c_api,training_state,metrics,pairs,study,names} "$data"/{24,48}
  "$build/tests/fuzz/fuzz_png_seeds" "$seeds/png"
  "$build/tests/fuzz/fuzz_picture_seeds" "$seeds/pictures"
  cp "$icons"/24/{about,camera}.png "$seeds/png"
  for name in about camera folder; do
    cp "$icons/24/$name.png" "$data/24"
    cp "$icons/48/$name.png" "$data/48"
  done
  for options in "--head rgb" "--head rgb --conditioning film" "--head rgb --conditioning input" \
    "--palette-size 3 --palette-fields affine" "--palette-size 3 --palette predicted"; do
    i=$((i + 1))
    # shellcheck disable=SC2086 # a list of words
    "$chorus" train "$data" --size 24 --steps 5 --width 8 --hidden-layers 1 --latent 4 --threads 1 \
      --flat-pixels 4 --edge-pixels 4 --track "$data" --hold-out-pixels 0.1 --backend reference \
      $options --overwrite -o "$work/$i.safetensors" > "$work/seeds.log"
    cp "$work/$i.safetensors" "$seeds/model/$i"
    "$chorus" export "$work/$i.safetensors" -o "$work/$i.packed.safetensors" --budget 1800 \
      --backend reference >> "$work/seeds.log"
    "$chorus" export "$work/$i.safetensors" -o "$work/$i.int5.safetensors" --precision int5 \
      >> "$work/seeds.log"
    cp "$work/$i.packed.safetensors" "$seeds/model/$i.packed"
    cp "$work/$i.int5.safetensors" "$seeds/model/$i.int5"
    cp "$work/$i.packed.safetensors" "$work/$i.safetensors" "$seeds/c_api"
    cp "$work/$i.state.safetensors" "$seeds/training_state/$i"
    cp "$work/$i.metrics.jsonl" "$seeds/metrics/$i"
  done
  for options in pixels resolutions images; do
    "$chorus" study "$data" --protocol "$options" --size 24 --seeds 1 --steps 5 --width 8 \
      --hidden-layers 1 --latent 4 --threads 1 --backend reference -o "$work/study" \
      > "$work/seeds.log"
    mv "$work/study/seed_1.json" "$seeds/study/$options"
  done
  printf '{"of":{"version":1,"model":"@","path":"linear","sample":%s,"seed":%s},"pairs":[%s]}' 0 0 \
    '[0,1,1,0.5,0.4,0.3],[0,2,1,0.6,0.3,0.3],[0,3,1,0.5,0.4,0.2],[1,2,1,0.5,0.4,0.3],[1,3,1,0.5,0.4,0.1],[2,3,1,0.1,0.4,0.3]' \
    > "$seeds/pairs/all"
  printf 'icon_48x32px.png' > "$seeds/names/size"
  printf 'about.moved.a' > "$seeds/names/known"
  printf '\xc3\xbc\xe2\x80\xa8\x1b[31m' > "$seeds/names/control"
}

run_target() {
  local name=$1 corpus=$work/corpus/$1
  mkdir -p "$corpus"
  if ! "$build/tests/fuzz/fuzz_$name" "$corpus" "$work/seeds/$name" -dict="$here/json.dict" \
    -max_total_time="$seconds" -max_len=16384 -timeout=10 -rss_limit_mb=2048 -malloc_limit_mb=512 \
    -artifact_prefix="$work/found/$name-" -print_final_stats=1 > "$work/$name.log" 2>&1; then
    printf '%s: FAILED\n' "$name"
    tail -n 40 "$work/$name.log"
    return 1
  fi
  printf '%-16s %s inputs, coverage %s\n' "$name" \
    "$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$name.log")" \
    "$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$work/$name.log" | tail -n 1)"
}

make_seeds
export OMP_NUM_THREADS=1 UBSAN_OPTIONS=print_stacktrace=1
export here build seconds work
export -f run_target
printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I{} bash -c 'run_target {}'
