import { imageCode } from "./model.js";
import { samplesFor, wholePicture } from "./raster.js";

// ---- The images of the model --------------------------------------------------------------------

const thumbnailsKept = 1500;

/// Names, codes and thumbnails.
export class Collection {
  constructor(model, pool) {
    this.model = model;
    this.pool = pool;
    this.images = model.images;
    this.byName = new Map(model.images.map((image, index) => [image.name, index]));
    this.lower = model.images.map((image) => image.name.toLowerCase());
    this.thumbnails = new Map();
  }

  code(index) {
    return imageCode(this.model, index);
  }

  /// Indices of the images whose names contain the text.
  find(text) {
    const wanted = text.trim().toLowerCase(), found = [];
    this.lower.forEach((name, index) => { if (name.includes(wanted)) found.push(index); });
    return found;
  }

  /// The whole image with a longer side of that many pixels, as a part.
  whole(index, side, shape = this.images[index]) {
    const longer = Math.max(shape.width, shape.height);
    const scaled = (length) => Math.max(1, Math.round(length * side / longer));
    return wholePicture(scaled(shape.width), scaled(shape.height),
      samplesFor(this.model.config, shape, side));
  }

  /// A thumbnail that becomes finer: draws(canvas) is called for each state. Returns a function that
  /// gives up what is still at work.
  thumbnail(index, side, draws) {
    const key = `${index}@${side}`, kept = this.thumbnails.get(key);
    if (kept) {
      this.thumbnails.delete(key);
      this.thumbnails.set(key, kept);
      draws(kept);
      return () => {};
    }
    const code = this.code(index), coarse = this.whole(index, Math.min(24, side));
    let request = this.pool.request({ code, part: { ...coarse, samples: 1 } }, 2);
    request.promise.then((found) => {
      if (side > 24) draws(toCanvas(found.bytes, coarse));
      const part = this.whole(index, side);
      request = this.pool.request({ code, part, quick: true }, 1);
      return request.promise.then((fine) => {
        const canvas = toCanvas(fine.bytes, part);
        this.keep(key, canvas);
        draws(canvas);
      });
    });
    return () => request.cancel();
  }

  keep(key, canvas) {
    this.thumbnails.set(key, canvas);
    if (this.thumbnails.size <= thumbnailsKept) return;
    const [oldest] = this.thumbnails.keys();
    this.thumbnails.delete(oldest);
  }
}

export function toCanvas(bytes, { columns, rows }) {
  const canvas = new OffscreenCanvas(columns, rows);
  canvas.getContext("2d").putImageData(new ImageData(bytes, columns, rows), 0, 0);
  return canvas;
}

/// Fits a picture into a square canvas.
export function paint(canvas, picture, side) {
  canvas.width = canvas.height = side;
  const factor = side / Math.max(picture.width, picture.height);
  const width = picture.width * factor, height = picture.height * factor;
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, (side - width) / 2, (side - height) / 2, width, height);
  if (performance.getEntriesByName("first picture").length === 0) performance.mark("first picture");
  canvas.dataset.side = String(Math.max(picture.width, picture.height));
}
