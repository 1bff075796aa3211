// ---- WebAssembly for one layer ------------------------------------------------------------------
//
// Written byte by byte, since the page comes without a compiler: two functions of a few hundred
// bytes, with four numbers in each register.

/// Points that a call evaluates, as rows of 32-bit floats: unit j of point p at [j * 32 + p].
export const wasmPoints = 32;
const rowBytes = 4 * wasmPoints;

const i32 = 0x7f, v128 = 0x7b, nothing = 0x40;

function leb(value) {
  const bytes = [];
  do {
    const rest = value >>> 7;
    bytes.push(value & 127 | (rest > 0 ? 128 : 0));
    value = rest;
  } while (value > 0);
  return bytes;
}

/// Signed, for constants.
function signedLeb(value) {
  const bytes = [];
  for (;;) {
    const low = value & 127;
    value >>= 7;
    if (value === 0 && !(low & 64) || value === -1 && low & 64) return [...bytes, low];
    bytes.push(low | 128);
  }
}

const get = (local) => [0x20, ...leb(local)];
const set = (local) => [0x21, ...leb(local)];
const tee = (local) => [0x22, ...leb(local)];
const constant = (value) => [0x41, ...signedLeb(value)];
const step = (local, amount) => [...get(local), ...constant(amount), 0x6a, ...set(local)];
const vector = (code) => [0xfd, ...leb(code)];
const load = (offset) => [...vector(0), 2, ...leb(offset)];
const loadSplat = (offset) => [...vector(9), 2, ...leb(offset)];
const store = (offset) => [...vector(11), 2, ...leb(offset)];
const splat = (value) =>
  [...vector(12), ...new Uint8Array(new Float32Array(4).fill(value).buffer)];
const add = vector(228), subtract = vector(229), multiply = vector(230), xor = vector(81);
const nearest = vector(106), toInteger = vector(248), shiftLeft = vector(171);

/// Repeats the body as often as the local says, at least once.
const repeat = (local, body) => [0x03, nothing, ...body, ...get(local), ...constant(1), 0x6b,
  ...tee(local), 0x0d, 0, 0x0b];

/// a += b * c, all of them locals.
const accumulate = (a, b, c, isFused) => isFused
  ? [...get(b), ...get(c), ...get(a), ...vector(0x105), ...set(a)]
  : [...get(b), ...get(c), ...multiply, ...get(a), ...add, ...set(a)];

// Parameters and locals of both functions.
const weights = 0, from = 1, to = 2, columns = 3, blocks = 4, shifts = 5;
const source = 6, counter = 7, chunk = 8, place = 9, weight = 10;
const sums = 11, low = 19, high = 20, factor = 21, turns = 22, angle = 23, square = 24;

/// sin() of a local: less the nearest multiple of pi, whose parity gives the sign, then a polynomial
/// (the minimax of DirectXMath, off by less than 1e-6).
function sine(local) {
  const horner = [2.7525562e-6, -1.9840874e-4, 8.3333310e-3, -1.6666667e-1, 1];
  const less = (part) => [...get(angle), ...get(turns), ...splat(part), ...multiply, ...subtract,
    ...set(angle)];
  return [
    ...get(local), ...tee(angle), ...splat(1 / Math.PI), ...multiply, ...nearest, ...set(turns),
    // pi in three parts, so that the products are exact.
    ...less(3.140625), ...less(0.0009675025939941406), ...less(1.50995799e-7),
    ...get(angle), ...get(angle), ...multiply, ...set(square),
    ...splat(-2.3889859e-8),
    ...horner.flatMap((each) => [...get(square), ...multiply, ...splat(each), ...add]),
    ...get(angle), ...multiply,
    ...get(turns), ...toInteger, ...constant(31), ...shiftLeft, ...xor,
  ];
}

/// layer(weights, from, to, columns, blocks, shifts): four rows of the result for each block, and of
/// these eight points at a time, which fill the registers.
function layerBody(withSine, isFused) {
  const rows = [0, 1, 2, 3];
  const start = rows.flatMap((r) => [...get(shifts), ...loadSplat(4 * r), ...tee(sums + 2 * r),
    ...set(sums + 2 * r + 1)]);
  const inner = repeat(counter, [
    ...get(source), ...load(0), ...set(low), ...get(source), ...load(16), ...set(high),
    ...rows.flatMap((r) => [...get(weight), ...loadSplat(4 * r), ...set(factor),
      ...accumulate(sums + 2 * r, factor, low, isFused),
      ...accumulate(sums + 2 * r + 1, factor, high, isFused)]),
    ...step(source, rowBytes), ...step(weight, 16)]);
  const finish = rows.flatMap((r) => [0, 1].flatMap((half) => [...get(place),
    ...(withSine ? sine(sums + 2 * r + half) : get(sums + 2 * r + half)),
    ...store(r * rowBytes + 16 * half)]));
  const chunks = [
    ...constant(wasmPoints / 8), ...set(chunk), ...get(to), ...set(place),
    ...repeat(chunk, [
      ...get(weights), ...set(weight), ...get(columns), ...set(counter),
      // The same eight points of the source: from + (place - to).
      ...get(from), ...get(place), 0x6a, ...get(to), 0x6b, ...set(source),
      ...start, ...inner, ...finish, ...step(place, 32)])];
  const all = repeat(blocks, [...chunks, ...get(weight), ...set(weights), ...step(to, 4 * rowBytes),
    ...step(shifts, 16)]);
  const locals = [2, 5, i32, ...leb(square - sums + 1), v128];
  return [...locals, ...all, 0x0b];
}

const section = (id, ...entries) => {
  const content = [...leb(entries.length), ...entries.flat()];
  return [id, ...leb(content.length), ...content];
};
const text = (string) => [string.length, ...new TextEncoder().encode(string)];
const sized = (bytes) => [...leb(bytes.length), ...bytes];

/// A module that imports "page"."memory" and exports "sines" and "products", a layer with and
/// without the sine. `isFused` uses multiply-add of relaxed SIMD.
export function wasmCode(isFused) {
  return new Uint8Array([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, [0x60, 6, i32, i32, i32, i32, i32, i32, 0]),
    ...section(2, [...text("page"), ...text("memory"), 2, 0, 1]),
    ...section(3, [0], [0]),
    ...section(7, [...text("sines"), 0, 0], [...text("products"), 0, 1]),
    ...section(10, sized(layerBody(true, isFused)), sized(layerBody(false, isFused))),
  ]);
}

/// The quickest module that this browser takes, or null.
export function wasmModule() {
  if (typeof WebAssembly === "undefined") return null;
  const bytes = [true, false].map(wasmCode).find((each) => WebAssembly.validate(each));
  return bytes ? new WebAssembly.Module(bytes) : null;
}
