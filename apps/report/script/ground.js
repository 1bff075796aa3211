// ---- What lies under images with alpha ---------------------------------------------------------

/// Offers a checkerboard, white and black if the images have alpha.
function groundSwitch() {
  if (data.network.channels !== 4) return;
  const root = document.documentElement, choice = byId("ground");
  root.classList.add("alpha");
  const show = () => { root.dataset.ground = choice.value; };
  choice.onchange = show;
  byId("ground-switch").hidden = false;
  show();
}
