import { announce, byId, clamp, oncePerFrame } from "./dom.js";
import { DrawnCanvas } from "./drawing.js";
import { Frame, LiveCanvas } from "./frame.js";
import { Gestures } from "./gestures.js";
import { go } from "./route.js";

// ---- One image ----------------------------------------------------------------------------------

const rivalNames = { nearest: "nearest", bicubic: "bicubic", drawing: "drawing" };

/// Zooms and pans without end, beside what other programs make of the training pixels.
export class ImageView {
  constructor(collection, download, drawings) {
    this.collection = collection;
    this.drawings = drawings;
    this.stage = byId("stage");
    this.frame = new Frame(this.stage);
    this.network = new LiveCanvas(collection.pool, byId("stage-network"));
    this.rival = new LiveCanvas(collection.pool, byId("stage-rival"));
    this.drawn = new DrawnCanvas(byId("stage-rival"));
    this.wipe = 0.5;
    const redraw = this.redraw = oncePerFrame(() => this.draw());
    this.gestures = new Gestures(this.stage, {
      grab: (event) => this.grab(event),
      pan: (dx, dy) => { this.frame.pan(this.image, dx, dy); redraw(); },
      zoom: (factor, x, y) => { this.frame.zoomAt(this.image, factor, x, y); redraw(); },
      reset: () => { this.frame.reset(); redraw(); },
    });
    new ResizeObserver(redraw).observe(this.stage);
    this.controls(download);
  }

  controls(download) {
    const zoom = (factor) => () => { this.frame.zoomAt(this.image, factor); this.redraw(); };
    byId("zoom-in").onclick = zoom(1.8);
    byId("zoom-out").onclick = zoom(1 / 1.8);
    byId("zoom-fit").onclick = () => { this.frame.reset(); this.redraw(); };
    byId("rival").onchange = () => { this.rival.clear(); this.draw(); };
    byId("wipe").oninput = () => this.setWipe(Number(byId("wipe").value) / 100);
    byId("image-save").onclick = () => download.open({ name: this.image.name, code: this.code,
      drawing: this.drawing,
      whole: (side) => this.collection.whole(this.index, side),
      view: () => this.frame.place(this.image, this.collection.model.config).part });
    byId("image-morph").onclick = () => go("morph", [this.image.name, this.neighbour(1).name]);
    byId("previous").onclick = () => this.step(-1);
    byId("next").onclick = () => this.step(1);
    document.addEventListener("keydown", (event) => {
      if (byId("image").hidden || event.target.closest("input, select, dialog") || event.altKey) return;
      if (event.key === "," || event.key === "PageUp") this.step(-1);
      else if (event.key === "." || event.key === "PageDown") this.step(1);
      else if (event.key === "Escape") go("wall");
      else return;
      event.preventDefault();
    });
  }

  neighbour(by) {
    const { images } = this.collection;
    return images[(this.index + by + images.length) % images.length];
  }

  step(by) {
    go("image", [this.neighbour(by).name]);
  }

  open(index) {
    this.index = index;
    this.image = this.collection.images[index];
    this.code = this.collection.code(index);
    this.frame.reset();
    this.network.clear();
    this.rival.clear();
    const { name, width, height } = this.image;
    byId("image-name").textContent = name;
    byId("image-size").textContent = `trained at ${width} × ${height} px`;
    this.stage.setAttribute("aria-label",
      `${name}, decoded live. Arrow keys move, plus and minus zoom, 0 fits.`);
    announce(name);
    this.offerDrawing();
    this.draw();
  }

  get drawing() {
    return this.drawings?.[this.index] || null;
  }

  /// Offers the drawing, or no longer.
  offerDrawing() {
    const option = byId("rival").querySelector("[value=drawing]");
    option.hidden = option.disabled = !this.drawing;
    if (!this.drawing && byId("rival").value === "drawing") byId("rival").value = "none";
    this.drawn.picture = null;
    if (!this.drawing) return;
    const { index } = this;
    this.drawn.load(this.drawing).then(() => { if (index === this.index) this.draw(); }, () => {
      option.hidden = option.disabled = true;
    });
  }

  /// The line between the two pictures is dragged like a handle.
  grab(event) {
    if (byId("rival").value === "none") return false;
    const bounds = this.stage.getBoundingClientRect(), reach = event.pointerType === "touch" ? 28 : 14;
    if (Math.abs(event.clientX - bounds.left - this.wipe * bounds.width) > reach) return false;
    const follow = (moved) => this.setWipe((moved.clientX - bounds.left) / bounds.width);
    const end = () => {
      window.removeEventListener("pointermove", follow);
      window.removeEventListener("pointerup", end);
    };
    window.addEventListener("pointermove", follow);
    window.addEventListener("pointerup", end);
    return true;
  }

  setWipe(share) {
    this.wipe = clamp(share, 0, 1);
    byId("wipe").value = String(100 * this.wipe);
    this.stage.style.setProperty("--wipe", `${100 * this.wipe}%`);
  }

  draw() {
    if (byId("image").hidden || !this.image || this.stage.clientWidth === 0) return;
    const filter = byId("rival").value, { code } = this;
    const placed = this.frame.place(this.image, this.collection.model.config);
    const isCompared = filter !== "none";
    this.stage.classList.toggle("compared", isCompared);
    byId("wipe-row").hidden = !isCompared;
    byId("rival-tag").textContent = rivalNames[filter] ?? "";
    if (isCompared) this.setWipe(this.wipe);
    const times = this.frame.scale(this.image);
    byId("zoom-value").textContent = `${times < 10 ? times.toFixed(1) : Math.round(times).toLocaleString("en")}×`;
    const begin = performance.now();
    this.network.show({ code }, placed, { urgency: 4 }).then((isDone) => {
      if (isDone) this.report(performance.now() - begin, placed.part);
    });
    if (filter === "drawing") this.drawn.show(placed);
    else if (isCompared)
      this.rival.show({ code, filter, size: { width: this.image.width, height: this.image.height } },
        placed, { urgency: 3 });
  }

  report(milliseconds, part) {
    byId("stage-state").textContent = `${part.columns} × ${part.rows} px decoded in ` +
      `${milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`}`;
  }
}
