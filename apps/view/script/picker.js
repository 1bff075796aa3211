import { paint } from "./collection.js";
import { byId, element } from "./dom.js";

// ---- Choosing an image --------------------------------------------------------------------------

const mostOffered = 60, offerSide = 48;

/// A dialog with a search field. choose() gives the index of an image, or null.
export class Picker {
  constructor(collection) {
    this.collection = collection;
    this.dialog = byId("picker");
    this.stops = [];
    byId("picker-search").oninput = () => this.offer();
    byId("picker-close").onclick = () => this.dialog.close();
    this.dialog.onclick = (event) => { if (event.target === this.dialog) this.dialog.close(); };
    this.dialog.onclose = () => {
      this.stops.forEach((stop) => stop());
      this.finish(this.chosen);
    };
  }

  choose(title) {
    byId("picker-title").textContent = title;
    byId("picker-search").value = "";
    this.chosen = null;
    this.dialog.showModal();
    this.offer();
    return new Promise((resolve) => { this.finish = resolve; });
  }

  offer() {
    this.stops.forEach((stop) => stop());
    const found = this.collection.find(byId("picker-search").value);
    const buttons = found.slice(0, mostOffered).map((index) => this.button(index));
    byId("picker-list").replaceChildren(...buttons);
    byId("picker-more").textContent = found.length > mostOffered
      ? `and ${(found.length - mostOffered).toLocaleString("en")} more: type a part of the name`
      : found.length === 0 ? "No image has such a name." : "";
  }

  button(index) {
    const { name } = this.collection.images[index], canvas = element("canvas", { width: 1, height: 1 });
    const button = element("button", { type: "button", title: name }, canvas, element("span", {}, name));
    button.onclick = () => {
      this.chosen = index;
      this.dialog.close();
    };
    this.stops.push(this.collection.thumbnail(index, 2 * offerSide, (picture) => paint(canvas, picture, 2 * offerSide)));
    return button;
  }
}
