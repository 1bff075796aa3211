#!/usr/bin/env bash
# Manual pages and completions say what --help says.
#   manual.sh PROGRAM CHORUS_MANUAL
set -euo pipefail
program=$1 manual=$2
out=$(mktemp -d)
trap 'rm -r "$out"' EXIT

fail() {
  echo "manual.sh: $*" >&2
  exit 1
}

"$manual" "$out"
mapfile -t commands < <("$program" --help | sed -n '/^Subcommands:/,$p' | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p')
((${#commands[@]} >= 14)) || fail "--help lists ${#commands[@]} commands"
for command in "${commands[@]}"; do
  page=$out/man/chorus-$command.1
  grep -q "^.BR chorus (1)" "$page" || fail "$command has no page"
  while read -r flag; do
    grep -qF -- "${flag//-/\\-}" "$page" || fail "$flag of $command is not in its page"
  done < <("$program" "$command" --help | grep -oE -- '^  (-[a-z],)?--[a-z-]+' | grep -oE -- '--[a-z-]+')
  grep -qF -- "chorus\\-${command//-/\\-}" "$out/man/chorus.1" || fail "chorus.1 does not name $command"
done
if command -v groff > /dev/null; then
  groff -man -ww -Tutf8 "$out"/man/*.1 2> "$out/warnings" > /dev/null
  [[ ! -s $out/warnings ]] || fail "groff says: $(head -3 "$out/warnings")"
fi

# complete WORD...: what the shell would offer for the last word.
# shellcheck disable=SC1091 # made above
source "$out/completions/chorus.bash"
offered() {
  COMP_WORDS=(chorus "$@")
  COMP_CWORD=$#
  _chorus
  echo "${COMPREPLY[*]}"
}
[[ $(offered exp) == export ]] || fail "bash offers for exp: $(offered exp)"
[[ $(offered export --prec) == --precision ]] || fail "bash offers: $(offered export --prec)"
[[ $(offered export --precision int) == "int8 int7 int6 int5 int4" ]] ||
  fail "bash offers: $(offered export --precision int)"
[[ -z $(offered export m) ]] || fail "bash offers for a file: $(offered export m)"
if command -v zsh > /dev/null; then
  zsh -n "$out/completions/_chorus"
fi
