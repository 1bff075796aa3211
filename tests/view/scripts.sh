#!/bin/sh
# scripts.sh CHORUS MODEL_DATA
# The scripts of the page as they are written, and as they stand in a page, where they share one scope.
# ESLint runs where somebody has installed it (npm install, in apps/view). Exit status 77 without Node.js,
# unless CHORUS_REQUIRE_CHROMIUM is set.
set -eu
chorus=$1 data=$(cd "$2" && pwd)
view=$(cd "$(dirname "$0")/../../apps/view" && pwd)
# shellcheck source=/dev/null
. "$(dirname "$0")/needs.sh"
needs node
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for script in "$view"/script/*.js; do
  grep -q "script/$(basename "$script")" "$view/parts.cmake" ||
    { echo "apps/view/parts.cmake lacks $(basename "$script")" && exit 1; }
  cp "$script" "$work/script.mjs"
  node --check "$work/script.mjs"
done

"$chorus" train "$data/icons" --size 24 --width 8 --steps 1 --threads 1 -o "$work/model.safetensors" \
  > "$work/log.txt"
"$chorus" view "$work/model.safetensors" -o "$work/page.html" >> "$work/log.txt"

# fails PATTERN OPTIONS...: the program refuses, in one line that matches.
fails() {
  pattern=$1
  shift
  if "$chorus" view "$@" > "$work/said.txt" 2>&1; then echo "accepted: $*" && exit 1; fi
  if [ "$(wc -l < "$work/said.txt")" != 1 ] || ! grep -q -e "$pattern" "$work/said.txt"; then
    echo "view $*:" && cat "$work/said.txt" && exit 1
  fi
}
echo mine > "$work/mine.html"
mkdir "$work/empty"
fails 'mine.html exists' "$work/model.safetensors" -o "$work/mine.html"
fails 'empty: Is a directory' "$work/model.safetensors" -o "$work/empty"
fails 'nothing.safetensors' "$work/nothing.safetensors" -o "$work/other.html"
fails 'cannot read .*mine.html' "$work/mine.html" -o "$work/other.html"
fails 'precision' "$work/model.safetensors" --precision int3 -o "$work/other.html"
fails 'no drawing of any image' "$work/model.safetensors" --drawings "$work/empty" -o "$work/other.html"
[ "$(cat "$work/mine.html")" = mine ] || { echo "the file of somebody else is gone" && exit 1; }

sed -n '/^"use strict";$/,/^<\/script>$/p' "$work/page.html" | grep -v -e '^</script>$' -e '^<script' \
  > "$work/all.mjs"
[ "$(grep -c . "$work/all.mjs")" -gt 1000 ] || { echo "the page has no scripts" && exit 1; }
node --check "$work/all.mjs"

if [ -x "$view/node_modules/.bin/eslint" ]; then
  (cd "$view" && node_modules/.bin/eslint script)
elif command -v npm > /dev/null; then
  echo "eslint skipped: it is not installed (npm install, in apps/view)"
else
  echo "eslint skipped: there is no npm"
fi
