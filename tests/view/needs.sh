# Sourced by the tests of the page. needs PROGRAM... ends a test with exit status 77 (skipped) if one of
# the programs is missing, or with 1 if CHORUS_REQUIRE_CHROMIUM is set.
# shellcheck shell=sh
needs() {
  for program; do
    command -v "$program" > /dev/null && continue
    echo "no $program"
    [ -z "${CHORUS_REQUIRE_CHROMIUM-}" ] || exit 1
    exit 77
  done
}
