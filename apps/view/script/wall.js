import { paint } from "./collection.js";
import { byId, element, oncePerFrame, pixelRatio } from "./dom.js";
import { routeTo } from "./route.js";

// ---- The wall of all images ---------------------------------------------------------------------

const rowsBeyond = 2;

/// Shows only the cells in view; a tall empty box gives the page its length.
export class Wall {
  constructor(collection) {
    this.collection = collection;
    this.box = byId("wall-cells");
    this.cells = new Map();
    this.shown = collection.find("");
    this.focused = 0;
    const update = oncePerFrame(() => this.update());
    window.addEventListener("scroll", update, { passive: true });
    new ResizeObserver(update).observe(this.box);
    this.box.onkeydown = (event) => this.move(event);
    byId("search").oninput = () => this.search(byId("search").value);
  }

  search(text) {
    this.shown = this.collection.find(text);
    this.focused = 0;
    this.cells.forEach((cell) => this.drop(cell));
    this.cells.clear();
    const count = this.shown.length, all = this.collection.images.length;
    byId("found").textContent = count === all ? "" : `${count.toLocaleString("en")} of ${all.toLocaleString("en")}`;
    byId("nothing").hidden = count > 0;
    this.update();
  }

  measure() {
    const width = this.box.clientWidth, least = width < 600 ? 84 : 112;
    this.columns = Math.max(2, Math.floor(width / least));
    this.cell = width / this.columns;
    this.side = Math.max(16, Math.floor(this.cell - 20));
    this.height = this.side + 40;
  }

  update() {
    if (byId("wall").hidden) return;
    this.measure();
    const rows = Math.ceil(this.shown.length / this.columns);
    this.box.style.height = `${rows * this.height}px`;
    const above = -this.box.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(above / this.height) - rowsBeyond);
    const last = Math.min(rows, Math.ceil((above + window.innerHeight) / this.height) + rowsBeyond);
    const from = first * this.columns, to = Math.min(this.shown.length, last * this.columns);
    for (const [place, cell] of this.cells)
      if (place < from || place >= to || cell.side !== this.side) {
        this.drop(cell);
        this.cells.delete(place);
      }
    for (let place = from; place < to; ++place) {
      if (!this.cells.has(place)) this.cells.set(place, this.make(place));
      this.put(this.cells.get(place), place);
    }
  }

  make(place) {
    const index = this.shown[place], { name } = this.collection.images[index];
    const canvas = element("canvas", { width: 1, height: 1, "aria-hidden": "true" });
    const link = element("a", { className: "cell", href: routeTo("image", [name]), title: name,
      role: "listitem", "aria-setsize": String(this.shown.length), "aria-posinset": String(place + 1) },
    canvas, element("span", {}, name));
    link.onfocus = () => { this.focused = place; };
    canvas.style.width = canvas.style.height = `${this.side}px`;
    this.box.append(link);
    const side = Math.round(this.side * pixelRatio());
    const stop = this.collection.thumbnail(index, side, (picture) => paint(canvas, picture, side));
    return { link, stop, side: this.side };
  }

  put({ link }, place) {
    link.style.width = `${this.cell}px`;
    link.style.transform =
      `translate(${place % this.columns * this.cell}px, ${Math.floor(place / this.columns) * this.height}px)`;
    link.tabIndex = place === this.focused ? 0 : -1;
  }

  drop({ link, stop }) {
    stop();
    link.remove();
  }

  /// Arrow keys walk from cell to cell.
  move(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.columns, ArrowDown: this.columns,
      Home: -this.shown.length, End: this.shown.length };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const wanted = this.focused + steps[event.key];
    this.focused = Math.min(this.shown.length - 1, Math.max(0, wanted));
    const top = Math.floor(this.focused / this.columns) * this.height;
    const bounds = this.box.getBoundingClientRect(), margin = 80;
    if (bounds.top + top < margin) window.scrollBy(0, bounds.top + top - margin);
    const beyond = bounds.top + top + this.height - window.innerHeight;
    if (beyond > 0) window.scrollBy(0, beyond);
    this.update();
    this.cells.get(this.focused)?.link.focus({ preventScroll: true });
  }
}
