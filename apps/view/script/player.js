import { cornersOf } from "./blend.js";

// ---- A walk around the pad ----------------------------------------------------------------------

export const easings = {
  even: (t) => t,
  smooth: (t) => t * t * (3 - 2 * t),
  resting: (t) => {
    const inner = Math.min(1, Math.max(0, (t - 0.2) / 0.6));
    return inner * inner * (3 - 2 * inner);
  },
};

/// Walks from corner to corner; there and back, or always on in a circle.
export class Player {
  constructor(moved) {
    this.moved = moved;
    this.isPlaying = false;
    this.phase = 0;
  }

  toggle() {
    if (this.isPlaying) this.stop();
    else this.start();
  }

  start() {
    this.isPlaying = true;
    this.last = performance.now();
    requestAnimationFrame((now) => this.tick(now));
  }

  stop() {
    this.isPlaying = false;
  }

  tick(now) {
    if (!this.isPlaying) return;
    const { count, seconds, easing, isRound } = this.settings();
    // The first frame may have begun before start().
    this.phase += Math.min(0.25, Math.max(0, now - this.last) / 1000) / seconds;
    this.last = now;
    this.moved(this.placeAt(count, easing, isRound));
    requestAnimationFrame((next) => this.tick(next));
  }

  placeAt(count, easing, isRound) {
    const corners = cornersOf(count), legs = isRound ? count : count - 1;
    let at = this.phase % (isRound ? legs : 2 * legs);
    if (at > legs) at = 2 * legs - at;
    const leg = Math.min(Math.floor(at), legs - 1), t = easings[easing](at - leg);
    const [from, to] = [corners[leg], corners[(leg + 1) % count]];
    return [from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])];
  }
}
