#!/bin/sh
# report_in_browser.sh CHORUS DATA [SCREENSHOTS]
# Trains for a moment, writes reports and opens them in headless Chromium: they must finish without an
# error, ask the network for nothing and show their parts. Exit status 77 without Chromium, unless
# CHORUS_REQUIRE_CHROMIUM is set. With a third argument, screenshots are left in that folder.
set -eu
chorus=$1 data=$2 shots=${3-}
browser=$(command -v chromium || command -v chromium-browser || true)
if [ -z "$browser" ]; then
  echo "no chromium"
  [ -z "${CHORUS_REQUIRE_CHROMIUM-}" ] || exit 1
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "$1"
  [ ! -e console.txt ] || grep CONSOLE console.txt || true
  exit 1
}

# train NAME DATA [OPTIONS]
train() {
  name=$1 images=$2
  shift 2
  "$chorus" train "$images" --width 32 --latent 8 --threads 1 -o "$name/model.safetensors" "$@" \
    >> log.txt
}

report() {
  "$chorus" report "$1" -o "$1/report" --threads 1 >> log.txt
}

# open_page NAME [OPTIONS]
open_page() {
  page=file://$work/$1/report/index.html
  shift
  timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
    --disable-background-networking --disable-component-update --no-first-run \
    --user-data-dir="$work/profile" --virtual-time-budget=8000 --enable-logging=stderr "$@" "$page"
}

# check_page NAME PART...: the page as the browser has it must be whole and hold every PART.
check_page() {
  name=$1
  shift
  open_page "$name" --dump-dom > page.html 2> console.txt
  grep -q 'data-ready="yes"' page.html || fail "$name: the script did not reach its end"
  error=$(grep -o 'data-error="[^"]*"' page.html || true)
  [ -z "$error" ] || fail "$name: $error"
  if grep -q CONSOLE console.txt; then fail "$name: the browser's console is not empty"; fi
  for part in "$@"; do
    grep -q "$part" page.html || fail "$name: the page lacks $part"
  done
}

cd "$work"
mkdir -p icons/24 icons/48 one two
for name in about camera folder key search settings; do
  cp "$data/24/$name.png" icons/24/
  cp "$data/48/$name.png" icons/48/
done
train run icons --size 24 --steps 150 --hold-out-pixels 0.2 --track icons
"$chorus" pairs run/model.safetensors --study --threads 1 >> log.txt
report run

# The page may name the namespace of SVG, which is never fetched, and nothing else outside.
if sed 's|http://www.w3.org/2000/svg||g' run/report/index.html |
  grep -nE '(src|href)="?https?:|url\(|@import|fetch\('; then
  fail "the page refers to something outside of it"
fi
# Six walks: the best three of three pairs, and three of the random ones. All images decode, or
# there is an error.
check_page run 'id="size-table"><thead' 'id="pixel-table"><thead' '<polyline' 'class="base"' \
  'class="row"' 'id="image-table"><thead' '<image ' '<dt>Seed' \
  'With drawings' 'error of drawing' 'Drawing, dB' 'data-drawn="6"' 'id="path-table"><thead' 'hard cut' 'chooses the pairs above' \
  '<div id="known" hidden'

# One image has no paths; two may be of different sizes; pairs may have a known middle.
cp "$data/24/key.png" one/
cp "$data/24/key.png" "$data/48/folder.png" two/
"$chorus" known-truth icons -o known --per-kind 1 --size 24 >> log.txt
for images in one two known; do
  train "run_$images" "$images" --steps 5
  report "run_$images"
done
check_page run_one '<section id="paths" [^>]*hidden'
check_page run_two 'data-drawn="2"'
check_page run_known 'data-drawn="6"' 'id="known-table"><thead' 'moved and recolored'

# The pages of studies draw with the report's charts: whiskers, a row for each variant.
study() {
  "$chorus" study icons --size 24 --width 16 --latent 4 --steps 5 --seeds 2 --threads 1 -o "$@" \
    >> log.txt
  mkdir "$1/report"
  cp "$1/study.html" "$1/report/index.html"
}
study capacity --protocol capacity --images 2,4 --numbers 400,800 --widths 8,16 --latents 4
study ablation --protocol ablation --images 3 --variants rgb,film
check_page capacity 'class="whisker"' 'class="save"' '>images<' '<polyline' '<dt>Seeds'
check_page ablation 'class="whisker"' 'no palette' 'class="chart dots"' '<td>film'

if [ -n "$shots" ]; then
  mkdir -p "$shots"
  open_page run --window-size=1280,4200 --hide-scrollbars --screenshot="$shots/desktop.png" 2> /dev/null
fi
