#!/bin/sh
# Makes data/icons from the npm package flat-color-icons: the icons named in icons.txt, rendered
# at seven sizes on white, as 8-bit RGB PNG. Run it from any folder:
#
#   data/make_icons.sh [FOLDER]     writes FOLDER/SIZE/NAME.png (FOLDER: icons, beside this script)
#
# Needs npm, rsvg-convert (Debian: librsvg2-bin) and optipng. Each size is rendered from the
# vector drawing, not scaled from another size, so that every size is a truth of its own.
set -eu

package=flat-color-icons@1.1.0
sizes="24 32 48 64 96 128 256"

here=$(cd "$(dirname "$0")" && pwd)
target=${1:-$here/icons}

for tool in npm rsvg-convert optipng; do
  command -v "$tool" >/dev/null || { echo "make_icons.sh: $tool is not installed" >&2; exit 1; }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$target"
target=$(cd "$target" && pwd)

(cd "$work" && npm pack --silent "$package" >archive_name && tar -xzf "$(cat archive_name)")

for size in $sizes; do
  mkdir -p "$target/$size"
  while read -r name; do
    rsvg-convert --width "$size" --height "$size" --background-color white \
      --output "$target/$size/$name.png" "$work/package/svg/$name.svg"
  done <"$here/icons.txt"
  # -nx: no reduction to grey or palette, so that every file stays RGB; pixels are unchanged.
  find "$target/$size" -name '*.png' -exec optipng -quiet -nx -strip all -o4 {} +
  echo "$size px: $(find "$target/$size" -name '*.png' | wc -l) icons"
done
