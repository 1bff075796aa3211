import { mixedCode } from "./model.js";
import { paint } from "./collection.js";
import { announce, byId, clamp, element, oncePerFrame, pixelRatio } from "./dom.js";
import { Gestures } from "./gestures.js";
import { go, routeTo } from "./route.js";

// ---- The map of the latents ---------------------------------------------------------------------

const span = 9999, tile = 48, neighboursMixed = 4, lensSide = 320, mostMapZoom = 400;

/// Images that are alike for the network lie near each other. Between them a lens decodes the
/// mixture of the nearest ones: exactly an image where one is.
export class MapView {
  constructor(collection, axes) {
    this.collection = collection;
    this.places = collection.images.map((_, i) => [axes[0][i] / span, 1 - axes[1][i] / span]);
    this.stage = byId("map-stage");
    this.canvas = byId("map-canvas");
    this.pictures = new Map();
    this.waiting = new Map();
    this.redraw = oncePerFrame(() => this.draw());
    this.lens = oncePerFrame(() => this.decodeLens());
    this.view = { x: 0.5, y: 0.5, zoom: 1 };
    this.spot = this.places[this.mostCentral()].slice();
    this.gestures = new Gestures(this.stage, {
      hover: (x, y) => this.point(x, y),
      pan: (dx, dy) => this.pan(dx, dy),
      zoom: (factor, x, y) => this.zoom(factor, x, y),
      reset: () => { this.view = { x: 0.5, y: 0.5, zoom: 1 }; this.redraw(); },
    });
    this.stage.addEventListener("pointerup", (event) => this.point(...this.gestures.at(event)));
    byId("map-open").onclick = () => go("image", [this.collection.images[this.nearest[0].index].name]);
    byId("map-morph").onclick = () => go("morph",
      this.nearest.map(({ index }) => this.collection.images[index].name));
    new ResizeObserver(this.redraw).observe(this.stage);
  }

  mostCentral() {
    const distances = this.places.map(([x, y]) => Math.hypot(x - 0.5, y - 0.5));
    return distances.indexOf(distances.reduce((least, each) => Math.min(least, each)));
  }

  open() {
    this.redraw();
    this.lens();
  }

  close() {
    this.fetch([]);
  }

  /// Pixels of CSS for the whole map.
  get scale() {
    return Math.max(80, Math.min(this.stage.clientWidth, this.stage.clientHeight) - tile) * this.view.zoom;
  }

  stretch() {
    // The map fills a wide stage: distances across count as those down.
    const { clientWidth: width, clientHeight: height } = this.stage;
    const shorter = Math.max(80, Math.min(width, height) - tile);
    return [Math.max(80, width - tile) / shorter, Math.max(80, height - tile) / shorter];
  }

  toStage([x, y]) {
    const [sx, sy] = this.stretch();
    return [this.stage.clientWidth / 2 + (x - this.view.x) * this.scale * sx,
      this.stage.clientHeight / 2 + (y - this.view.y) * this.scale * sy];
  }

  toMap(left, top) {
    const [sx, sy] = this.stretch();
    return [this.view.x + (left - this.stage.clientWidth / 2) / (this.scale * sx),
      this.view.y + (top - this.stage.clientHeight / 2) / (this.scale * sy)];
  }

  pan(dx, dy) {
    const [sx, sy] = this.stretch();
    this.view.x = clamp(this.view.x - dx / (this.scale * sx), 0, 1);
    this.view.y = clamp(this.view.y - dy / (this.scale * sy), 0, 1);
    this.spot = [this.view.x, this.view.y];
    this.redraw();
    this.lens();
  }

  zoom(factor, left = this.stage.clientWidth / 2, top = this.stage.clientHeight / 2) {
    const before = this.toMap(left, top);
    this.view.zoom = clamp(this.view.zoom * factor, 0.8, mostMapZoom);
    const after = this.toMap(left, top);
    this.view.x = clamp(this.view.x + before[0] - after[0], 0, 1);
    this.view.y = clamp(this.view.y + before[1] - after[1], 0, 1);
    this.redraw();
  }

  point(left, top) {
    this.spot = this.toMap(left, top);
    this.redraw();
    this.lens();
  }

  /// The images in view that have room for a thumbnail; the others are dots.
  visible() {
    const taken = new Map(), shown = [], dots = [];
    const { clientWidth: width, clientHeight: height } = this.stage;
    this.places.forEach((place, index) => {
      const [x, y] = this.toStage(place);
      if (x < -tile || y < -tile || x > width + tile || y > height + tile) return;
      if (this.hasRoom(taken, x, y)) shown.push({ index, x, y });
      else dots.push([x, y]);
    });
    return { shown, dots };
  }

  /// Whether no thumbnail covers the place; if so, one does now. `taken` has them by the squares of a
  /// grid, so that only near ones are looked at.
  hasRoom(taken, x, y) {
    const column = Math.floor(x / tile), row = Math.floor(y / tile);
    for (let u = column - 1; u <= column + 1; ++u)
      for (let v = row - 1; v <= row + 1; ++v) {
        const other = taken.get(`${u} ${v}`);
        if (other && Math.abs(other[0] - x) < tile && Math.abs(other[1] - y) < tile) return false;
      }
    taken.set(`${column} ${row}`, [x, y]);
    return true;
  }

  /// Asks for the thumbnails that are missing, and no longer for those that left the view.
  fetch(indices) {
    const wanted = new Set(indices.filter((index) => !this.isFine(index)));
    for (const [index, stop] of this.waiting)
      if (!wanted.has(index)) {
        stop();
        this.waiting.delete(index);
      }
    for (const index of wanted) {
      if (this.waiting.has(index)) continue;
      this.waiting.set(index, () => {});
      const stop = this.collection.thumbnail(index, tile * 2, (picture) => this.keep(index, picture));
      if (this.waiting.has(index)) this.waiting.set(index, stop);
    }
  }

  draw() {
    if (byId("map").hidden || this.stage.clientWidth === 0) return;
    const ratio = pixelRatio(), context = this.canvas.getContext("2d");
    this.canvas.width = Math.round(this.stage.clientWidth * ratio);
    this.canvas.height = Math.round(this.stage.clientHeight * ratio);
    context.scale(ratio, ratio);
    const { shown, dots } = this.visible(), style = getComputedStyle(this.stage);
    context.fillStyle = style.getPropertyValue("--soft");
    dots.forEach(([x, y]) => context.fillRect(x - 1.5, y - 1.5, 3, 3));
    this.fetch(shown.map(({ index }) => index));
    this.drawLinks(context, style.getPropertyValue("--accent"));
    shown.forEach(({ index, x, y }) => this.drawTile(context, index, x, y, style));
    this.drawSpot(context, style.getPropertyValue("--accent"));
  }

  keep(index, picture) {
    this.pictures.set(index, picture);
    // The coarse picture is there first, and the fine one to come.
    if (Math.max(picture.width, picture.height) >= tile) this.waiting.delete(index);
    if (this.pictures.size > 2000) this.pictures.delete(this.pictures.keys().next().value);
    this.redraw();
  }

  isFine(index) {
    const picture = this.pictures.get(index);
    return picture && Math.max(picture.width, picture.height) >= tile;
  }

  drawTile(context, index, x, y, style) {
    const side = tile - 10, picture = this.pictures.get(index);
    context.fillStyle = style.getPropertyValue("--card");
    context.strokeStyle = style.getPropertyValue("--line");
    context.lineWidth = 1;
    context.beginPath();
    context.roundRect(x - side / 2 - 3, y - side / 2 - 3, side + 6, side + 6, 8);
    context.fill();
    context.stroke();
    if (!picture) return;
    const factor = side / Math.max(picture.width, picture.height);
    const [width, height] = [picture.width * factor, picture.height * factor];
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, x - width / 2, y - height / 2, width, height);
  }

  drawLinks(context, color) {
    const [x, y] = this.toStage(this.spot);
    context.strokeStyle = color;
    for (const { index, weight } of this.mixture()) {
      const [toX, toY] = this.toStage(this.places[index]);
      context.globalAlpha = 0.15 + 0.85 * weight;
      context.lineWidth = 1 + 3 * weight;
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(toX, toY);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  drawSpot(context, color) {
    const [x, y] = this.toStage(this.spot);
    context.beginPath();
    context.arc(x, y, 7, 0, 2 * Math.PI);
    context.fillStyle = "#fff";
    context.fill();
    context.lineWidth = 3;
    context.strokeStyle = color;
    context.stroke();
  }

  /// The nearest images with shares that fall with the fourth power of the distance, so that
  /// most of the map looks like an image.
  mixture() {
    const [sx, sy] = this.stretch(), best = [];
    this.places.forEach(([x, y], index) => {
      const distance = ((x - this.spot[0]) * sx) ** 2 + ((y - this.spot[1]) * sy) ** 2;
      if (best.length === neighboursMixed && distance >= best.at(-1).distance) return;
      best.push({ index, distance });
      best.sort((a, b) => a.distance - b.distance);
      if (best.length > neighboursMixed) best.pop();
    });
    const exact = best[0].distance < 1e-9;
    const raw = best.map(({ distance }, k) => exact ? Number(k === 0) : (best[0].distance / distance) ** 2);
    const sum = raw.reduce((all, each) => all + each, 0);
    return best.map(({ index }, k) => ({ index, weight: raw[k] / sum }));
  }

  async decodeLens() {
    if (byId("map").hidden) return;
    if (this.isBusy) {
      this.isStale = true;
      return;
    }
    this.isBusy = true;
    this.nearest = this.mixture();
    const code = mixedCode(this.nearest.map(({ index }) => this.collection.code(index)),
      this.nearest.map(({ weight }) => weight));
    const part = this.collection.whole(this.nearest[0].index, lensSide);
    this.describe();
    for (const side of [lensSide / 4, lensSide]) {
      if (side === lensSide && this.isStale) break;
      const wanted = side === lensSide ? part : this.collection.whole(this.nearest[0].index, side);
      const found = await this.collection.pool.request({ code, part: wanted, quick: true }, 5).promise;
      const picture = new OffscreenCanvas(wanted.columns, wanted.rows);
      picture.getContext("2d").putImageData(new ImageData(found.bytes, wanted.columns, wanted.rows), 0, 0);
      paint(byId("lens"), picture, lensSide);
    }
    this.isBusy = false;
    if (this.isStale) {
      this.isStale = false;
      this.lens();
    }
  }

  describe() {
    byId("map-near").replaceChildren(...this.nearest.map(({ index, weight }) => {
      const { name } = this.collection.images[index];
      return element("li", {}, element("a", { href: routeTo("image", [name]) }, name),
        element("span", {}, `${Math.round(100 * weight)} %`));
    }));
    announce(this.nearest.map(({ index }) => this.collection.images[index].name).join(", "));
  }
}
