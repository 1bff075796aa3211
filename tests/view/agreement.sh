#!/bin/sh
# agreement.sh CHORUS DATA
# Trains small networks of every kind, writes their pages, and compares what the scripts of the page
# decode with what the program decodes from the same numbers. Exit status 77 without Node.js, unless
# CHORUS_REQUIRE_CHROMIUM is set.
set -eu
chorus=$1 data=$(cd "$2" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$(dirname "$0")/needs.sh"
needs node
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir -p icons/24 mixed alpha/24 new/24
for name in about camera folder key; do cp "$data/icons/24/$name.png" icons/24/; done
for name in search settings; do cp "$data/icons/24/$name.png" new/24/; done
for file in "$data"/transparent/24/a*.png; do cp "$file" alpha/24/; done
cp "$data/icons/24/key.png" mixed/
cp "$data/icons/48/folder.png" mixed/

# train NAME DATA [OPTIONS]
train() {
  name=$1 images=$2
  shift 2
  "$chorus" train "$images" --width "${width-18}" --latent 6 --steps 60 --threads 1 -o "$name.safetensors" "$@" \
    > log.txt 2>&1 || { cat log.txt && exit 1; }
}

# compare NAME SIZE [OPTIONS]
compare() {
  name=$1 size=$2
  shift 2
  "$chorus" view "$name.safetensors" --overwrite -o "$name.html" "$@" > /dev/null
  for kind in plain wasm; do
    rm -rf compared && mkdir compared
    printf '%s, %s px %s: ' "$name" "$size" "$*"
    node "$here/agreement.mjs" "$chorus" "$name.html" compared "$size" "$kind"
  done
}

train palette icons/24 --head palette
train rgb icons/24 --head rgb
train film icons/24 --head palette --conditioning film
train input icons/24 --head rgb --conditioning input
train affine icons/24 --head palette --palette-fields affine
train predicted icons/24 --head palette --palette predicted
train alpha alpha/24
train alpha_rgb alpha/24 --head rgb --conditioning film
train mixed mixed
# A width that is no multiple of four.
width=5 train deep icons/24 --hidden-layers 5
"$chorus" fit palette.safetensors new/24 --modulations -o shifts.safetensors > log.txt 2>&1 ||
  { cat log.txt && exit 1; }

compare palette 24
compare palette 61 --precision fp16
for name in rgb film input affine predicted alpha alpha_rgb mixed shifts deep; do compare "$name" 61; done
