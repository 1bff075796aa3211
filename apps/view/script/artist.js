// ---- Pictures that become finer -----------------------------------------------------------------

/// Pixels of a job: small enough that a newer request need not wait long.
const pixelsOfBand = 24576;

/// Bands of a part, the middle ones first, where one looks.
function bandsOf(part) {
  const rows = Math.max(8, Math.floor(pixelsOfBand / part.columns)), bands = [];
  for (let top = 0; top < part.rows; top += rows)
    bands.push({ ...part, top: part.top + top, rows: Math.min(rows, part.rows - top) });
  const middle = part.top + part.rows / 2, distance = (band) => Math.abs(band.top + band.rows / 2 - middle);
  return bands.sort((a, b) => distance(a) - distance(b));
}

/// The same view in fewer pixels.
function reduced(part, factor) {
  const scaled = (length) => Math.max(1, Math.round(length / factor));
  const columns = scaled(part.columns), rows = scaled(part.rows);
  const x = (pixel) => part.x0 + (part.x1 - part.x0) * pixel / part.width;
  const y = (pixel) => part.y0 + (part.y1 - part.y0) * pixel / part.height;
  return { width: columns, height: rows, x0: x(part.left), x1: x(part.left + part.columns),
    y0: y(part.top), y1: y(part.top + part.rows), left: 0, top: 0, columns, rows, samples: 1 };
}

/// Draws pictures on one canvas; a new one replaces what is still at work.
export class Artist {
  constructor(pool, canvas) {
    this.pool = pool;
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.work = [];
    this.turn = 0;
  }

  cancel() {
    this.work.forEach((request) => request.cancel());
    this.work = [];
    ++this.turn;
  }

  ask(job, urgency) {
    const request = this.pool.request(job, urgency);
    this.work.push(request);
    return request.promise;
  }

  put({ bytes }, part, left, top) {
    this.context.putImageData(new ImageData(bytes, part.columns, part.rows), left, top);
  }

  /// Draws a part at (left, top) of the canvas: coarsely, then in full, then without what a quick
  /// picture leaves out. `factors` are those of the coarse pictures; `painted` is called after them.
  /// True if nothing newer came.
  async draw(job, left, top, { urgency = 0, factors = [6], painted = () => {} } = {}) {
    this.cancel();
    const turn = this.turn, { part } = job;
    for (const factor of factors) {
      const small = reduced(part, factor);
      const found = await this.ask({ ...job, part: small }, urgency + 2);
      if (turn !== this.turn) return false;
      this.putScaled(found, small, left, top, part);
      painted();
    }
    for (const quick of this.pool.name !== "webgl" && !job.filter ? [true, false] : [true]) {
      await Promise.all(bandsOf(part).map(async (band) => {
        const found = await this.ask({ ...job, part: band, quick }, urgency + (quick ? 1 : 0));
        if (turn === this.turn)
          this.put(found, band, left + band.left - part.left, top + band.top - part.top);
      }));
      if (turn !== this.turn) return false;
      painted();
    }
    return true;
  }

  putScaled(found, small, left, top, part) {
    const scratch = new OffscreenCanvas(small.columns, small.rows);
    scratch.getContext("2d").putImageData(new ImageData(found.bytes, small.columns, small.rows), 0, 0);
    this.context.imageSmoothingEnabled = true;
    this.context.imageSmoothingQuality = "high";
    this.context.clearRect(left, top, part.columns, part.rows);
    this.context.drawImage(scratch, left, top, part.columns, part.rows);
  }
}
