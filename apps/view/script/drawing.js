// ---- Drawings: exact shapes, as `chorus vectorize` writes them ----------------------------------

/// Of the size that its viewBox names: browsers give an SVG without a size one of their own.
function urlOf(svg) {
  const [tag] = /<svg[^>]*>/.exec(svg) ?? [""], box = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(tag);
  const bare = tag.replace(/ (width|height)="[^"]*"/g, "");
  const sized = box ? svg.replace(tag, bare.replace("<svg", `<svg width="${box[1]}" height="${box[2]}"`)) : svg;
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(sized)}`;
}

/// A canvas that shows a drawing where a LiveCanvas shows pixels.
export class DrawnCanvas {
  constructor(canvas) {
    this.canvas = canvas;
    this.picture = null;
  }

  /// Reads an SVG. What it holds cannot run, since it is an image.
  async load(svg) {
    const picture = new Image();
    picture.src = urlOf(svg);
    await picture.decode();
    this.picture = picture;
  }

  show({ full, isEmpty, part, left, top }) {
    this.canvas.width = full.width;
    this.canvas.height = full.height;
    if (!this.picture || isEmpty) return;
    const { naturalWidth: width, naturalHeight: height } = this.picture;
    const across = width / part.width, down = height / part.height;
    this.canvas.getContext("2d").drawImage(this.picture, part.left * across, part.top * down,
      part.columns * across, part.rows * down, left, top, part.columns, part.rows);
    this.canvas.dataset.done = "yes";
  }
}
