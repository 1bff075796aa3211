import { byId, element } from "./dom.js";

// ---- Pictures to keep ---------------------------------------------------------------------------

const pixelsOfStrip = 65536;

/// A name that file systems take.
export function fileName(name, ending) {
  const safe = [...name].map((c) => c < " " || "/\\:*?\"<>|".includes(c) ? "_" : c).join("");
  return `${safe.slice(0, 80) || "picture"}${ending}`;
}

export function save(blob, name) {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

/// Decodes a part without shortcuts into a PNG. `progress` gets the share that is done.
export async function decodedPng(pool, code, part, progress) {
  const canvas = element("canvas", { width: part.columns, height: part.rows });
  const context = canvas.getContext("2d"), rows = Math.max(1, Math.floor(pixelsOfStrip / part.columns));
  let done = 0;
  const bands = [];
  for (let top = 0; top < part.rows; top += rows)
    bands.push({ ...part, top: part.top + top, rows: Math.min(rows, part.rows - top) });
  await Promise.all(bands.map(async (band) => {
    const { bytes } = await pool.request({ code, part: band }, 0.5).promise;
    context.putImageData(new ImageData(bytes, band.columns, band.rows), 0, band.top - part.top);
    progress(++done / bands.length);
  }));
  return new Promise((resolve, reject) => canvas.toBlob((blob) =>
    blob ? resolve(blob) : reject(new Error("this browser cannot make a picture of that size"))));
}

/// Asks for a size and saves a PNG. `source` has name, code and whole(side), a part, and if there is
/// such a thing view(), the part that the screen shows, and drawing, an SVG.
export class Download {
  constructor(pool) {
    this.pool = pool;
    this.dialog = byId("download");
    byId("download-close").onclick = () => this.dialog.close();
    byId("download-form").onsubmit = (event) => {
      event.preventDefault();
      this.run();
    };
    byId("download-what").onchange = () => this.update();
  }

  open(source) {
    this.source = source;
    byId("download-what-row").hidden = !source.view;
    const drawing = byId("download-what").querySelector("[value=drawing]");
    drawing.hidden = drawing.disabled = !source.drawing;
    byId("download-what").value = "whole";
    byId("download-state").textContent = "";
    this.update();
    this.dialog.showModal();
  }

  update() {
    byId("download-size-row").hidden = byId("download-what").value !== "whole";
  }

  async run() {
    const { name, code, whole, view, drawing } = this.source, what = byId("download-what").value;
    if (what === "drawing") {
      save(new Blob([drawing], { type: "image/svg+xml" }), fileName(name, ".svg"));
      this.dialog.close();
      return;
    }
    const part = what === "view" ? view() : whole(Number(byId("download-size").value));
    const state = byId("download-state"), button = byId("download-run");
    button.disabled = true;
    try {
      const blob = await decodedPng(this.pool, code, part, (share) => {
        state.textContent = `${Math.round(100 * share)} %`;
      });
      save(blob, fileName(name, `_${Math.max(part.columns, part.rows)}px.png`));
      this.dialog.close();
    } catch (error) {
      state.textContent = error.message;
    } finally {
      button.disabled = false;
    }
  }
}
