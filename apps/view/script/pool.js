import { sharedNetwork } from "./model.js";
import { serve } from "./worker.js";

// ---- Workers ------------------------------------------------------------------------------------

const mostWorkers = 8;

/// A worker from the page's own text; where there are none, this thread does the work.
function startWorker() {
  try {
    const text = document.getElementById("decoder").textContent + "\nserve(self);";
    const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    return new Worker(url);
  } catch {
    const here = {}, worker = { postMessage: (data) => setTimeout(() => here.onmessage({ data })) };
    here.postMessage = (data) => setTimeout(() => worker.onmessage({ data }));
    serve(here);
    return worker;
  }
}

/// Gives jobs to workers, the most urgent first. A job is {code, part, quick} or {code, part, filter,
/// size}, as worker.js takes it.
export class Pool {
  constructor(model, wanted) {
    this.network = sharedNetwork(model);
    this.jobs = new Map();
    this.queue = [];
    this.number = 0;
    this.workers = [];
    const count = wanted === "webgl" ? 1
      : Math.min(mostWorkers, Math.max(1, navigator.hardwareConcurrency || 2));
    for (let i = 0; i < count; ++i) this.hire(wanted ?? "wasm");
  }

  hire(wanted) {
    const worker = startWorker();
    const entry = { worker, job: null, name: null };
    worker.onmessage = ({ data }) => this.receive(entry, data, wanted);
    worker.onerror = (event) => this.receive(entry, { id: entry.job?.id, error: event.message }, wanted);
    worker.postMessage({ network: this.network, wanted });
    this.workers.push(entry);
    return entry;
  }

  /// What decodes at the moment: "wasm", "plain" or "webgl".
  get name() {
    return this.workers.find((each) => each.name)?.name ?? null;
  }

  /// Asks for a part: {promise of bytes, cancel}. Greater `urgency` first. A promise that is
  /// cancelled is never settled.
  request(job, urgency = 0) {
    const id = ++this.number, entry = { ...job, id, urgency };
    const promise = new Promise((resolve, reject) => Object.assign(entry, { resolve, reject }));
    this.queue.push(entry);
    this.assign();
    return { promise, cancel: () => this.cancel(entry) };
  }

  cancel(entry) {
    entry.isCancelled = true;
    const at = this.queue.indexOf(entry);
    if (at >= 0) this.queue.splice(at, 1);
  }

  assign() {
    for (const each of this.workers) {
      if (each.job || !each.name || this.queue.length === 0) continue;
      let best = 0;
      for (let i = 1; i < this.queue.length; ++i)
        if (this.queue[i].urgency > this.queue[best].urgency) best = i;
      const [job] = this.queue.splice(best, 1);
      each.job = job;
      const { id, code, part, quick, filter, size } = job;
      each.worker.postMessage({ id, code, part, quick, filter, size });
    }
  }

  receive(entry, data, wanted) {
    if (data.name) {
      entry.name = data.name;
      this.onname?.(data.name);
    } else if (data.id === undefined) {
      this.replace(entry, wanted, data.error);
    } else {
      const { job } = entry;
      entry.job = null;
      if (job && !job.isCancelled) {
        if (data.error) job.reject(new Error(data.error));
        else job.resolve(data);
      }
    }
    this.assign();
  }

  /// A worker that cannot start: without a GPU the processor does it, without that it is an error.
  replace(entry, wanted, error) {
    this.workers.splice(this.workers.indexOf(entry), 1);
    if (wanted === "webgl") this.hire("wasm");
    else if (this.workers.length === 0) throw new Error(`cannot decode: ${error}`);
  }

  /// Decodes by the GPU from now on if it is faster than all of the processor. Both decode the same
  /// square, after a first one that compiles.
  async chooseByMeasuring(code) {
    const processor = this.workers.slice(), side = 48;
    const part = { width: side, height: side, x0: -1, y0: -1, x1: 1, y1: 1, left: 0, top: 0,
      columns: side, rows: side, samples: 1 };
    const time = async () => {
      const { milliseconds } = await this.request({ code, part }, Infinity).promise;
      return milliseconds;
    };
    await time();
    const byProcessor = await time() / processor.length;
    const gpu = new Pool.Alone(this.network, part, code);
    const byGpu = await gpu.time();
    gpu.stop();
    if (byGpu < byProcessor) this.changeTo("webgl");
    return { byProcessor, byGpu };
  }

  changeTo(wanted) {
    const old = this.workers;
    this.workers = [];
    this.hire(wanted);
    const finish = (entry) => {
      if (entry.job) setTimeout(() => finish(entry), 100);
      else entry.worker.terminate?.();
    };
    old.forEach(finish);
  }
}

/// A worker with the GPU that is only measured. Infinity where there is none.
Pool.Alone = class {
  constructor(network, part, code) {
    this.worker = startWorker();
    this.part = part;
    this.code = code;
    this.worker.postMessage({ network, wanted: "gpu" });
  }

  time() {
    let times = 0;
    return new Promise((resolve) => {
      const again = () => this.worker.postMessage({ id: 1, code: this.code, part: this.part });
      this.worker.onerror = () => resolve(Infinity);
      this.worker.onmessage = ({ data }) => {
        if (data.error) resolve(Infinity);
        else if (data.name || ++times < 2) again();
        else resolve(data.milliseconds);
      };
    });
  }

  stop() {
    this.worker.terminate?.();
  }
};
