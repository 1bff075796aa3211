// ---- Elements -----------------------------------------------------------------------------------

export const byId = (id) => document.getElementById(id);

/// A new element. Keys that are no properties, such as aria-label, become attributes.
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/// Pixels of the screen for each of CSS. More than two cost time that nobody sees.
export const pixelRatio = () => Math.min(2, window.devicePixelRatio || 1);

/// Runs `action` at most once a frame, however often it is asked for.
export function oncePerFrame(action) {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      action();
    });
  };
}

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/// Says something to screen readers.
export function announce(text) {
  byId("announcement").textContent = text;
}

// Errors that the browser reports can be read from the page, which the tests do.
export function noteErrors() {
  const root = document.documentElement;
  window.addEventListener("error", (event) => { root.dataset.error = event.message ?? "error"; }, true);
  window.addEventListener("unhandledrejection", (event) => {
    root.dataset.error = String(event.reason);
  });
}
