#!/usr/bin/python3
"""Makes a collection of any size: flat shapes, gradients and marks like text, as PNGs.

usage: make_collection.py FOLDER COUNT [--size PIXELS] [--seed N]

An image depends on the seed and on its number alone, so that a larger collection begins with the
images of a smaller one. Files are 000000.png, 000001.png, ...
"""
import argparse
import os
import pathlib
import struct
import zlib
from multiprocessing import Pool

import numpy as np

SAMPLES = 4  # per pixel and axis, for smooth edges


def png(pixels: np.ndarray) -> bytes:
    """The file of height x width x 3 bytes."""
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows, 6))
        + chunk(b"IEND", b"")
    )


def shape(random, x, y):
    """The inside of a random shape in the square from -1 to 1, as a mask."""
    kind = random.integers(5)
    cx, cy = random.uniform(-0.5, 0.5, 2)
    angle, size = random.uniform(0, np.pi), random.uniform(0.25, 0.7)
    u = (x - cx) * np.cos(angle) + (y - cy) * np.sin(angle)
    v = (y - cy) * np.cos(angle) - (x - cx) * np.sin(angle)
    if kind == 0:
        return u**2 + v**2 < size**2
    if kind == 1:
        return (np.abs(u) < size) & (np.abs(v) < size * random.uniform(0.3, 1))
    if kind == 2:
        return (v > -size / 2) & (np.abs(u) < (size - v) * 0.6)
    if kind == 3:
        radius = np.hypot(u, v)
        return (radius < size) & (radius > size * random.uniform(0.4, 0.8))
    return np.abs(u) + np.abs(v) < size


def paint(random, x, y):
    """A colour, or in one of three cases a gradient between two."""
    first, second = random.uniform(0, 1, (2, 3))
    if random.integers(3):
        return first
    angle = random.uniform(0, 2 * np.pi)
    along = np.clip((x * np.cos(angle) + y * np.sin(angle) + 1) / 2, 0, 1)[..., None]
    return (1 - along) * first + along * second


def marks(random, x, y):
    """Strokes on a grid of cells, like lines of text, as a mask."""
    cells = random.integers(3, 7)
    column, line = np.floor((x + 1) / 2 * cells), np.floor((y + 1) / 2 * cells)
    u, v = (x + 1) / 2 * cells - column - 0.5, (y + 1) / 2 * cells - line - 0.5
    kinds = random.integers(0, 6, (cells, cells))  # half of the cells stay empty
    kind = kinds[line.astype(int).clip(0, cells - 1), column.astype(int).clip(0, cells - 1)]
    wide = 0.12
    upright, level = (np.abs(u) < wide) & (np.abs(v) < 0.4), (np.abs(v) < wide) & (np.abs(u) < 0.35)
    bow = np.abs(np.hypot(u, v) - 0.28) < wide
    return ((kind == 1) & upright) | ((kind == 2) & (level | upright)) | ((kind == 3) & bow)


def image(seed: int, number: int, size: int) -> np.ndarray:
    random = np.random.default_rng([seed, number])
    side = size * SAMPLES
    places = (2 * np.arange(side) + 1) / side - 1
    x, y = np.meshgrid(places, places)
    colors = np.broadcast_to(paint(random, x, y), (side, side, 3)).copy()
    for _ in range(random.integers(1, 5)):
        mask = shape(random, x, y)
        colors[mask] = np.broadcast_to(paint(random, x, y), colors.shape)[mask]
    if random.integers(3) == 0:
        colors[marks(random, x, y)] = random.uniform(0, 1, 3)
    pixels = colors.reshape(size, SAMPLES, size, SAMPLES, 3).mean(axis=(1, 3))
    return np.round(255 * pixels).astype(np.uint8)


def write(task):
    folder, seed, number, size = task
    (folder / f"{number:06d}.png").write_bytes(png(image(seed, number, size)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--size", type=int, default=48)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    tasks = [(arguments.folder, arguments.seed, i, arguments.size) for i in range(arguments.count)]
    with Pool(len(os.sched_getaffinity(0))) as pool:
        pool.map(write, tasks, chunksize=64)


if __name__ == "__main__":
    main()
