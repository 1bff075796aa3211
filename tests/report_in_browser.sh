#!/bin/sh
# report_in_browser.sh CHORUS DATA [SCREENSHOTS]
# Trains for a moment, writes a report and opens it in headless Chromium: it must finish without an
# error, ask the network for nothing and show its parts. Exit status 77 without Chromium, unless
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

mkdir -p "$work/icons/24" "$work/icons/48"
for name in about camera folder key search settings; do
  cp "$data/24/$name.png" "$work/icons/24/"
  cp "$data/48/$name.png" "$work/icons/48/"
done
cd "$work"
"$chorus" train icons --size 24 --width 32 --latent 8 --steps 150 --threads 1 \
  --hold-out-pixels 0.2 --track icons -o run/model.safetensors > log.txt
"$chorus" report run -o report --threads 1 >> log.txt

# The page may name the namespace of SVG, which is never fetched, and nothing else outside.
if sed 's|http://www.w3.org/2000/svg||g' report/index.html | grep -nE '(src|href)="?https?:|url\(|@import|fetch\('; then
  echo "the page refers to something outside of it"
  exit 1
fi

open_page() {
  timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
    --disable-background-networking --disable-component-update --no-first-run \
    --user-data-dir="$work/profile" --virtual-time-budget=4000 --enable-logging=stderr "$@" \
    "file://$work/report/index.html"
}
open_page --dump-dom > page.html 2> console.txt

fail() {
  echo "$1"
  grep CONSOLE console.txt || true
  exit 1
}
grep -q 'data-ready="yes"' page.html || fail "the script of the page did not reach its end"
if grep -q 'data-error=' page.html; then fail "the page reports an error"; fi
if grep -q CONSOLE console.txt; then fail "the browser's console is not empty"; fi
for part in 'id="size-table"><thead' 'id="pixel-table"><thead' '<polyline' 'class="base"' \
  'class="row"' 'id="image-table"><thead' '<image ' '<dt>Seed'; do
  grep -q "$part" page.html || fail "the page lacks $part"
done

if [ -n "$shots" ]; then
  mkdir -p "$shots"
  open_page --window-size=1280,4200 --hide-scrollbars --screenshot="$shots/desktop.png" 2> /dev/null
fi
