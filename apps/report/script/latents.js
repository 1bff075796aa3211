// ---- Latents ------------------------------------------------------------------------------------

const marks = [];

function chooseImage(place) {
  const image = data.images[place];
  const places = image.near.map((near) => data.images.findIndex((each) => each.name === near.name));
  byId("map").querySelectorAll("line").forEach((line) => line.remove());
  marks.forEach(({ group }, i) => {
    group.setAttribute("class", i === place ? "chosen" : places.includes(i) ? "near" : "");
  });
  const from = marks[place];
  for (const to of places.filter((each) => each >= 0).map((each) => marks[each]))
    byId("map").prepend(vector("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y }));
  byId("map").append(from.group);
  const list = element("ol", {}, ...image.near.map((near, k) => {
    const found = data.images[places[k]];
    const item = element("li", {}, found ? element("img", { src: found.thumb, alt: "" }) : null, near.name,
      element("span", {}, near.distance.toFixed(1)));
    if (found) item.onclick = () => chooseImage(places[k]);
    return item;
  }));
  byId("near").replaceChildren(element("img", { className: "big", src: image.thumb, alt: "" }),
    element("div", {}, element("b", {}, image.name)),
    element("div", { className: "note" }, "Nearest, with the distance of their shifts:"), list);
  const item = data.showcase.find((each) => each.image === place);
  if (item) chooseItem(item);
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/// The place of a coordinate on the map: linear near the middle and logarithmic far from it, so that
/// one image that is unlike all others does not press these together.
function mapScale(axis, from, to) {
  const values = data.images.map((image) => image.at[axis]), middle = median(values);
  const unit = median(values.map((value) => Math.abs(value - middle))) || 1;
  const bent = (value) => Math.asinh((value - middle) / unit);
  const low = bent(Math.min(...values)), high = bent(Math.max(...values));
  return (value) => from + (high > low ? (bent(value) - low) / (high - low) : 0.5) * (to - from);
}

function latentMap() {
  const size = data.images.length > 400 ? 22 : data.images.length > 150 ? 34 : 48;
  const x = mapScale(0, size, 1000 - size), y = mapScale(1, 760 - size, size);
  data.images.forEach((image, place) => {
    const at = { x: x(image.at[0]), y: y(image.at[1]) };
    const group = vector("g");
    group.append(vector("title", {}, image.name),
      vector("rect", { x: at.x - size / 2 - 2, y: at.y - size / 2 - 2, width: size + 4, height: size + 4, rx: 6 }),
      vector("image", { href: image.thumb, x: at.x - size / 2, y: at.y - size / 2, width: size, height: size }));
    group.onclick = () => chooseImage(place);
    marks.push({ ...at, group });
    byId("map").append(group);
  });
  chooseImage(0);
}
