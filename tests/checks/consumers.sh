#!/usr/bin/env bash
# Builds and runs the programs of apps/embed from an installed chorus, by CMake and by pkg-config, and
# looks at what is installed and at what is linked.
#   consumers.sh PREFIX static|shared PROGRAM FOLDER
# PROGRAM is a `chorus` to compare with; FOLDER takes what is made.
set -euo pipefail
prefix=$1 kind=$2 program=$3 out=$4
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
embed=$root/apps/embed
mkdir -p "$out"

fail() {
  echo "consumers.sh: $*" >&2
  exit 1
}

# --- what is installed ------------------------------------------------------------------------------

if grep -rlF "$root" "$prefix"; then fail "these files name the working copy"; fi
headers=("$prefix"/include/chorus/*)
((${#headers[@]} <= 16)) || fail "${#headers[@]} headers are installed"
for library in "$prefix"/lib/libchorus*; do
  case $library in
    *.a) nm -C --defined-only "$library" > "$out/symbols" ;;
    *) nm -DC --defined-only "$library" > "$out/symbols" ;;
  esac
  if grep -i emulated "$out/symbols"; then fail "$library holds an emulated backend"; fi
  if [[ $kind = shared ]] && grep -E ' [TDB] ' "$out/symbols" | grep -v chorus; then
    fail "$library shows more than its own names"
  fi
done

# --- CMake ------------------------------------------------------------------------------------------

# configure FOLDER EXAMPLES [PACKAGE...]: finds chorus, and must not look for the packages named.
configure() {
  local folder=$out/$1 programs=$2 package hidden=()
  shift 2
  for package in "$@"; do hidden+=("-DCMAKE_DISABLE_FIND_PACKAGE_$package=ON"); done
  cmake -S "$embed" -B "$folder" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" -DCHORUS_EXAMPLES="$programs" \
    -DCMAKE_BUILD_TYPE=Release --no-warn-unused-cli "${hidden[@]}" > "$folder.log"
}

internal=(OpenMP xtensor xsimd nlohmann_json fmt CLI11)
pictures=(LodePNG TurboJPEG WebP)
configure decode_only "fit_a_sine;decode;decode_c" "${pictures[@]}" "${internal[@]}"
if [[ $kind = shared ]]; then
  configure cmake "fit_a_sine;decode;decode_c;train;poisson" "${pictures[@]}" "${internal[@]}"
else
  configure cmake "fit_a_sine;decode;decode_c;train;poisson" "${internal[@]}"
fi
cmake --build "$out/cmake"

# Components that do not exist are named.
mkdir -p "$out/unknown"
cat > "$out/unknown/CMakeLists.txt" << 'END'
cmake_minimum_required(VERSION 3.25)
project(unknown LANGUAGES CXX)
find_package(chorus REQUIRED COMPONENTS pixels)
END
if cmake -S "$out/unknown" -B "$out/unknown/build" -DCMAKE_PREFIX_PATH="$prefix" \
  > "$out/unknown/log" 2>&1; then
  fail "find_package(chorus COMPONENTS pixels) finds something"
fi
grep -q 'no component "pixels"; available: core, decode, chorus' "$out/unknown/log" ||
  fail "the message about an unknown component says something else: $(cat "$out/unknown/log")"

# --- pkg-config -------------------------------------------------------------------------------------

export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
# by_pkg_config PROGRAM SOURCE MODULE
by_pkg_config() {
  local flags=(--cflags --libs)
  if [[ $kind = static ]]; then flags+=(--static); fi
  # shellcheck disable=SC2046 # a list of words
  "${CXX:-c++}" -std=c++20 -O1 -o "$out/pkg-config/$1" "$2" $(pkg-config "${flags[@]}" "$3") \
    -Wl,-rpath,"$prefix/lib"
}
mkdir -p "$out/pkg-config"
in_c_by_pkg_config() {
  local flags=(--libs) language=()
  # An archive needs the runtime of C++ beside it.
  if [[ $kind = static ]]; then flags+=(--static) language=(-lstdc++ -lm); fi
  # shellcheck disable=SC2046 # lists of words
  "${CC:-cc}" -std=c99 -Wall -Wextra -pedantic -Wconversion -Werror -O1 -c -o "$out/pkg-config/$1.o" \
    "$2" $(pkg-config --cflags "$3")
  # shellcheck disable=SC2046
  "${CC:-cc}" -o "$out/pkg-config/$1" "$out/pkg-config/$1.o" $(pkg-config "${flags[@]}" "$3") \
    "${language[@]}" -Wl,-rpath,"$prefix/lib"
}
by_pkg_config fit_a_sine "$embed/fit_a_sine.cpp" chorus-core
by_pkg_config decode "$embed/decode.cpp" chorus-decode
in_c_by_pkg_config decode_c "$embed/decode_c.c" chorus-decode
by_pkg_config train "$embed/train.cpp" chorus
by_pkg_config same_pixels "$root/tests/checks/same_pixels.cpp" chorus

# --- the interface for C --------------------------------------------------------------------------------

if [[ $kind = shared ]]; then
  library=$prefix/lib/libchorus_decode.so
  readelf -d "$library" | grep -q 'SONAME.*\[libchorus_decode\.so\.[0-9.]*\]' || fail "no SONAME"
  # What chorus.h declares is what is shown, and nothing else in C.
  sed -n 's/^CHORUS_C_API.*[ *]\(chorus_[a-z_]*\)(.*/\1/p' "$prefix/include/chorus/chorus.h" | sort > "$out/declared"
  nm -D --defined-only "$library" | sed -n 's/.* T \(chorus_[a-z_]*\)$/\1/p' | sort > "$out/shown"
  diff "$out/declared" "$out/shown" || fail "chorus.h and the library differ"
fi

# --- what the programs do ---------------------------------------------------------------------------

cd "$out"
for build in cmake pkg-config; do
  "$build/fit_a_sine" | tee "$build/sine.txt"
  grep -q '^1.5 sin(2 x + 0.7)' "$build/sine.txt" || fail "the sine is another one"
done
cmake/train "$root/data/icons" picture.png model.safetensors
cmake/poisson "$root/data/icons/48/camera.png" from_slopes.png | tee poisson.txt
grep -qE '^(2[6-9]|[3-9][0-9])[.0-9]* dB' poisson.txt || fail "the picture is not that of its slopes"
"$program" upsample model.safetensors --size 96 --supersample 1 -o upsampled > upsample.log
name=camera
for build in cmake pkg-config; do
  "$build/decode" model.safetensors "$name" 96 "$build/decoded.ppm"
  pkg-config/same_pixels "upsampled/$name.png" "$build/decoded.ppm"
  "$build/decode_c" model.safetensors 96 "$build/decoded.pam" "$name"
  "$build/decode_c" model.safetensors 96 "$build/mixed.pam" "$name" folder 0.5
  pkg-config/same_pixels "upsampled/$name.png" "$build/decoded.pam"
  if "$build/decode_c" /dev/null 96 "$build/none.pam" "$name" 2> error; then fail "a model in /dev/null"; fi
  grep -q '^decode_c: /dev/null' error || grep -q '^decode_c: cannot read /dev/null' error ||
    fail "the message about /dev/null is: $(cat error)"
done

# Python by ctypes, where NumPy is: Debian's python3-numpy.
python=/usr/bin/python3
if [[ $kind = shared ]] && "$python" -c 'import numpy' 2> /dev/null; then
  "$python" "$embed/decode.py" "$prefix/lib/libchorus_decode.so" model.safetensors "$name" 96 python.pam
  cmp python.pam cmake/decoded.pam || fail "Python and C decode different pictures"
elif [[ $kind = shared && -n ${CHORUS_REQUIRE_NUMPY-} ]]; then
  fail "python3-numpy is missing"
fi

# --- what they are made of --------------------------------------------------------------------------

ninja -C cmake -t commands decode | tail -1 > link_line
pkg-config --static --libs chorus-decode > link_flags
ldd cmake/decode > libraries
if grep -iE 'lodepng|turbojpeg|webp|xtensor|json|fmt|libchorus\.|lchorus( |$)' link_line link_flags libraries; then
  fail "decode is linked with more than it needs"
fi
for forbidden in lodepng xt:: chorus::Morph chorus::Scene chorus::Trainer chorus::write_png; do
  if nm -C --defined-only cmake/decode | grep -F "$forbidden"; then fail "decode contains $forbidden"; fi
done
