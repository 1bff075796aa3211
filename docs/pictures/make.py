#!/usr/bin/env python3
"""Makes the pictures of this folder anew: trains four models, lets chorus draw, and composes.

    ./run build && docs/pictures/make.py                    all pictures, in about 20 minutes
    docs/pictures/make.py hero paths                        only these
    docs/pictures/make.py --steps 300 --output out/trial    a trial: poor pictures in another folder

Models stay in out/pictures, and are not trained again. Needs Debian's python3-pil and
fonts-dejavu-core; the picture `report` needs chromium, too. rooms.svg is drawn by hand."""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parents[2]
ICONS = ROOT / "data/icons"
TRANSPARENT = ROOT / "data/transparent"
WORK = ROOT / "out/pictures"
CHORUS = ROOT / "build/release/apps/chorus"
FONTS = Path("/usr/share/fonts/truetype/dejavu")

LINE, TEXT, FAINT, ACCENT, MARK = "#c8c8c8", "#202020", "#505050", "#2e6da4", "#d02020"

# The images whose paths docs/paths.md shows, and the model that draws them.
PATHS = {
    "path_shapes": ("icons", "sms", "comments"),
    "path_motion": ("known", "clear_filters.turned.a", "clear_filters.turned.b"),
    "path_matching": ("icons", "alarm_clock", "expired"),
    "path_own_motion": ("icons", "settings", "support"),
    "path_dissolve": ("icons", "briefcase", "business"),
    "path_shrink": ("icons", "film_reel", "empty_filter"),
    "path_painting": ("icons", "no_video", "safe"),
}


def chorus(*arguments):
    subprocess.run([CHORUS, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


def font(size, bold=False):
    return ImageFont.truetype(str(FONTS / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")), size)


class Maker:
    def __init__(self, steps, output):
        self.steps, self.output = steps, output

    def model(self, name):
        """`hero` is the training of README.md, `icons` one of five minutes, `known` of known pairs."""
        data, steps = {"hero": (ICONS, 26683), "icons": (ICONS, 45000), "known": (WORK / "pairs", 3000),
                       "transparent": (TRANSPARENT, 41712)}[name]
        file = WORK / f"{name}_{self.steps or steps}.safetensors"
        if name == "known" and not data.exists():
            chorus("known-truth", ICONS, "-o", data)
        if not file.exists():
            track = ["--track", ICONS] if name == "icons" else []
            chorus("train", data, "--size", 48, "--steps", self.steps or steps, "--workers", 2, "--overwrite",
                   *track, "-o", file)
        return file

    def interpolate(self, model, *arguments):
        """Returns the folder with strip.png and frame_*.png of a walk."""
        folder = WORK / "path"
        shutil.rmtree(folder, ignore_errors=True)
        chorus("interpolate", self.model(model), *arguments, "-o", folder)
        return folder

    def save(self, name, image):
        image.save(self.output / f"{name}.png", optimize=True)

    def path(self, name):
        model, *ends = PATHS[name]
        folder = self.interpolate(model, *ends, "--frames", 9, "--size", 96)
        shutil.copy(folder / "strip.png", self.output / f"{name}.png")

    def path_even(self):
        strips = []
        for options in (["--uneven"], []):
            folder = self.interpolate("icons", "film_reel", "empty_filter", "--path", "linear", *options,
                                      "--frames", 9, "--size", 96)
            strips.append(Image.open(folder / "strip.png").convert("RGB"))
        width, height = strips[0].size
        both = Image.new("RGB", (width, 2 * height), "white")
        for k, strip in enumerate(strips):
            both.paste(strip, (0, k * height))
        self.save("path_even", both)

    def pairs(self):
        folder = self.interpolate("icons", "--best-pairs", 3, "--frames", 7, "--size", 96)
        listed = subprocess.run([CHORUS, "pairs", self.model("icons"), "--count", "3"], check=True,
                                capture_output=True, text=True).stdout
        # The best pair first. A folder is named like "comments-sms", its line holds "comments - sms".
        best = sorted(folder.iterdir(), key=lambda pair: listed.index(pair.name.replace("-", " - ")))
        for k, pair in enumerate(best):
            shutil.copy(pair / "strip.png", self.output / f"pair_{k + 1}.png")

    def sheet(self, model, data, rows, *options):
        """The contact sheet of 256 px images."""
        folder = WORK / "sheet"
        shutil.rmtree(folder, ignore_errors=True)
        chorus("upsample", self.model(model), "--size", 256, "--sheet-rows", rows, "--data", data, *options,
               "-o", folder)
        return Image.open(folder / "contact_sheet.png").convert("RGB")

    def upsampling(self):
        self.save("upsampling", self.sheet("icons", ICONS, 4, "--shapes", "off"))

    def transparency(self):
        self.save("transparency", self.sheet("transparent", TRANSPARENT, 3, "--shapes", "off"))

    def drawings(self):
        sheet = self.sheet("hero", ICONS, 3)
        half = (sheet.width // 2, sheet.height // 2)
        self.save("drawings", sheet.resize(half, Image.Resampling.LANCZOS))

    def walk(self):
        folder = self.interpolate("icons", "settings", "support", "--size", 96, "--drawings", "--data", ICONS)
        shutil.copy(folder / "animation.svg", self.output / "walk.svg")

    def report(self):
        folder = WORK / "report"
        chorus("report", self.model("icons"), "-o", folder)
        subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                        "--force-dark-mode", "--virtual-time-budget=8000", "--window-size=1120,1297",
                        "--force-device-scale-factor=0.75",
                        f"--screenshot={self.output / 'report.png'}", (folder / "index.html").as_uri()],
                       check=True, stderr=subprocess.DEVNULL)

    def paths(self):
        """Four pairs, each on the straight line of latents and as a morph."""
        pairs = [("support", "settings"), ("film_reel", "empty_filter"), ("checkmark", "sms"),
                 ("remove_image", "previous")]
        cell, step, left = 72, 76, 48
        sheet = Image.new("RGB", (left + 9 * step + 4, 2 * len(pairs) * step + 8), "white")
        draw = ImageDraw.Draw(sheet)
        for k, (pair, kind) in enumerate((pair, kind) for pair in pairs for kind in ("linear", "morph")):
            folder = self.interpolate("icons", *pair, "--path", kind, "--frames", 9, "--size", cell)
            y = 4 + k * step
            draw.text((left - 6, y + cell // 2), kind, TEXT, font(11), anchor="rm")
            for j, frame in enumerate(sorted(folder.glob("frame_*.png"))):
                paste(sheet, Image.open(frame), (left + j * step, y))
        self.save("paths", sheet)

    def hero(self):
        """Details of three icons by four methods, and a path."""
        model = self.model("hero")
        large = WORK / "hero"
        chorus("upsample", model, "--size", 256, "--sheet-rows", 0, "-o", large)
        # The upper left corners of the details, in pixels of the icon of 48.
        details = {"search": (10, 2), "address_book": (10, 9), "film_reel": (18, 16)}
        part, cell, step, left, top = 30, 152, 160, 8, 46
        sheet = Image.new("RGB", (left + 5 * step, top + 3 * step + 134), "white")
        draw = ImageDraw.Draw(sheet)

        def title(x, y, text, color=TEXT, size=13, bold=False):
            draw.text((x, y), text, color, font(size, bold), anchor="mm")

        content = model.read_bytes()  # of safetensors: the header's length, the header, 4 bytes a number
        numbers = round((len(content) - 8 - int.from_bytes(content[:8], "little")) / 4, -3)
        title(sheet.width / 2, 15, f"one network of {numbers:,.0f} numbers, trained on 100 icons of 48 px; "
              "here at 256 px (details)", FAINT)
        titles = ["48 px, as stored", "nearest", "bicubic", "chorus", "256 px, the truth"]
        for column, text in enumerate(titles):
            title(left + column * step + cell / 2, 36, text, bold=text == "chorus")
        for row, (name, (x, y)) in enumerate(details.items()):
            small = Image.open(ICONS / "48" / f"{name}.png").convert("RGB")
            stored = Image.new("RGB", (cell, cell), "white")
            corner = (cell - 48) // 2
            stored.paste(small, (corner, corner))
            ImageDraw.Draw(stored).rectangle(
                [corner + x - 1, corner + y - 1, corner + x + part, corner + y + part], outline=MARK)
            box = (x, y, x + part, y + part)
            pictures = [stored] + [small.resize((cell, cell), how, box)
                                   for how in (Image.Resampling.NEAREST, Image.Resampling.BICUBIC)]
            for file in (large / f"{name}.png", ICONS / "256" / f"{name}.png"):
                scaled = [side * 256 / 48 for side in box]
                pictures.append(Image.open(file).convert("RGB").resize((cell, cell), Image.Resampling.LANCZOS, scaled))
            for column, picture in enumerate(pictures):
                place = (left + column * step, top + row * step)
                paste(sheet, picture, place, ACCENT if titles[column] == "chorus" else LINE)
        bottom = top + 3 * step
        title(sheet.width / 2, bottom + 17, "and the pictures between two of them")
        folder = self.interpolate("hero", "settings", "support", "--frames", 9, "--size", 82)
        for j, frame in enumerate(sorted(folder.glob("frame_*.png"))):
            paste(sheet, Image.open(frame), (left + j * 88, bottom + 32))
        self.save("hero", sheet)


def paste(sheet, picture, place, color=LINE):
    """Pastes a picture with a line around it."""
    x, y = place
    sheet.paste(picture.convert("RGB"), place)
    ImageDraw.Draw(sheet).rectangle([x - 1, y - 1, x + picture.width, y + picture.height], outline=color)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="pictures to make (default: all)")
    parser.add_argument("--steps", type=int, help="steps of every training, for a trial")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent, help="folder for the pictures")
    options = parser.parse_args()
    if options.steps and options.output == Path(__file__).parent:
        parser.error("--steps makes poor pictures; name another --output")
    options.output.mkdir(parents=True, exist_ok=True)
    WORK.mkdir(parents=True, exist_ok=True)
    maker = Maker(options.steps, options.output.resolve())
    makers = {name: getattr(maker, name) for name in ("hero", "drawings", "paths", "pairs", "path_even",
                                                        "upsampling", "transparency", "walk", "report")}
    makers |= {name: lambda name=name: maker.path(name) for name in PATHS}
    for name in options.names or makers:
        if name not in makers:
            sys.exit(f"no picture {name!r}; expected some of {', '.join(makers)}")
        print(name, flush=True)
        makers[name]()


if __name__ == "__main__":
    main()
