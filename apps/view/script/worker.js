import { condition } from "./condition.js";
import { toBytes } from "./colors.js";
import { PlainNetwork } from "./plain_network.js";
import { wasmModule } from "./wasm_code.js";
import { WasmNetwork } from "./wasm_network.js";
import { renderPart } from "./raster.js";

// ---- A worker -----------------------------------------------------------------------------------

/// The fastest evaluator of this machine's processor, or the one that is asked for.
export function makeNetwork(network, wanted = "wasm") {
  const module = wanted === "plain" ? null : wasmModule();
  return module ? new WasmNetwork(network, module) : new PlainNetwork(network);
}

/// Answers messages: {network, wanted} first, then {id, code, part, quick}, which gets
/// {id, bytes, name} or {id, error}.
export function serve(scope) {
  let shared = null, network = null;
  scope.onmessage = ({ data }) => {
    if (data.network) {
      shared = data.network;
      network = makeNetwork(shared, data.wanted);
      return;
    }
    const { id, code, part, quick } = data;
    try {
      network.prepare(condition(shared, code));
      const bytes = toBytes(renderPart(network, part, quick));
      scope.postMessage({ id, bytes, name: network.name }, [bytes.buffer]);
    } catch (error) {
      scope.postMessage({ id, error: String(error) });
    }
  };
}
