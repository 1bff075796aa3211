#!/bin/sh
# view_in_browser.sh CHORUS DATA [SCREENSHOTS]
# Trains for a moment, writes pages and uses them in headless Chromium, by Node.js and ChromeDriver:
# decoded pixels against the program's, zoom, drag, wipe, morphs, map, downloads, names, 10,000 images and
# damaged models, without an error in the console or a request. Exit status 77 without these programs,
# unless CHORUS_REQUIRE_CHROMIUM is set. With a third argument, screenshots are left in that folder.
set -eu
chorus=$1 data=$(cd "$2" && pwd) shots=${3-}
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$(dirname "$0")/needs.sh"
needs node chromedriver chromium
work=${CHORUS_VIEW_WORK-$(mktemp -d)}
[ -n "${CHORUS_VIEW_WORK-}" ] || trap 'rm -rf "$work"' EXIT
mkdir -p "$work"
cd "$work"

mkdir -p icons alpha mixed strange
for name in about camera folder key search settings; do cp "$data/icons/24/$name.png" icons/; done
for file in "$data"/transparent/24/a*.png; do cp "$file" alpha/; done
cp "$data/icons/24/key.png" mixed/
cp "$data/icons/48/folder.png" mixed/
cp "$data/icons/24/about.png" 'strange/<img src=x onerror=injected=1>.png'
cp "$data/icons/24/key.png" "strange/it's \"quoted\" & %41 {{model}}.png"
cp "$data/icons/24/folder.png" 'strange/ключ 🔑 #1?x.png'
cp "$data/icons/24/camera.png" 'strange/constructor.png'

# page NAME DATA [OPTIONS]
page() {
  name=$1 images=$2
  shift 2
  "$chorus" train "$images" --width 24 --latent 8 --steps 200 --threads 1 -o "$name.safetensors" "$@" \
    --overwrite > log.txt 2>&1 || { cat log.txt && exit 1; }
  "$chorus" view "$name.safetensors" --overwrite -o "$name.html" > /dev/null
}
page icons icons --head palette
page alpha alpha
page fields icons --head palette --palette-fields affine
page film icons --head rgb --conditioning film
page mixed mixed
page strange strange
node "$here/synthetic_model.mjs" many.safetensors 10000
"$chorus" view many.safetensors --overwrite -o many.html > /dev/null
[ "$(wc -c < many.html)" -le 30000000 ] || { echo "the page of 10,000 images is too large" && exit 1; }

node "$here/view_tests.mjs" "$chorus" "$work" "$shots"
