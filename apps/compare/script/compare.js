/// A whole number from 0 to `below` - 1, by lot.
const lot = (below) => Math.floor(crypto.getRandomValues(new Uint32Array(1))[0] / 2 ** 32 * below);

/// The pairs in an order by lot, each with its sides by lot.
function shuffled() {
  const questions = data.pairs.map((pair, index) => ({ index, left: lot(2) === 0 ? "a" : "b", better: null }));
  for (let last = questions.length - 1; last > 0; --last) {
    const other = lot(last + 1);
    [questions[last], questions[other]] = [questions[other], questions[last]];
  }
  return questions;
}

// A page that is closed or reloaded goes on where it was, if the browser keeps storage for files.
const place = `chorus compare ${data.comparison}`;
function remembered() {
  try {
    const kept = JSON.parse(localStorage.getItem(place));
    return Array.isArray(kept) && kept.length === data.pairs.length ? kept : null;
  } catch {
    return null;
  }
}
function remember() {
  try {
    localStorage.setItem(place, JSON.stringify(questions));
  } catch { /* without storage nothing is remembered */ }
}

let questions = remembered() ?? shuffled();
let now = questions.findIndex((question) => question.better === null);
if (now < 0) now = questions.length;

const other = (side) => (side === "a" ? "b" : "a");

function ask() {
  const question = questions[now], pair = data.pairs[question.index];
  byId("place").textContent = `${now + 1} of ${questions.length}`;
  byId("bar").style.width = `${100 * now / questions.length}%`;
  byId("left").firstElementChild.src = pair[question.left];
  byId("right").firstElementChild.src = pair[other(question.left)];
  byId("back").disabled = now === 0;
}

function choices() {
  return {
    "chorus-choices": 1,
    comparison: data.comparison,
    choices: questions.map((question) => ({
      pair: data.pairs[question.index].name, better: question.better, left: question.left })),
  };
}

function finish() {
  const chosen = (which) => questions.filter((question) => question.better === which).length;
  byId("summary").textContent =
    `${data.a}: ${chosen("a")} · ${data.b}: ${chosen("b")} · no difference: ${chosen("equal")}`;
  const text = JSON.stringify(choices(), null, 1);
  byId("save").href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const row = (name, cells) => element("tr", {}, ...cells.map((cell) => element(name, {}, cell)));
  const names = { a: data.a, b: data.b, equal: "no difference" };
  const head = element("thead", {}, row("th", ["pair", "better"]));
  const body = element("tbody", {},
    ...choices().choices.map(({ pair, better }) => row("td", [pair, names[better]])));
  byId("table").replaceChildren(head, body);
}

function show() {
  const isDone = now === questions.length;
  byId("asking").hidden = isDone;
  byId("done").hidden = !isDone;
  if (isDone) finish();
  else ask();
}

/// Takes an answer: "left", "right" or "equal".
function answer(side) {
  if (now === questions.length) return;
  const question = questions[now];
  question.better = side === "equal" ? "equal" : side === "left" ? question.left : other(question.left);
  ++now;
  remember();
  show();
}

function goBack() {
  if (now === 0) return;
  questions[--now].better = null;
  remember();
  show();
}

for (const side of ["left", "right", "equal"]) byId(side).addEventListener("click", () => answer(side));
byId("back").addEventListener("click", goBack);
byId("again").addEventListener("click", () => {
  questions = shuffled();
  now = 0;
  remember();
  show();
});
window.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || now === questions.length) return;
  const action = { ArrowLeft: () => answer("left"), ArrowRight: () => answer("right"),
    " ": () => answer("equal"), Backspace: goBack }[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

show();
document.documentElement.dataset.ready = "yes";
