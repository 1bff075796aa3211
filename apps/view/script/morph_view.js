import { Artist } from "./artist.js";
import { blend, cornersOf, weightsAt, within } from "./blend.js";
import { paint } from "./collection.js";
import { announce, byId, element, pixelRatio } from "./dom.js";
import { Player } from "./player.js";
import { replaceRoute } from "./route.js";

// ---- Morphs -------------------------------------------------------------------------------------

/// A frame may take this long; moving pictures have as many pixels as that allows.
const frameMilliseconds = 30, leastSide = 48, corner = 96;

export class MorphView {
  constructor(collection, picker, download) {
    Object.assign(this, { collection, picker, indices: [], at: [0.5, 0.5], side: 128, stops: [] });
    this.canvas = byId("morph-canvas");
    this.artist = new Artist(collection.pool, this.canvas);
    this.player = new Player((place) => this.moveTo(place));
    this.player.settings = () => ({ count: this.indices.length, seconds: Number(byId("morph-seconds").value),
      easing: byId("morph-easing").value, isRound: byId("morph-loop").value === "round" });
    byId("morph-play").onclick = () => this.toggle();
    byId("morph-add").onclick = () => this.add();
    byId("morph-save").onclick = () => download.open(this.source());
    this.pad = byId("pad");
    this.pad.onpointerdown = (event) => this.grab(event);
    byId("pad-handle").onkeydown = (event) => this.key(event);
    new ResizeObserver(() => this.finish()).observe(this.canvas.parentElement);
  }

  open(indices) {
    this.indices = indices.slice(0, 4);
    this.player.phase = 0;
    // Near the first image, since the middle of unlike images is like none of them.
    this.at = within(this.indices.length, this.indices.length === 2 ? [0.15, 0.5] : [0.12, 0.1]);
    this.showCorners();
    this.moveTo(this.at);
    this.finish();
  }

  close() {
    this.pause();
    this.artist.cancel();
  }

  get names() {
    return this.indices.map((index) => this.collection.images[index].name);
  }

  source() {
    const { code, shape } = this.now();
    return { name: this.names.join(" - "), code,
      whole: (side) => this.collection.whole(0, side, shape) };
  }

  now() {
    return blend(this.collection, this.indices, weightsAt(this.indices.length, this.at));
  }

  showCorners() {
    const count = this.indices.length;
    this.stops.forEach((stop) => stop());
    byId("corners").replaceChildren(...this.indices.map((_, k) => this.cornerButton(k)));
    this.pad.dataset.count = String(count);
    byId("morph-add").hidden = count >= 4;
    byId("morph-loop-row").hidden = count < 3;
    const points = cornersOf(count).map(([x, y]) => `${100 * x},${100 * y}`).join(" ");
    byId("pad-shape").setAttribute("points", points);
    replaceRoute("morph", this.names);
  }

  cornerButton(k) {
    const [x, y] = cornersOf(this.indices.length)[k], name = this.names[k];
    const canvas = element("canvas", { width: 1, height: 1, "aria-hidden": "true" });
    const button = element("button", { type: "button", className: "corner", title: `${name}: choose another` },
      canvas, element("span", {}, name));
    button.setAttribute("aria-label", `Corner ${k + 1}: ${name}. Choose another image`);
    button.onclick = () => this.change(k);
    button.style.left = `${100 * x}%`;
    button.style.top = `${100 * y}%`;
    const box = element("div", {}, button);
    if (this.indices.length > 2) {
      const remove = element("button", { type: "button", className: "remove", title: `Take ${name} away`,
        "aria-label": `Take ${name} away` }, "×");
      remove.style.left = `${100 * x}%`;
      remove.style.top = `${100 * y}%`;
      remove.onclick = () => this.open(this.indices.filter((_, other) => other !== k));
      box.append(remove);
    }
    this.stops[k] = this.collection.thumbnail(this.indices[k], corner,
      (picture) => paint(canvas, picture, corner));
    return box;
  }

  async change(k) {
    this.pause();
    const chosen = await this.picker.choose(`Instead of ${this.names[k]}`);
    if (chosen !== null) this.open(this.indices.map((index, other) => other === k ? chosen : index));
  }

  async add() {
    this.pause();
    const chosen = await this.picker.choose("Another corner");
    if (chosen !== null) this.open([...this.indices, chosen]);
  }

  toggle() {
    if (this.player.isPlaying) {
      this.pause();
      this.finish();
      return;
    }
    this.player.start();
    byId("morph-play").textContent = "Pause";
  }

  pause() {
    this.player.stop();
    byId("morph-play").textContent = "Play";
  }

  grab(event) {
    if (event.target.closest(".corner, .remove")) return;
    this.pause();
    this.pad.setPointerCapture(event.pointerId);
    const follow = (moved) => {
      const bounds = this.pad.getBoundingClientRect();
      this.moveTo(within(this.indices.length, [(moved.clientX - bounds.left) / bounds.width,
        (moved.clientY - bounds.top) / bounds.height]));
    };
    follow(event);
    this.pad.onpointermove = follow;
    this.pad.onpointerup = this.pad.onpointercancel = () => {
      this.pad.onpointermove = this.pad.onpointerup = null;
      this.finish();
    };
  }

  key(event) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    this.pause();
    this.moveTo(within(this.indices.length, [this.at[0] + step[0] / 20, this.at[1] + step[1] / 20]));
    this.finish();
    announce(this.words());
  }

  words() {
    const weights = weightsAt(this.indices.length, this.at);
    return this.names.map((name, k) => `${name} ${Math.round(100 * weights[k])} %`).join(", ");
  }

  moveTo(place) {
    this.at = place;
    const handle = byId("pad-handle");
    handle.style.left = `${100 * place[0]}%`;
    handle.style.top = `${100 * place[1]}%`;
    handle.setAttribute("aria-valuetext", this.words());
    byId("morph-words").textContent = this.words();
    this.frame();
  }

  /// A quick picture in few pixels. One at a time: what comes meanwhile is drawn next.
  async frame() {
    if (this.isBusy) {
      this.isStale = true;
      return;
    }
    this.isBusy = true;
    this.artist.cancel();
    const { code, shape } = this.now(), part = this.collection.whole(0, this.side, shape);
    const begin = performance.now();
    const found = await this.collection.pool.request({ code, part, quick: true }, 6).promise;
    const factor = Math.sqrt(frameMilliseconds / Math.max(1, performance.now() - begin));
    this.side = Math.round(Math.min(this.fullSide(), Math.max(leastSide, this.side * Math.min(1.2, factor))));
    this.put(found.bytes, part);
    this.isBusy = false;
    if (this.isStale) {
      this.isStale = false;
      this.frame();
    } else if (!this.player.isPlaying && !this.pad.onpointermove) {
      this.finish();
    }
  }

  fullSide() {
    return Math.max(leastSide, Math.round(this.canvas.parentElement.clientWidth * pixelRatio()));
  }

  put(bytes, part) {
    this.canvas.width = part.columns;
    this.canvas.height = part.rows;
    this.artist.context.putImageData(new ImageData(bytes, part.columns, part.rows), 0, 0);
    delete this.canvas.dataset.done;
  }

  /// The picture in full, once nothing moves.
  async finish() {
    if (byId("morph").hidden || this.indices.length < 2 || this.player.isPlaying || this.isBusy) return;
    const { code, shape } = this.now(), part = this.collection.whole(0, this.fullSide(), shape);
    const copy = new OffscreenCanvas(this.canvas.width, this.canvas.height);
    copy.getContext("2d").drawImage(this.canvas, 0, 0);
    this.canvas.width = part.columns;
    this.canvas.height = part.rows;
    this.artist.context.drawImage(copy, 0, 0, part.columns, part.rows);
    if (await this.artist.draw({ code, part }, 0, 0, { urgency: 4, factors: [] }))
      this.canvas.dataset.done = "yes";
  }
}
