import { Artist } from "./artist.js";
import { clamp, pixelRatio } from "./dom.js";
import { samplesFor } from "./raster.js";

// ---- A window on an image -----------------------------------------------------------------------

/// Beyond this, 32-bit floats no longer tell pixels apart.
const mostZoom = 4000, leastZoom = 0.5, margin = 0.92;

/// What part of an image a stage shows: the image's point (x, y), from 0 to 1, is in its middle.
export class Frame {
  constructor(stage) {
    this.stage = stage;
    this.reset();
  }

  reset() {
    Object.assign(this, { x: 0.5, y: 0.5, zoom: 1 });
  }

  /// Pixels of CSS for each of the training.
  scale(image) {
    const { clientWidth: width, clientHeight: height } = this.stage;
    return margin * this.zoom * Math.min(width / image.width, height / image.height);
  }

  pan(image, dx, dy) {
    const scale = this.scale(image);
    this.x = clamp(this.x - dx / (scale * image.width), 0, 1);
    this.y = clamp(this.y - dy / (scale * image.height), 0, 1);
  }

  /// Zooms so that the point of the image under (left, top) of the stage stays there.
  zoomAt(image, factor, left = this.stage.clientWidth / 2, top = this.stage.clientHeight / 2) {
    const from = this.zoom;
    const dx = left - this.stage.clientWidth / 2, dy = top - this.stage.clientHeight / 2;
    this.zoom = clamp(from * factor, leastZoom, mostZoom);
    this.pan(image, dx - dx * this.zoom / from, dy - dy * this.zoom / from);
  }

  /// {part, left, top}: the part in view and its place in pixels of the screen, or null if none is.
  place(image, config) {
    const ratio = pixelRatio(), scale = this.scale(image) * ratio;
    const width = Math.max(1, Math.round(image.width * scale));
    const height = Math.max(1, Math.round(image.height * scale));
    const full = { width: Math.round(this.stage.clientWidth * ratio),
      height: Math.round(this.stage.clientHeight * ratio) };
    const left = Math.round(full.width / 2 - this.x * width);
    const top = Math.round(full.height / 2 - this.y * height);
    const firstX = Math.max(0, -left), firstY = Math.max(0, -top);
    const columns = Math.min(width, full.width - left) - firstX;
    const rows = Math.min(height, full.height - top) - firstY;
    const samples = samplesFor(config, image, Math.max(width, height));
    const part = { width, height, x0: -1, y0: -1, x1: 1, y1: 1, left: firstX, top: firstY, columns,
      rows, samples };
    return { full, isEmpty: columns < 1 || rows < 1, part, left: left + firstX, top: top + firstY };
  }
}

/// A canvas that shows what a frame shows. While a new picture is drawn, the old one stands in for it,
/// moved and scaled to its place.
export class LiveCanvas {
  constructor(pool, canvas) {
    this.canvas = canvas;
    this.artist = new Artist(pool, canvas);
    this.old = null;
  }

  /// Forgets the old picture.
  clear() {
    this.artist.cancel();
    this.old = this.key = null;
    this.isPainted = false;
    this.canvas.width = this.canvas.height = 1;
  }

  /// True once the picture is complete, false if a newer one came. Asked for what it shows already, it
  /// does nothing.
  async show(job, placed, options = {}) {
    const key = JSON.stringify([placed, job.filter]);
    if (key === this.key) return false;
    this.key = key;
    const copy = this.copy(), { full, part } = placed;
    this.artist.cancel();
    this.canvas.width = full.width;
    this.canvas.height = full.height;
    delete this.canvas.dataset.done;
    if (copy) this.putOld(copy, this.old, placed);
    this.old = placed;
    if (placed.isEmpty) return true;
    const isDone = await this.artist.draw({ ...job, part }, placed.left, placed.top,
      { factors: copy ? [] : [8, 3], painted: () => { this.isPainted = true; }, ...options });
    if (isDone) this.canvas.dataset.done = "yes";
    return isDone;
  }

  copy() {
    if (!this.isPainted || this.old.isEmpty || this.canvas.width < 2) return null;
    const copy = new OffscreenCanvas(this.canvas.width, this.canvas.height);
    copy.getContext("2d").drawImage(this.canvas, 0, 0);
    return copy;
  }

  putOld(copy, old, now) {
    const factor = now.part.width / old.part.width;
    const left = now.left - now.part.left, top = now.top - now.part.top;
    const oldLeft = old.left - old.part.left, oldTop = old.top - old.part.top;
    this.artist.context.drawImage(copy, left - oldLeft * factor, top - oldTop * factor,
      copy.width * factor, copy.height * factor);
  }
}
