// Drives Chromium by ChromeDriver, which speaks WebDriver over HTTP.

import { spawn } from "node:child_process";

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/// Starts a browser without a window whose downloads go to `downloads`.
export async function startBrowser(downloads) {
  const driver = spawn("chromedriver", ["--port=0"], { stdio: ["ignore", "pipe", "ignore"] });
  const port = await new Promise((resolve, reject) => {
    driver.on("error", reject);
    driver.stdout.on("data", (text) => {
      const found = /successfully on port (\d+)/.exec(text);
      if (found) resolve(found[1]);
    });
  });
  const call = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`,
      { method, body: body ? JSON.stringify(body) : undefined });
    const { value } = await response.json();
    if (value?.error) throw new Error(`${value.error}: ${value.message.split("\n")[0]}`);
    return value;
  };
  const capabilities = { alwaysMatch: { browserName: "chrome",
    "goog:loggingPrefs": { browser: "ALL", performance: "ALL" },
    "goog:chromeOptions": { args: ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage",
      "--hide-scrollbars", "--enable-unsafe-swiftshader"] } } };
  const { sessionId } = await call("POST", "/session", { capabilities });
  const at = `/session/${sessionId}`;
  await call("POST", `${at}/timeouts`, { script: 120000, pageLoad: 120000 });
  const browser = new Browser((method, path, body) => call(method, at + path, body));
  await browser.cdp("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: downloads });
  browser.stop = async () => {
    await call("DELETE", at);
    driver.kill();
  };
  return browser;
}

class Browser {
  constructor(call) {
    this.call = call;
  }

  cdp(cmd, params = {}) {
    return this.call("POST", "/goog/cdp/execute", { cmd, params });
  }

  async open(url) {
    await this.call("POST", "/url", { url: "about:blank" });
    await this.call("POST", "/url", { url });
  }

  resize(width, height, scheme = "light") {
    return this.cdp("Emulation.setDeviceMetricsOverride",
      { width, height, deviceScaleFactor: 1, mobile: width < 500 })
      .then(() => this.cdp("Emulation.setEmulatedMedia",
        { features: [{ name: "prefers-color-scheme", value: scheme }] }));
  }

  /// The value of an expression in the page, which may be a promise.
  async value(expression) {
    const { result, exceptionDetails } = await this.cdp("Runtime.evaluate",
      { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails)
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  async until(expression, seconds = 180) {
    for (let tries = 0; tries < 10 * seconds; ++tries) {
      if (await this.value(expression)) return;
      await pause(100);
    }
    throw new Error(`never came true: ${expression}`);
  }

  /// A drag with the mouse, in pixels of the window.
  drag(from, to) {
    const move = ([x, y], duration) => ({ type: "pointerMove", x: Math.round(x), y: Math.round(y), duration });
    return this.call("POST", "/actions", { actions: [{ type: "pointer", id: "mouse",
      parameters: { pointerType: "mouse" }, actions: [move(from, 0), { type: "pointerDown", button: 0 },
        move(to, 200), { type: "pointerUp", button: 0 }] }] });
  }

  key(value) {
    return this.call("POST", "/actions", { actions: [{ type: "key", id: "keys",
      actions: [{ type: "keyDown", value }, { type: "keyUp", value }] }] });
  }

  async screenshot() {
    return Buffer.from(await this.call("GET", "/screenshot"), "base64");
  }

  /// What the console said that is an error, and addresses that were asked for outside of the page.
  async complaints() {
    const said = await this.call("POST", "/se/log", { type: "browser" });
    const events = (await this.call("POST", "/se/log", { type: "performance" }))
      .map(({ message }) => JSON.parse(message).message)
      .filter(({ method }) => method === "Network.requestWillBeSent")
      .map(({ params }) => params.request.url)
      .filter((url) => !/^(file|blob|data|about):/.test(url));
    return [...said.filter(({ level }) => level === "SEVERE").map(({ message }) => message), ...events];
  }
}
