#!/usr/bin/env python3
"""Hairlines in SVGs, as the renderers show them that draw other people's icons.

Where two shapes share an edge, a renderer that blends each of them by itself lets through what lies
below: a thin line of a colour that is in no drawing. Each SVG is drawn at SIZE and at FACTOR times SIZE;
there a 3 x 3 median removes what is one pixel wide. A pixel shows a hairline if it is more than 12 of
255 levels beyond all colours that the large picture has in it and in its neighbours: at an edge, colours
lie between those of the two sides however a renderer smooths it.

  renderers.py DRAWINGS [--size 512] [--factor 4] [--most 24] [--sheet FILE]

Renderers are used where they are and named where they are not; nothing is installed:
  python3-numpy, python3-pil    needed
  rsvg-convert                  Debian package librsvg2-bin
  chromium                      Debian package
  --node DIR                    a folder in which npm installed @resvg/resvg-js
"""

import argparse
import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

VISIBLE = 12  # levels


def with_rsvg(files, size):
    for file in files:
        command = ["rsvg-convert", "-w", str(size), "-h", str(size), "-b", "white", str(file)]
        png = subprocess.run(command, capture_output=True, check=True).stdout
        yield Image.open(io.BytesIO(png)).convert("RGB")


RESVG = """
const {Resvg} = require('@resvg/resvg-js'), fs = require('fs');
const [size, folder, ...files] = process.argv.slice(1);
files.forEach((file, i) => {
  const resvg = new Resvg(fs.readFileSync(file), {background: 'white', fitTo: {mode: 'width', value: +size}});
  fs.writeFileSync(`${folder}/${i}.png`, resvg.render().asPng());
});
"""


def with_resvg(files, size, node):
    with tempfile.TemporaryDirectory() as folder:
        names = [str(file.resolve()) for file in files]
        command = ["node", "-e", RESVG, str(size), folder, *names]
        subprocess.run(command, check=True, cwd=node)
        for i in range(len(files)):
            yield Image.open(f"{folder}/{i}.png").convert("RGB")


def with_chromium(files, size):
    tallest = 8192  # of a screenshot
    together = max(1, tallest // size)
    for first in range(0, len(files), together):
        part = files[first : first + together]
        with tempfile.TemporaryDirectory() as folder:
            images = "".join(
                f'<img src="{file.resolve().as_uri()}" width="{size}" height="{size}">'
                for file in part
            )
            page = Path(folder, "page.html")
            page.write_text(f"<style>*{{margin:0}}img{{display:block}}</style>{images}")
            picture = Path(folder, "page.png")
            command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu"]
            command += ["--hide-scrollbars", "--allow-file-access-from-files"]
            command += [f"--user-data-dir={folder}/profile", f"--screenshot={picture}"]
            command += [f"--window-size={size},{size * len(part)}", page.as_uri()]
            subprocess.run(command, check=True, capture_output=True)
            shot = Image.open(picture).convert("RGB")
            if shot.size != (size, size * len(part)):
                sys.exit(f"chromium made {shot.size}, expected {(size, size * len(part))}")
            for i in range(len(part)):
                yield shot.crop((0, i * size, size, (i + 1) * size))


def renderers(node):
    found = {}
    if shutil.which("rsvg-convert"):
        found["librsvg"] = with_rsvg
    if shutil.which("chromium"):
        found["chromium"] = with_chromium
    if shutil.which("node") and node and Path(node, "node_modules/@resvg/resvg-js").is_dir():
        found["resvg"] = lambda files, size: with_resvg(files, size, node)
    for name in ("librsvg", "chromium", "resvg"):
        if name not in found:
            print(f"not found: {name}")
    return found


def without_lines(image):
    """The median of 3 x 3 pixels, which lines of one pixel do not survive."""
    a = np.pad(np.asarray(image), ((1, 1), (1, 1), (0, 0)), mode="edge")
    height, width = image.height, image.width
    stack = [a[y : y + height, x : x + width] for y in range(3) for x in range(3)]
    return np.median(np.stack(stack), axis=0)


def beyond(small, large, factor):
    """How far each pixel is beyond the colours of the large picture in its 3 x 3 pixels."""
    a = without_lines(large)
    blocks = a.reshape(small.height, factor, small.width, factor, 3)
    low = np.pad(blocks.min(axis=(1, 3)), ((1, 1), (1, 1), (0, 0)), mode="edge")
    high = np.pad(blocks.max(axis=(1, 3)), ((1, 1), (1, 1), (0, 0)), mode="edge")
    shifts = [(y, x) for y in range(3) for x in range(3)]
    height, width = small.height, small.width
    low = np.min([low[y : y + height, x : x + width] for y, x in shifts], axis=0)
    high = np.max([high[y : y + height, x : x + width] for y, x in shifts], axis=0)
    b = np.asarray(small, "float64")
    return np.maximum(b - high, low - b).max(axis=2).clip(0)


def spot(image, place, side=48, shown=192):
    """The surroundings of a pixel, enlarged."""
    y, x = place
    left = min(max(0, x - side // 2), image.width - side)
    top = min(max(0, y - side // 2), image.height - side)
    return image.crop((left, top, left + side, top + side)).resize((shown, shown), Image.NEAREST)


def measured(draw, files, size, factor):
    """For each file: the strongest hairline, where it is, how many pixels show one, and the picture."""
    results = []
    for small, large in zip(draw(files, size), draw(files, size * factor)):
        off = beyond(small, large, factor)
        worst = np.unravel_index(off.argmax(), off.shape)
        results.append((off.max(), worst, int((off > VISIBLE).sum()), small))
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("drawings", type=Path)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--factor", type=int, default=4)
    parser.add_argument("--most", type=int, default=24, help="files; evenly chosen")
    parser.add_argument("--node", help="a folder in which npm installed @resvg/resvg-js")
    parser.add_argument("--sheet", type=Path, help="PNG: the worst places of each renderer")
    arguments = parser.parse_args()
    files = sorted(arguments.drawings.glob("*.svg"))
    if not files:
        sys.exit(f"{arguments.drawings} holds no SVGs; expected a folder of them")
    files = files[:: max(1, -(-len(files) // arguments.most))]
    rows = []
    for name, draw in renderers(arguments.node).items():
        results = measured(draw, files, arguments.size, arguments.factor)
        count = sum(differing for _, _, differing, _ in results)
        share = count / (len(files) * arguments.size**2)
        order = sorted(range(len(files)), key=lambda i: -results[i][2])
        print(f"{name}: {len(files)} drawings at {arguments.size} px, {count} pixels ({share:.1e}) of hairlines")
        for i in order[:6]:
            largest, (y, x), differing, _ = results[i]
            if differing:
                print(f"  {files[i].stem}: {differing} pixels, up to {largest:.0f} levels at {x}, {y}")
        rows.append([spot(results[i][3], results[i][1]) for i in order[:6]])
    if arguments.sheet and rows:
        sheet = Image.new("RGB", (6 * 200, 200 * len(rows)), "white")
        for y, row in enumerate(rows):
            for x, picture in enumerate(row):
                sheet.paste(picture, (200 * x, 200 * y))
        sheet.save(arguments.sheet)


if __name__ == "__main__":
    main()
