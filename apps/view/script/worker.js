import { condition } from "./condition.js";
import { toBytes, toColors } from "./colors.js";
import { GlNetwork } from "./gl_network.js";
import { PlainNetwork } from "./plain_network.js";
import { wasmModule } from "./wasm_code.js";
import { WasmNetwork } from "./wasm_network.js";
import { renderPart, wholePicture } from "./raster.js";
import { enlargePart } from "./resample.js";

// ---- A worker -----------------------------------------------------------------------------------

/// The evaluator that is asked for: "webgl", "gpu" (the same on a real one only), "wasm" or "plain",
/// which also stands in where there is no WebAssembly with vectors.
export function makeNetwork(network, wanted = "wasm") {
  if (wanted === "webgl" || wanted === "gpu") return new GlNetwork(network, wanted === "webgl");
  const module = wanted === "plain" ? null : wasmModule();
  return module ? new WasmNetwork(network, module) : new PlainNetwork(network);
}

/// Answers messages: {network, wanted} first, which gets {name} or {error}, then
/// {id, code, part, quick}, which gets {id, bytes, milliseconds} or {id, error}. With {filter, size} the
/// part is enlarged by that filter from the image at the size of its training.
export function serve(scope) {
  let shared = null, network = null;
  const start = (data) => {
    shared = data.network;
    network = makeNetwork(shared, data.wanted);
    scope.postMessage({ name: network.name });
  };
  const enlarged = (part, filter, { width, height }) => {
    const whole = wholePicture(width, height, shared.config.supersample);
    const colors = network.bytes ? toColors(network.bytes(whole)) : renderPart(network, whole);
    return toBytes(enlargePart({ width, height, colors }, part, filter));
  };
  const draw = ({ id, code, part, quick, filter, size }) => {
    const begin = performance.now();
    network.prepare(condition(shared, code));
    const bytes = filter ? enlarged(part, filter, size)
      : network.bytes?.(part) ?? toBytes(renderPart(network, part, quick));
    scope.postMessage({ id, bytes, milliseconds: performance.now() - begin }, [bytes.buffer]);
  };
  scope.onmessage = ({ data }) => {
    try {
      if (data.network) start(data);
      else draw(data);
    } catch (error) {
      scope.postMessage({ id: data.id, error: error.message });
    }
  };
}
