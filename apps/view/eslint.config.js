// For whoever works on the page: npx eslint, in this folder. Nothing of it is in the page.
import js from "@eslint/js";

const names = ["AbortController", "Blob", "Element", "Event", "FileReader", "Image", "ImageData", "OffscreenCanvas",
  "ResizeObserver", "TextDecoder", "TextEncoder", "URL", "URLSearchParams", "WebAssembly", "Worker",
  "atob", "console", "devicePixelRatio", "document", "getComputedStyle", "history", "location",
  "navigator", "performance", "requestAnimationFrame", "self", "setTimeout", "window"];

export default [
  js.configs.recommended,
  {
    files: ["script/*.js"],
    languageOptions: { ecmaVersion: 2022, sourceType: "module",
      globals: Object.fromEntries(names.map((name) => [name, "readonly"])) },
    rules: { eqeqeq: "error", "no-var": "error", "prefer-const": "error", "no-shadow": "error",
      "no-unused-vars": ["error", { caughtErrors: "none" }], complexity: ["error", 16],
      "max-lines": ["error", 400] },
  },
];
