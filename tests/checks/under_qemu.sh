#!/bin/sh
# Runs a program as another processor:  under_qemu.sh CPU PROGRAM ARGUMENTS...
# Without qemu the exit status is 77 (skipped), or 1 if CHORUS_REQUIRE_QEMU=1.
set -eu
cpu=$1
shift
if ! command -v qemu-x86_64 > /dev/null; then
  echo "qemu-x86_64 is missing (Debian package qemu-user)"
  if [ "${CHORUS_REQUIRE_QEMU:-0}" = 1 ]; then exit 1; fi
  exit 77
fi
exec qemu-x86_64 -cpu "$cpu" "$@"
