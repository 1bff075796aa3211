#!/bin/sh
# compare_in_browser.sh CHORUS DATA [SCREENSHOTS]
# Makes the page of `report --compare` and answers it in headless Chromium, by mouse, by keys and over a
# reload; the program must read what the page saves. Exit status 77 without the programs it needs, unless
# CHORUS_REQUIRE_CHROMIUM is set. With a third argument, screenshots are left in that folder.
set -eu
chorus=$1 data=$(cd "$2" && pwd) shots=${3-}
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$(dirname "$0")/needs.sh"
needs node chromedriver chromium
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir icons
for name in about camera folder key; do cp "$data/icons/24/$name.png" icons/; done
"$chorus" train icons --width 24 --latent 8 --steps 100 --threads 1 -o m.safetensors > log.txt
for path in morph linear; do
  for ends in "about camera" "folder key" "about key"; do
    # shellcheck disable=SC2086 # two names
    "$chorus" interpolate m.safetensors $ends --size 48 --frames 5 --path "$path" \
      -o "$path/$(echo "$ends" | tr ' ' '-')" >> log.txt
  done
done
"$chorus" report --compare morph linear -o page >> log.txt
if grep -nE '(src|href)="?https?:|url\(|@import|fetch\(' page/index.html; then
  echo "the page refers to something outside of it" && exit 1
fi
node "$here/compare_tests.mjs" "$work" "$shots"
"$chorus" report --compare morph linear --choices downloads/choices.json
