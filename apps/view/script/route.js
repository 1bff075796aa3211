// ---- Where one is: the fragment of the address --------------------------------------------------
//
//   #/wall   #/image/NAME   #/morph/NAME/NAME..   #/map
//
// ?decoder=plain, wasm or webgl after it chooses what decodes.

/// {view, names, options} of a fragment. What cannot be read is the wall.
export function parseRoute(fragment) {
  const [path, query = ""] = fragment.replace(/^#/, "").split("?");
  const options = new URLSearchParams(query);
  try {
    const [view, ...names] = path.replace(/^\//, "").split("/").map(decodeURIComponent);
    if (["wall", "image", "morph", "map"].includes(view)) return { view, names, options };
  } catch {
    // A damaged escape.
  }
  return { view: "wall", names: [], options };
}

export function routeTo(view, names = [], options = parseRoute(location.hash).options) {
  const query = options.toString();
  return `#/${[view, ...names].map(encodeURIComponent).join("/")}${query ? `?${query}` : ""}`;
}

export function go(view, names = []) {
  location.hash = routeTo(view, names);
}

/// Changes the address without a step in the history.
export function replaceRoute(view, names) {
  history.replaceState(null, "", routeTo(view, names));
}
