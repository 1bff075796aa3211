// ---- Fingers, mouse and keys --------------------------------------------------------------------

const wheelSpeed = 0.0016, keyStep = 60, keyZoom = 1.4;

/// Turns what happens on a stage into pan(dx, dy), zoom(factor, x, y) and reset().
export class Gestures {
  constructor(stage, actions) {
    this.stage = stage;
    this.actions = actions;
    this.pointers = new Map();
    stage.onpointerdown = (event) => this.down(event);
    stage.onpointermove = (event) => this.move(event);
    stage.onpointerup = stage.onpointercancel = (event) => this.pointers.delete(event.pointerId);
    stage.ondblclick = (event) => actions.zoom(2.5, ...this.at(event));
    stage.onkeydown = (event) => this.key(event);
    stage.addEventListener("wheel", (event) => {
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 16 : 1;
      actions.zoom(Math.exp(-wheelSpeed * lines * event.deltaY), ...this.at(event));
    }, { passive: false });
  }

  at(event) {
    const bounds = this.stage.getBoundingClientRect();
    return [event.clientX - bounds.left, event.clientY - bounds.top];
  }

  down(event) {
    if (event.target.closest("button, input, a") || this.actions.grab?.(event)) return;
    this.stage.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.at(event));
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      this.actions.hover?.(...this.at(event));
      return;
    }
    const now = this.at(event), others = [...this.pointers].filter(([id]) => id !== event.pointerId);
    this.pointers.set(event.pointerId, now);
    if (others.length === 0) {
      this.actions.pan(now[0] - before[0], now[1] - before[1]);
      return;
    }
    // Two fingers: what is between them follows their middle and their distance.
    const [, other] = others[0], distance = (a) => Math.hypot(a[0] - other[0], a[1] - other[1]) || 1;
    this.actions.pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
    this.actions.zoom(distance(now) / distance(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
  }

  key(event) {
    if (event.target !== this.stage || event.ctrlKey || event.metaKey || event.altKey) return;
    const pans = { ArrowLeft: [keyStep, 0], ArrowRight: [-keyStep, 0], ArrowUp: [0, keyStep],
      ArrowDown: [0, -keyStep] };
    if (event.key in pans) this.actions.pan(...pans[event.key]);
    else if (event.key === "+" || event.key === "=") this.actions.zoom(keyZoom);
    else if (event.key === "-") this.actions.zoom(1 / keyZoom);
    else if (event.key === "0") this.actions.reset();
    else return;
    event.preventDefault();
  }
}
