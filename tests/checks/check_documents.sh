#!/bin/sh
# Fails unless what the documents point to is there: links between them with their anchors, files that
# they name from the root of the repository (`engine/core/ops.cpp`), and documents that sources name.
# Nor may they name a path of the machine on which they were written.
#   check_documents.sh ROOT
set -eu
cd -- "$1"

work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

# build*/ and out/ hold what was built; the broken documents prove that this check finds mistakes.
find . -name '*.md' ! -path './build*' ! -path './out/*' ! -path './.git/*' \
  ! -path './tests/checks/broken_documents/*' | sed 's#^\./##' | LC_ALL=C sort > "$work/documents"
[ -s "$work/documents" ] || { echo "no documents in $1" >&2 && exit 1; }

# Reads every document twice: first for its headings, then for what it points to. Prints mistakes, and
# "exists FILE LINE PATH" for what the shell has to look up.
cat > "$work/references.awk" << 'END'
function slug(text) {
  gsub(/\]\([^()]*\)/, "", text)
  text = tolower(text)
  gsub(/[^a-z0-9 _-]/, "", text)
  gsub(/ /, "-", text)
  return text
}
function folder(path) { return match(path, /.*\//) ? substr(path, 1, RLENGTH) : "" }
function tidy(path) {
  gsub(/\/\.\//, "/", path)
  while (match(path, /(^|\/)[^\/.][^\/]*\/\.\.(\/|$)/))
    path = substr(path, 1, RSTART - 1) (RSTART > 1 ? "/" : "") substr(path, RSTART + RLENGTH)
  sub(/\/$/, "", path)
  return path
}
function mistake(text) { print "mistake", FILENAME ":" FNR ": " text }
FNR == 1 { fenced = 0; first = !(FILENAME in seen); seen[FILENAME] = 1 }
/^ *(```|~~~)/ { fenced = !fenced; next }
first && !fenced && /^#+ / {
  text = $0
  sub(/^#+ +/, "", text)
  key = FILENAME "#" slug(text)
  anchors[key (key in anchors ? "-" ++copies[key] : "")] = 1
}
first { next }
/(^|[^A-Za-z0-9_.~-])\/(home|work|root|tmp)\// { mistake("names a path of one machine: " $0) }
fenced { next }
{
  line = $0
  while (match(line, /`(engine|backends|apps|tests|docs|data)\/[A-Za-z0-9_\/.-]*\.[a-z]+`/)) {
    if (substr(line, RSTART, RLENGTH) !~ /NAME|ROOM/) # names to be filled in
      print "exists", FILENAME, FNR, substr(line, RSTART + 1, RLENGTH - 2)
    line = substr(line, RSTART + RLENGTH)
  }
  line = $0
  gsub(/`[^`]*`/, "", line)
  while (match(line, /\]\([^() ]+\)/)) {
    target = substr(line, RSTART + 2, RLENGTH - 3)
    line = substr(line, RSTART + RLENGTH)
    if (target ~ /^(https?|mailto):/) continue
    anchor = ""
    if (match(target, /#/)) {
      anchor = substr(target, RSTART + 1)
      target = substr(target, 1, RSTART - 1)
    }
    path = target == "" ? FILENAME : tidy(folder(FILENAME) target)
    print "exists", FILENAME, FNR, (path == "" ? "." : path)
    if (anchor != "" && path ~ /\.md$/ && !((path "#" anchor) in anchors))
      mistake("no heading #" anchor " in " path)
  }
}
END
# shellcheck disable=SC2046 # names without blanks
awk -f "$work/references.awk" $(cat "$work/documents" "$work/documents") > "$work/found"
find . -name .git -prune -o -path './build*' -prune -o -path ./out -prune -o \
  \( -name '*.[chi]pp' -o -name '*.cu' -o -name '*.cuh' -o -name '*.cmake' -o -name CMakeLists.txt \) -print |
  sed 's#^\./##' > "$work/sources"
xargs grep -noE '(docs|engine|backends|apps|data)/[A-Za-z0-9_/]+\.md' /dev/null < "$work/sources" |
  awk -F: '{ print "exists", $1, $2, $3 }' >> "$work/found"

sed -n 's/^mistake //p' "$work/found" > "$work/mistakes"
while read -r kind file line path; do
  [ "$kind" = exists ] || continue
  [ -e "$path" ] || echo "$file:$line: no such file: $path" >> "$work/mistakes"
done < "$work/found"
cat "$work/mistakes"
echo "$(wc -l < "$work/documents") documents, $(grep -c ^exists "$work/found") references," \
  "$(wc -l < "$work/mistakes") mistakes"
[ ! -s "$work/mistakes" ]
