#!/bin/sh
# Makes data/transparent from the npm package flat-color-icons: the icons named in transparent.txt,
# rendered at four sizes on nothing, as 8-bit RGBA PNG. Run it from any folder:
#
#   data/make_transparent.sh [FOLDER]    writes FOLDER/SIZE/NAME.png (FOLDER: transparent, beside
#                                        this script)
#
# A line of transparent.txt is NAME KIND [FILL=OPACITY ...]. KIND says how the drawing is changed:
#
#   plain    not at all
#   shadow   made a little smaller, with a soft shadow below it
#   glass    what is filled with FILL (six hexadecimal digits) gets that opacity
#   white    the same, and then every fill becomes white
#
# Needs npm, rsvg-convert (Debian: librsvg2-bin) and optipng. Each size is rendered from the
# vector drawing, not scaled from another size, so that every size is a truth of its own.
set -eu

package=flat-color-icons@1.1.0
sizes="24 48 96 256"

here=$(cd "$(dirname "$0")" && pwd)
target=${1:-$here/transparent}

fail() {
  echo "make_transparent.sh: $1" >&2
  exit 1
}

# Prints the elements of the drawing FILE, without the declarations and the <svg> around them.
elements_of() {
  tr '\n\r\t' '   ' <"$1" | sed -E 's|^.*<svg[^>]*>||; s|</svg>.*$||'
}

# Prints a drawing of the elements on standard input.
drawing_of() {
  echo '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48">'
  cat
  echo '</svg>'
}

# Gives an opacity to each FILL=OPACITY of the elements on standard input.
set_opacities() {
  elements=$(cat)
  for pair in "$@"; do
    fill=${pair%=*}
    case $elements in
      *"fill=\"#$fill\""*) ;;
      *) fail "nothing in $name is filled with $fill, to which transparent.txt gives an opacity" ;;
    esac
    elements=$(printf '%s' "$elements" |
      sed "s|fill=\"#$fill\"|& fill-opacity=\"${pair#*=}\"|g")
  done
  printf '%s\n' "$elements"
}

# Makes the elements on standard input a little smaller and moves them up: room for a shadow.
make_room() {
  echo '<g transform="translate(24 22.8) scale(.84) translate(-24 -24)">'
  cat
  echo '</g>'
}

# Puts the elements on standard input over their shadow, which reaches three standard deviations of
# the blur beyond them. The shadow is an image of 768 pixels, a multiple of every size, since
# librsvg's blur is inexact where its standard deviation is under two pixels: shadows blurred at
# 24 pixels differ from the true ones by 7 levels of opacity (rms), those from this image by 1.5.
add_shadow() {
  make_room >"$work/smaller"
  drawing_of >"$work/shadow.svg" <<SHADOW
<filter id="shadow" filterUnits="userSpaceOnUse" x="0" y="0" width="48" height="48">
  <feGaussianBlur in="SourceAlpha" stdDeviation="1.6"/>
  <feOffset dy="1.6" result="blurred"/>
  <feFlood flood-color="#000000" flood-opacity=".35"/>
  <feComposite in2="blurred" operator="in"/>
</filter>
<g filter="url(#shadow)">
$(cat "$work/smaller")
</g>
SHADOW
  rsvg-convert --width 768 --height 768 --output "$work/changed/$name.png" "$work/shadow.svg"
  echo "<image href=\"$name.png\" width=\"48\" height=\"48\"/>"
  cat "$work/smaller"
}

# Changes the elements on standard input as KIND says: change KIND [FILL=OPACITY ...].
change() {
  kind=$1
  shift
  case $kind in
    plain) cat ;;
    shadow) add_shadow ;;
    glass | white) set_opacities "$@" ;;
    *) fail "transparent.txt calls $name '$kind', expected plain, shadow, glass or white" ;;
  esac
}

# Makes every fill of the elements on standard input white.
whiten() {
  sed -E 's/fill="#[0-9A-Fa-f]{3,6}"/fill="#FFFFFF"/g'
}

for tool in npm rsvg-convert optipng; do
  command -v "$tool" >/dev/null || fail "$tool is not installed"
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$target" "$work/changed"
target=$(cd "$target" && pwd)

(cd "$work" && npm pack --silent "$package" >archive_name && tar -xzf "$(cat archive_name)")

# The steps hand files on, not pipes, since a pipe would hide that a step failed.
while read -r name kind opacities; do
  drawing=$work/package/svg/$name.svg
  [ -f "$drawing" ] || fail "$package has no drawing $name, which transparent.txt names"
  elements_of "$drawing" >"$work/elements"
  # shellcheck disable=SC2086  # the opacities are words of their own
  change "$kind" $opacities <"$work/elements" >"$work/parts"
  if [ "$kind" = white ]; then
    whiten <"$work/parts" >"$work/elements"
    mv "$work/elements" "$work/parts"
  fi
  drawing_of <"$work/parts" >"$work/changed/$name.svg"
done <"$here/transparent.txt"

for size in $sizes; do
  mkdir -p "$target/$size"
  for drawing in "$work/changed"/*.svg; do
    rsvg-convert --width "$size" --height "$size" \
      --output "$target/$size/$(basename "$drawing" .svg).png" "$drawing"
  done
  # -nx: no reduction to grey or palette, so that every file stays RGBA; pixels are unchanged.
  find "$target/$size" -name '*.png' -exec optipng -quiet -nx -strip all -o4 {} +
  echo "$size px: $(find "$target/$size" -name '*.png' | wc -l) icons"
done
